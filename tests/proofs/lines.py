"""The releases of Starlette, or of FastAPI, as a line along which programs are tried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.proofs import fastapi_laboratory, laboratory

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.version import Version

    from starlette_upgrade.ruleset.known import Known
    from starlette_upgrade.ruleset.rule import Package, Rule
    from tests.proofs.laboratory import Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """One package's releases: `before` and `since` find one under which a program can run, `run` runs it there."""

    known: Known
    before: Callable[..., Version | None]
    since: Callable[..., Version | None]
    run: Callable[..., Outcome]


LINES: dict[Package, Line] = {
    "starlette": Line(laboratory.KNOWN, laboratory.release_before, laboratory.release_from, laboratory.run),
    "fastapi": Line(
        fastapi_laboratory.KNOWN,
        fastapi_laboratory.release_before,
        fastapi_laboratory.release_from,
        fastapi_laboratory.run,
    ),
}


def line_of(rule: Rule) -> Line:
    """The line along which a rule's life is told."""
    return LINES[rule.package]
