"""Where programs are tried out under any FastAPI release, with the newest Starlette that it admits."""

from __future__ import annotations

import functools

from packaging.version import Version

from scripts.model.fetch import fetch, folder_of
from starlette_upgrade.requirements.fastapi import load_requirements, requirement_of
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import rules_folder
from tests.proofs.laboratory import KNOWN as STARLETTE
from tests.proofs.laboratory import SECONDS, Outcome, outcome_of
from tests.proofs.stacks import fastapi, stack_of

KNOWN = load_known(package="fastapi")
# Older releases of FastAPI run on Pydantic 1, and on no Starlette that is newer than this in the stacks.
_FIRST_ON_PYDANTIC_2, _LAST_STACK_OF_PYDANTIC_1 = Version("0.100.0"), Version("0.26.1")


def release_before(version: Version, _program: str = "") -> Version | None:
    """The last release older than `version`."""
    return next((release for release in reversed(KNOWN.releases) if release < version), None)


def release_from(version: Version, _program: str = "") -> Version | None:
    """The first release from `version` on."""
    return next((release for release in KNOWN.releases if release >= version), None)


@functools.cache
def starlette_for(release: Version) -> Version:
    """The newest Starlette that a FastAPI release admits."""
    row = requirement_of(release, load_requirements(rules_folder()))
    assert row is not None
    return max(version for version in row.starlette.filter(STARLETTE.releases) if version not in STARLETTE.yanked)


@functools.lru_cache(maxsize=1024)
def run(program: str, release: Version, *, seconds: int = SECONDS) -> Outcome:
    """What comes of a program under a release."""
    starlette = starlette_for(release)
    fetch([starlette])
    of_stack = starlette if release >= _FIRST_ON_PYDANTIC_2 else min(starlette, _LAST_STACK_OF_PYDANTIC_1)
    return outcome_of(program, stack_of(of_stack), (folder_of(starlette), fastapi(release)), seconds)
