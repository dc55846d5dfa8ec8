"""The families of hazards, below rules/hazards/, with a strict schema; a mistake is named with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.fixes import fix_of
from starlette_upgrade.ruleset.parts import code_and_name, example_of, match_of, table_of
from starlette_upgrade.ruleset.rule import PACKAGES, Family, Fix, Rule

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.schema import Table

_BY_HAND = Fix(kind="manual", safety="manual")


def load_families(folder: Path) -> tuple[Family, ...]:
    """Every family of a folder, by name. Raises RulesetError for the first mistake found."""
    return tuple(load_family(file) for file in sorted(folder.glob("*.toml")))


def load_families_without_examples(folder: Path) -> tuple[Family, ...]:
    """The same with rules that have no examples."""
    return tuple(
        replace(family, rules=tuple(replace(rule, examples=()) for rule in family.rules))
        for family in load_families(folder)
    )


def load_family(file: Path) -> Family:
    """One file of hazards. Raises RulesetError."""
    top = table_of(file)
    name = top.text("family")
    if file.name != f"{name}.toml":
        raise RulesetError(f"{file.name}: `family` is {name}, which is not the file's name")
    title = top.text("title")
    rules = tuple(_hazard(table) for table in top.tables("rule", "rule"))
    top.close()
    return Family(name, title, rules)


def _hazard(table: Table) -> Rule:
    code, name = code_and_name(table)
    summary = table.text("summary")
    message = table.text("message", summary)
    why, advice = table.text("why"), table.text("advice")
    since, cured = table.version("since"), table.version("cured")
    if since and cured and since >= cured:
        raise RulesetError(f"{table.where}: `cured` {cured} does not come after `since` {since}")
    package = next(p for p in PACKAGES if p == table.choice("package", PACKAGES, "starlette"))
    pulls, errors = table.numbers("pull"), table.texts("error")
    unproven, unseen = table.text("unproven", ""), table.flag("unseen")
    tags = table.texts("tags")
    matches = tuple(match_of(match) for match in table.tables("match", "match"))
    fixes = tuple(fix_of(fix) for fix in table.tables("fix", "fix")) or (_BY_HAND,)
    examples = tuple(example_of(example) for example in table.tables("example", "example"))
    table.close()
    if not matches:
        raise RulesetError(f"{table.where}: no [rule.match]")
    if not examples:
        raise RulesetError(f"{table.where}: no [[rule.example]] with `before` and `after`")
    return Rule(
        code=code,
        name=name,
        release=None,
        summary=summary,
        message=message,
        advice=advice,
        pulls=pulls,
        tags=tags,
        matches=matches,
        fixes=fixes,
        examples=examples,
        errors=errors,
        unproven=unproven,
        package=package,
        nature="hazard",
        since=since,
        cured=cured,
        why=why,
        unseen=unseen,
    )
