"""`starlette-upgrade explain RULE`: all about one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.cli.gate import CLEAN
from starlette_upgrade.cli.journey import plan
from starlette_upgrade.cli.output import Output
from starlette_upgrade.report.explain import explain
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.selection import find_rule

if TYPE_CHECKING:
    from starlette_upgrade.cli.request import Request


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    output = Output(request)
    releases = load_releases()
    rule = find_rule(releases, request.rule)
    journey = plan(request, releases)
    if request.verbose:
        output.notes(journey.notes)
    output.report(explain(rule, journey.move, journey.origin, output.view))
    return CLEAN
