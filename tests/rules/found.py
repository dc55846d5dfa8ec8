"""Whether a rule finds something certain in a program, when somebody comes from before its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.rule import PACKAGES
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Group, Rule

KNOWN = {package: load_known(package=package) for package in PACKAGES}


def options_for(rule: Rule, path: Path) -> Options:
    """From a release on which nothing is gone yet to the last one on which the rule holds."""
    known = KNOWN[rule.package]
    if rule.nature != "change":
        begin = rule.since or known.releases[0]
        last = known.before(rule.cured) if rule.cured is not None else known.newest
        return Options((path,), _beside(rule, Move(begin, last)), select=(rule.code,), unsafe=True)
    begin = min(v for v in (rule.deprecated, rule.removed, rule.changed) if v is not None)
    new = known.before(rule.reverted) if rule.reverted is not None else known.newest
    move = Move(known.before(begin), max(new, begin))
    return Options((path,), _beside(rule, move), select=(rule.code,), unsafe=True)


def _beside(rule: Rule, move: Move) -> Move:
    """The move with Starlette's beside it, where it is in the releases of FastAPI."""
    if rule.package == "starlette":
        return move
    starlette = KNOWN["starlette"]
    return Move(starlette.releases[0], starlette.newest, move)


def found_in(program: str, rule: Rule, releases: Sequence[Group], folder: Path) -> bool:
    """Whether the rule, one of `releases`, has a certain finding in a program (a possible one, if it is unseen)."""
    file = folder / "example.py"
    file.write_text(program.lstrip("\n"))
    result = pipeline.check(options_for(rule, file), releases)
    assert not result.problems
    return any(finding.confidence == "certain" or rule.unseen for finding in result.findings)
