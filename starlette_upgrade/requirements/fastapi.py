"""Which Starlette a FastAPI runs on, and the other way round, by the requirements of its releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomli
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from starlette_upgrade.requirements.evidence import Range
from starlette_upgrade.requirements.text_files import read_text
from starlette_upgrade.requirements.untrusted import string, tables

TABLE = Path("model", "fastapi-starlette.toml")


@dataclass(frozen=True, slots=True)
class Requirement:
    """The Starlette that the FastAPI releases from `first` to `last`, both included, require."""

    first: Version
    last: Version
    starlette: SpecifierSet
    written: str

    def admits(self, starlette: Version) -> bool:
        return self.starlette.contains(starlette, prereleases=True)

    def phrase(self, fastapi: Version) -> str:
        """What a FastAPI release requires, and how we know if it is newer than the table."""
        known = "" if fastapi <= self.last else f", as fastapi {self.last} does"
        return f"starlette {self.written}{known}"


@cache
def load_requirements(rules: Path) -> tuple[Requirement, ...]:
    """The table from the rules folder, oldest FastAPI first. Raises `OSError` or `ValueError`."""
    rows = tables(tomli.loads(read_text(rules / TABLE)).get("starlette_requirement"))
    return tuple(
        Requirement(
            first=Version(string(row.get("from"))),
            last=Version(string(row.get("to"))),
            starlette=SpecifierSet(string(row.get("starlette"))),
            written=string(row.get("starlette")),
        )
        for row in rows
    )


def requirement_of(fastapi: Version, known: Sequence[Requirement]) -> Requirement | None:
    """What a FastAPI release requires; None before the table begins.

    A FastAPI newer than the table is taken to require what the newest known one does.
    """
    return next((row for row in reversed(known) if row.first <= fastapi), None)


def newest_beside(starlette: Version, known: Sequence[Requirement]) -> Version | None:
    """The newest FastAPI that admits a Starlette, None if none does."""
    return max((row.last for row in known if row.admits(starlette)), default=None)


def oldest_beside(starlette: Version, known: Sequence[Requirement]) -> Version | None:
    """The oldest FastAPI that admits a Starlette, None if none does."""
    return min((row.first for row in known if row.admits(starlette)), default=None)


def oldest_admitted(wanted: Range, known: Sequence[Requirement]) -> Version | None:
    """The oldest FastAPI that a range admits, as far as the table can tell.

    The table holds only the ends of each row, so the versions that the range itself names count as releases:
    `>=0.111` means 0.111, which lies inside a row.
    """
    named = [
        Version(specifier.version.removesuffix(".*"))
        for one in wanted.alternatives
        for specifier in one
        if specifier.operator != "!="
    ]
    ends = [version for row in known for version in (row.first, row.last)]
    return next(
        (version for version in wanted.admitted([*ends, *named]) if known and version >= known[0].first), None
    )
