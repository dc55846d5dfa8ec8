"""From what a project says to one Starlette release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.version import Version

from starlette_upgrade.requirements.evidence import Pin, Range, quoted
from starlette_upgrade.requirements.fastapi import Requirement, oldest_admitted, requirement_of


@dataclass(frozen=True, slots=True)
class Detected:
    """The Starlette release that a project runs today, where that stands, and in a phrase how it follows."""

    version: Version
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The published Starlette releases, oldest first, and what FastAPI requires of them."""

    releases: tuple[Version, ...]
    fastapi: Sequence[Requirement]


def resolve(statement: Pin | Range, knowledge: Knowledge) -> Detected | str:
    """The release that a statement means, or why it means none.

    A pin means itself. A range means the lowest release it admits: a finding must hold for the oldest.
    An exact FastAPI means the highest Starlette it admits, which is what pip installs with it; a range of
    FastAPI means the lowest.
    """
    if isinstance(statement, Pin):
        if statement.package == "starlette":
            return Detected(statement.version, statement.source, statement.reason)
        return _implied_by_pin(statement, knowledge)
    if statement.package == "starlette":
        admitted = statement.admitted(knowledge.releases)
        if not admitted:
            return f"{statement.source}: {quoted(statement.written)} admits no known Starlette release"
        return Detected(admitted[0], statement.source, f"lowest that {quoted(statement.written)} admits")
    return _implied_by_range(statement, knowledge)


def fastapi_of(statement: Pin | Range, knowledge: Knowledge) -> Detected | None:
    """The FastAPI release that a statement about FastAPI means: a pin itself, a range the lowest it admits."""
    if isinstance(statement, Pin):
        return Detected(statement.version, statement.source, statement.reason)
    oldest = oldest_admitted(statement, knowledge.fastapi)
    if oldest is None:
        return None
    return Detected(oldest, statement.source, f"lowest that {quoted(statement.written)} admits")


def disagrees(statement: Pin | Range, found: Detected, decided_by: Pin | Range, knowledge: Knowledge) -> str | None:
    """A note if a statement can't be true together with what was found, as in a stale environment."""
    here = f"{found.version} ({found.source})"
    if isinstance(statement, Range):
        if statement.package != "starlette" or statement.admits(found.version):
            return None
        return f"{statement.source}: {quoted(statement.written)} does not admit Starlette {here}"
    if statement.package == "fastapi":
        row = requirement_of(statement.version, knowledge.fastapi)
        if row is None or row.admits(found.version):
            return None
        needs = f"FastAPI {statement.version} needs Starlette {row.written}"
        return f"{statement.source}: {needs}, which does not admit {here}"
    if statement.version == found.version:
        return None
    if isinstance(decided_by, Range) and decided_by.admits(statement.version):
        return None  # newer than the oldest that the project supports is as it should be
    return f"{statement.source} says Starlette {statement.version}, but {here} is trusted more"


def _implied_by_pin(pin: Pin, knowledge: Knowledge) -> Detected | str:
    row = requirement_of(pin.version, knowledge.fastapi)
    admitted = list(row.starlette.filter(knowledge.releases)) if row else []
    if row is None or not admitted:
        return f"{pin.source}: no known Starlette release goes with FastAPI {pin.version}"
    return Detected(max(admitted), pin.source, f"implied by fastapi {pin.version} ({row.phrase(pin.version)})")


def _implied_by_range(wanted: Range, knowledge: Knowledge) -> Detected | str:
    oldest = oldest_admitted(wanted, knowledge.fastapi)
    row = requirement_of(oldest, knowledge.fastapi) if oldest else None
    admitted = list(row.starlette.filter(knowledge.releases)) if row else []
    if oldest is None or row is None or not admitted:
        return f"{wanted.source}: no known Starlette release goes with {quoted(wanted.written)}"
    reason = f"implied by {quoted(wanted.written)} (fastapi {oldest} needs {row.phrase(oldest)})"
    return Detected(min(admitted), wanted.source, reason)
