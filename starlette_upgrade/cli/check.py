"""`starlette-upgrade check`: report what breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.cli.gate import exit_code
from starlette_upgrade.cli.journey import options, plan, untold
from starlette_upgrade.cli.output import Output
from starlette_upgrade.cli.progress import Bar
from starlette_upgrade.cli.stdin import text_of
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.loader import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.cli.journey import Journey
    from starlette_upgrade.cli.request import Request


def _unasked(request: Request, journey: Journey) -> Iterator[str]:
    """That vulnerabilities were asked for, of a release that nobody knows."""
    if journey.move.assumed and Impact.VULNERABLE in request.gate():
        yield "published vulnerabilities are told of a release that is known: pass --from"


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    output = Output(request)
    releases = load_rules(examples=False)
    text = text_of(request)
    journey = plan(request, releases)
    output.notes((*journey.notes, *_unasked(request, journey)))
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
