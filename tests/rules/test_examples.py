"""Every example of every rule: `before` holds the finding, and the rewrite makes `after` of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.selection import all_rules
from starlette_upgrade.settings.options import Options
from tests.rules.found import found_in, options_for

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Example, Rule

RULES = load_rules()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.title.replace(' ', '-')}-{number}")
    for rule in all_rules(RULES)
    for number, example in enumerate(rule.examples, 1)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_old_form_is_found(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert found_in(example.before, rule, RULES, tmp_path)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_new_form_is_clean(rule: Rule, example: Example, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(example.after.lstrip("\n"))
    assert pipeline.check(options_for(rule, file), RULES).findings == ()


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_rewrite_makes_the_new_form_of_the_old(rule: Rule, example: Example, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(example.before.lstrip("\n"))
    result = pipeline.fix(options_for(rule, file), RULES)
    if example.by_hand:
        assert not result.changes
        assert all(finding.fix == "none" and finding.why_not for finding in result.remaining)
        return
    if all(finding.fix == "manual" for finding in result.remaining) and not result.changes:
        assert any(fix.safety == "manual" for fix in rule.fixes)
        return
    assert [finding.message for finding in result.remaining] == []
    assert result.changes[0].after.decode() == example.after.lstrip("\n")


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_triage_lets_the_example_through(rule: Rule, example: Example, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(example.before.lstrip("\n"))
    options = options_for(rule, file)
    without = Options(options.paths, options.move, select=options.select, triage=False)
    assert pipeline.check(options, RULES).findings == pipeline.check(without, RULES).findings
