"""`python -m tests.proofs.mutations`: do the proofs bite? Rules are made wrong at random; each has to be noticed.

A mutation moves one version by a release or more, puts another name in the place of one, or moves a position.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.loader import check_life, load_releases
from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    Release,
    SymbolMatch,
    WarningMatch,
)
from starlette_upgrade.ruleset.selection import all_rules
from tests.proofs import api, examples
from tests.proofs.lines import line_of
from tests.rules.found import found_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

    from starlette_upgrade.ruleset.known import Known
    from starlette_upgrade.ruleset.rule import Match, Rule

ENOUGH = 0.95
_LIVES = ("deprecated", "removed", "changed", "reverted")
# Names that a list of a match may hold, by the match's kind.
_NAMES: dict[type, tuple[str, ...]] = {
    SymbolMatch: ("symbols",),
    AttributeMatch: ("classes", "names"),
    ArgumentMatch: ("callables", "keywords"),
    OverrideMatch: ("classes", "names"),
    BehaviourMatch: ("names", "attributes", "members", "words", "keywords"),
    WarningMatch: ("texts", "modules"),
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """A rule that is wrong, and what is wrong with it."""

    rule: Rule
    what: str


def mutations(rules: Sequence[Rule], count: int, chance: random.Random) -> Iterator[Mutation]:
    """So many wrong rules; the three kinds as often as each other where a rule allows it."""
    kinds = (_of_version, _of_name, _of_position)
    made = 0
    while made < count:
        mutation = chance.choice(kinds)(chance.choice(rules), rules, chance)
        if mutation is not None:
            made += 1
            yield mutation


def _of_version(rule: Rule, rules: Sequence[Rule], chance: random.Random) -> Mutation | None:
    key = chance.choice([key for key in _LIVES if getattr(rule, key)] + ["replacement_since"])
    steps = chance.choice((-3, -2, -1, 1, 2, 3))
    known = line_of(rule).known
    if key != "replacement_since":
        was = getattr(rule, key)
        now = _moved(was, steps, known)
        changed: dict[str, Any] = {key: now}
        return Mutation(replace(rule, **changed), f"{key} {was} is {now}") if now else None
    numbers = [number for number, fix in enumerate(rule.fixes) if fix.replacement_since]
    if not numbers:
        return None
    number = chance.choice(numbers)
    since = rule.fixes[number].replacement_since
    assert since is not None
    now = _moved(since, steps, known)
    fixes = [replace(f, replacement_since=now) if n == number else f for n, f in enumerate(rule.fixes)]
    return Mutation(replace(rule, fixes=tuple(fixes)), f"{key} {since} is {now}") if now else None


def _moved(version: Version, steps: int, releases: Known) -> Version | None:
    known = [v for v in releases.releases if v not in releases.yanked]
    index = known.index(version) + steps
    return known[index] if 0 <= index < len(known) else None


def _of_name(rule: Rule, rules: Sequence[Rule], chance: random.Random) -> Mutation | None:
    match = chance.choice(rule.matches)
    fields = [field for field in _NAMES[type(match)] if getattr(match, field)]
    if not fields:
        return None
    field = chance.choice(fields)
    values: tuple[str, ...] = getattr(match, field)
    others = {name for other in rules for m in other.matches for name in getattr(m, field, ())} - set(values)
    was, now = chance.choice(values), chance.choice(sorted(others) or ["another"])
    changed: dict[str, Any] = {field: tuple(now if value == was else value for value in values)}
    return Mutation(_with(rule, match, replace(match, **changed)), f"{field}: {was} is {now}")


def _of_position(rule: Rule, rules: Sequence[Rule], chance: random.Random) -> Mutation | None:
    placed = [match for match in rule.matches if isinstance(match, ArgumentMatch) and match.position is not None]
    if not placed:
        return None
    match = chance.choice(placed)
    assert match.position is not None
    now = match.position + chance.choice((-1, 1))
    if now < 0:
        return None
    return Mutation(_with(rule, match, replace(match, position=now)), f"position {match.position} is {now}")


def _with(rule: Rule, old: Match, new: Match) -> Rule:
    return replace(rule, matches=tuple(new if match is old else match for match in rule.matches))


def noticed(rule: Rule, folder: Path) -> str:
    """The first check that a rule fails; "" if it passes for right."""
    try:
        check_life(rule.title, rule.deprecated, rule.removed, rule.changed, rule.reverted, rule.reused)
    except RulesetError as error:
        return str(error)
    end = rule.removed or rule.changed
    if end and any(fix.replacement_since and fix.replacement_since > end for fix in rule.fixes):
        return "`replacement_since` comes after the end"
    standing = rule.removed or rule.changed or rule.deprecated
    if standing != rule.release:
        rule = replace(rule, release=standing or rule.release)
    assert rule.release is not None
    release = Release(rule.release, "", (rule,), ())
    for number, example in enumerate(rule.examples, 1):
        if not found_in(example.before, rule, (release,), folder):
            return f"example {number} is not found"
    failures = [*api.failures(rule), *(f for example in rule.examples for f in examples.failures(rule, example))]
    if failures:
        return failures[0]
    claims_since = any(fix.replacement_since for fix in rule.fixes)
    if claims_since and not any(examples.is_telling(rule, example) for example in rule.examples):
        return "`replacement_since` is not telling"
    return ""


def main() -> int:
    """0 if enough of the mutations are noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rules = [rule for rule in all_rules(load_releases()) if not rule.unproven]
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        for mutation in mutations(rules, options.count, random.Random(options.seed)):
            why = noticed(mutation.rule, Path(folder))
            caught += bool(why)
            print(
                f"{'caught ' if why else 'MISSED '} {mutation.rule.title}: {mutation.what}; {why[:120]}", flush=True
            )
    print(f"{caught} of {options.count} caught")
    return 0 if caught >= ENOUGH * options.count else 1


if __name__ == "__main__":
    sys.exit(main())
