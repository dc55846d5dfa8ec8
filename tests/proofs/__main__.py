"""`python -m tests.proofs [SU101 …]`: proves these rules and errors, or all, and says how many there are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scripts.completeness import check
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.reported import load_errors
from starlette_upgrade.ruleset.selection import all_rules
from tests.proofs import advisories, ahead, api, errors, examples, fastapi_laboratory, laboratory

if TYPE_CHECKING:
    from starlette_upgrade.ruleset.reported import ReportedError
    from starlette_upgrade.ruleset.rule import Rule


def main(words: list[str]) -> int:
    """0 where everything is true, 1 otherwise."""
    rules = [rule for rule in all_rules(load_rules()) if not words or rule.code in words or rule.name in words]
    failed = sum(_prove(rule) for rule in rules)
    unproven = [rule for rule in rules if rule.unproven]
    count = sum(len(rule.examples) for rule in rules)
    runs = sum(one.run.cache_info().misses for one in (laboratory, fastapi_laboratory))
    print(f"{len(rules)} rules, {count} examples, {runs} programs run, {failed} failed")
    print(f"{len(unproven)} rules without a proof")
    for rule in unproven:
        print(f"  {rule.title}: {rule.unproven}")
    failed += sum(_prove_error(error) for error in load_errors() if not words or error.name in words)
    if not words:
        print("\n".join(check().lines()))
    return 1 if failed else 0


def _prove(rule: Rule) -> bool:
    """Whether something that the rule says is wrong; it is printed."""
    if rule.unproven:
        return False
    found = [f"{rule.title}: {failure}" for failure in api.failures(rule)]
    if rule.advisory is not None:
        found += [f"{rule.title}: {failure}" for failure in advisories.failures(rule)]
    for number, example in enumerate(rule.examples, 1):
        found += [f"{rule.title}, example {number}: {failure}" for failure in examples.failures(rule, example)]
        found += [f"{rule.title}, example {number}: {failure}" for failure in ahead.failures(rule, example)]
    claims_since = any(fix.replacement_since for fix in rule.fixes)
    if claims_since and not any(examples.is_telling(rule, example) for example in rule.examples):
        found.append(f"{rule.title}: `after` does the same before its `replacement_since` in every example")
    print("\n".join(found) if found else f"{rule.title}: ok", flush=True)
    return bool(found)


def _prove_error(error: ReportedError) -> bool:
    """The same of a reported error."""
    found = [f"{error.name}: {failure}" for failure in errors.failures(error)]
    print("\n".join(found) if found else f"{error.name}: ok", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
