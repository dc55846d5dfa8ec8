"""The published vulnerabilities, from rules/advisories.toml: strictly, each mistake is named with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.parts import code_and_name, match_of, table_of
from starlette_upgrade.ruleset.rule import Advisories, Advisory, Fix, Rule

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Severity
    from starlette_upgrade.ruleset.schema import Table

# The worst first.
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "unrated")
_ID = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|PYSEC-\d{4}-\d+|SNYK-PYTHON-[A-Z]+-\d+")
# Nothing in the code is to be rewritten: the upgrade closes it.
_BY_THE_UPGRADE = Fix(kind="manual", safety="manual")


def load_advisories(folder: Path) -> Advisories:
    """Those of the file of a folder. Raises RulesetError for the first mistake found."""
    top = table_of(folder / "advisories.toml")
    rules = tuple(_advisory(table) for table in top.tables("advisory", "advisory"))
    top.close()
    return Advisories(rules)


def _advisory(table: Table) -> Rule:
    code, name = code_and_name(table)
    ids = table.texts("ids", ())
    for one in ids:
        if not _ID.fullmatch(one):
            raise RulesetError(f"{table.where}: `{one}` is no identifier of a vulnerability")
    summary = table.text("summary")
    message = table.text("message")
    severity = cast("Severity", table.choice("severity", SEVERITIES))
    score = table.text("score", "")
    since, fixed = table.version("since"), table.version("fixed", required=True)
    if since and fixed and since >= fixed:
        raise RulesetError(f"{table.where}: `fixed` {fixed} does not come after `since` {since}")
    condition = table.text("condition", "")
    dependency, safe = table.text("dependency", ""), table.version("safe")
    if bool(dependency) != bool(safe):
        raise RulesetError(f"{table.where}: `dependency` and `safe` need each other")
    why, advice = table.text("why"), table.text("advice")
    sources = table.texts("sources")
    pulls, tags = table.numbers("pull"), table.texts("tags")
    matches = tuple(match_of(match) for match in table.tables("match", "match"))
    proof = table.text("proof")
    table.close()
    if not matches:
        raise RulesetError(f"{table.where}: no [[advisory.match]]")
    if not sources:
        raise RulesetError(f"{table.where}: `sources` is empty")
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
        fixes=(_BY_THE_UPGRADE,),
        examples=(),
        nature="advisory",
        since=since,
        cured=fixed,
        why=why,
        advisory=Advisory(ids, severity, sources, score, condition, dependency, safe, proof),
    )
