"""Every difference between a release of Starlette and the next is covered."""

from __future__ import annotations

from scripts.completeness import check
from starlette_upgrade.ruleset.known import load_known


def test_nothing_is_uncovered_and_no_waiver_is_for_nothing() -> None:
    verdict = check()
    assert verdict.pairs == len(load_known().releases) - 1
    assert not verdict.uncovered, "\n".join(verdict.lines())
    assert not verdict.unused
