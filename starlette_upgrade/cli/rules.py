"""`starlette-upgrade rules`: every rule, with what it means for this upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.cli.gate import CLEAN
from starlette_upgrade.cli.journey import plan
from starlette_upgrade.cli.output import Output
from starlette_upgrade.report.rules import rules
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.selection import activate, all_rules, labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Group


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    output = Output(request)
    groups = load_rules()
    journey = plan(request, groups)
    output.notes(journey.notes)
    chosen = _chosen(request, groups, journey.move)
    output.report(rules(groups, chosen, journey.move, journey.origin, output.view))
    return CLEAN


def _chosen(request: Request, groups: Sequence[Group], move: Move) -> set[str]:
    """The codes of the rules within --select and without --ignore, whatever they mean for `move`."""
    activate(groups, move, request.select, request.ignore)  # names a word that selects nothing
    select, ignore = ({word.lower() for word in words} for words in (request.select, request.ignore))
    codes = set()
    for rule in all_rules(groups):
        own = {word.lower() for word in labels(rule)}
        if (not select or own & select) and not own & ignore:
            codes.add(rule.code)
    return codes
