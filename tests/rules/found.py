"""Whether a rule finds something certain in a program, when somebody comes from before its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Release, Rule

KNOWN = load_known()


def options_for(rule: Rule, path: Path) -> Options:
    """From a release on which nothing is gone yet to the last one on which the rule holds."""
    begin = min(v for v in (rule.deprecated, rule.removed, rule.changed) if v is not None)
    new = KNOWN.before(rule.reverted) if rule.reverted is not None else KNOWN.newest
    return Options((path,), Move(KNOWN.before(begin), max(new, begin)), select=(rule.code,), unsafe=True)


def found_in(program: str, rule: Rule, releases: Sequence[Release], folder: Path) -> bool:
    """Whether the rule, one of `releases`, has a certain finding in a program."""
    file = folder / "example.py"
    file.write_text(program.lstrip("\n"))
    result = pipeline.check(options_for(rule, file), releases)
    assert not result.problems
    return any(finding.confidence == "certain" for finding in result.findings)
