"""`starlette-upgrade check`: report what breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.cli.gate import exit_code
from starlette_upgrade.cli.journey import options, plan, untold
from starlette_upgrade.cli.output import Output
from starlette_upgrade.cli.progress import Bar
from starlette_upgrade.cli.stdin import text_of
from starlette_upgrade.ruleset.loader import load_rules

if TYPE_CHECKING:
    from starlette_upgrade.cli.request import Request


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    output = Output(request)
    releases = load_rules(examples=False)
    text = text_of(request)
    journey = plan(request, releases)
    output.notes(journey.notes)
    with Bar(quiet=request.quiet) as progress:
        result = pipeline.check(options(request, journey, text), releases, progress)
    output.details(result.files)
    output.notes(untold(result))
    output.problems(result.problems)
    if request.format == "json":
        output.json(result, journey.origin)
    else:
        output.findings(request, result.findings, journey.move)
        if not request.quiet:
            from starlette_upgrade.cli.next_step import after_check
            from starlette_upgrade.report.summary import check_summary

            scope = output.scope(request, journey.origin)
            output.report(check_summary(result, scope, after_check(request, result.findings)))
    return exit_code(request, result.findings, result.problems)
