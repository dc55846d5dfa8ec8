"""Every rule is proven: its examples are executed on both sides of each boundary, its matches asked of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.selection import all_rules
from tests.proofs import advisories, ahead, api, examples
from tests.proofs.stacks import SERIES, interpreter

if TYPE_CHECKING:
    from starlette_upgrade.ruleset.rule import Example, Rule

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only"),
]

RULES = all_rules(load_rules())
PROVEN = [rule for rule in RULES if not rule.unproven]
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.title.replace(' ', '-')}-{number}")
    for rule in PROVEN
    for number, example in enumerate(rule.examples, 1)
]
MOST_UNPROVEN = 5


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_does_what_its_rule_says(rule: Rule, example: Example) -> None:
    assert examples.failures(rule, example) == []


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_what_is_fixed_ahead_runs_on_the_older_release(rule: Rule, example: Example) -> None:
    assert ahead.failures(rule, example) == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code) for rule in RULES if rule.advisory is not None])
def test_a_vulnerability_is_on_the_releases_of_its_range(rule: Rule) -> None:
    assert advisories.failures(rule) == []


@pytest.mark.parametrize("rule", PROVEN, ids=[rule.title.replace(" ", "-") for rule in PROVEN])
def test_the_api_is_as_the_matches_say(rule: Rule) -> None:
    assert api.failures(rule) == []


@pytest.mark.parametrize(
    "rule",
    [pytest.param(r, id=r.code) for r in PROVEN if any(fix.replacement_since for fix in r.fixes)],
)
def test_a_replacement_is_not_to_be_had_earlier(rule: Rule) -> None:
    assert any(examples.is_telling(rule, example) for example in rule.examples)


def test_few_rules_are_without_a_proof() -> None:
    assert len(RULES) - len(PROVEN) <= MOST_UNPROVEN
