"""From which FastAPI to which, beside a move of Starlette: as the person or the project says, or as both admit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from starlette_upgrade.cli.journey import named
from starlette_upgrade.requirements.fastapi import load_requirements, newest_beside, oldest_beside, requirement_of
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import rules_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.requirements.fastapi import Requirement

# Up to here every FastAPI() and APIRouter() hands on_startup= to Starlette, which 1.0.0rc1 no longer takes.
_LAST_TO_FAIL, _FIRST_TO_REFUSE = Version("0.128.2"), Version("1.0.0rc1")


def beside(move: Move, found: Version | None, where: str, wanted: str) -> tuple[Move, tuple[str, ...]]:
    """The move in FastAPI's releases, and what is to be said about it.

    `found` is the FastAPI that the project has, and `where` it says so; `wanted` is the one that the person
    names as the one to go to. One of both is given. Raises CommandError for a version that makes no sense.
    """
    rows = load_requirements(rules_folder())
    newest = newest_beside(move.new, rows)
    if wanted:
        known = load_known(package="fastapi")
        new, why = named("--fastapi", wanted, known, "FastAPI"), ""
    elif newest is not None:
        new, why = newest, f", the newest that admits Starlette {move.new}"
    else:
        assert found is not None
        new, why = found, f", since none admits Starlette {move.new}"
    row = requirement_of(found, rows) if found is not None else None
    if found is not None and row is not None and row.admits(move.old) and found <= new:
        old, since = found, where
    else:
        oldest = oldest_beside(move.old, rows)
        old, since = min(oldest or rows[0].first, new), f"the oldest that admits Starlette {move.old}"
        if oldest is None or oldest > new:
            since = "since nothing says which"
    return Move(old, new), (f"FastAPI from {old}, {since}, to {new}{why}", *_refusals(move.new, new, rows))


def _refusals(starlette: Version, fastapi: Version, rows: Sequence[Requirement]) -> Iterator[str]:
    """That a FastAPI does not go with a Starlette, and what happens if they are put together."""
    row = requirement_of(fastapi, rows)
    if row is None or row.admits(starlette):
        return
    first, last = oldest_beside(starlette, rows), newest_beside(starlette, rows)
    instead = f"; of FastAPI, {first} to {last} admit it" if first is not None else ""
    fails = fastapi <= _LAST_TO_FAIL and starlette >= _FIRST_TO_REFUSE
    crash = ", and every FastAPI() and APIRouter() call raises a TypeError with it" if fails else ""
    yield f"FastAPI {fastapi} needs Starlette {row.written}, which does not admit {starlette}{crash}{instead}"
