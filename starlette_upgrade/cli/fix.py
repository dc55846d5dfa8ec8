"""`starlette-upgrade fix`: rewrite what can be rewritten, report what remains."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.cli.gate import exit_code
from starlette_upgrade.cli.journey import options, plan, untold
from starlette_upgrade.cli.output import Output
from starlette_upgrade.cli.progress import Bar
from starlette_upgrade.finding import Problem
from starlette_upgrade.ruleset.loader import load_releases

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.finding import FileChange, Finding, FixResult


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    output = Output(request)
    releases = load_releases(examples=False)
    journey = plan(request, releases)
    output.notes(journey.notes)
    with Bar(quiet=request.quiet) as progress:
        result = pipeline.fix(options(request, journey), releases, progress)
    output.details(result.files)
    output.notes(untold(result))
    output.problems(result.problems)
    output.notes(_not_in_tables(result, output))
    if result.changes and not request.diff:
        read = len(result.problems)
        result = _write(result, request)
        output.problems(result.problems[read:])
    if request.diff:
        _show(request, result, output)
    elif request.format == "json":
        output.json(result, journey.origin)
    else:
        _report(request, result, output)
    if request.format != "json" and not request.quiet:
        from starlette_upgrade.cli.next_step import after_fix
        from starlette_upgrade.report.summary import fix_summary

        scope = output.scope(request, journey.origin)
        summary = fix_summary(result, scope, after_fix(request, result), written=not request.diff)
        (output.remark if request.diff else output.report)(summary)
    changes = bool(result.changes) and request.diff
    return exit_code(request, result.remaining, result.problems, changes=changes)


def _not_in_tables(result: FixResult, output: Output) -> list[str]:
    """Why calls were written where tables were asked for: once for each reason and file."""
    reasons: dict[tuple[Path, str], int] = {}
    for change in result.changes:
        for finding in change.resolved:
            if finding.no_table:
                reasons.setdefault((change.path, finding.no_table), finding.span.line)
    return [
        f"{output.view.path(path)}:{line}: written as calls, not as tables: {reason}"
        for (path, reason), line in reasons.items()
    ]


def _write(result: FixResult, request: Request) -> FixResult:
    """Write each file; what could not be written becomes a problem, and its findings remain."""
    from starlette_upgrade.rewrite.disk import write

    if not request.allow_dirty:
        from starlette_upgrade.cli.worktree import require_clean

        require_clean(change.path for change in result.changes)
    done: list[FileChange] = []
    remaining: list[Finding] = list(result.remaining)
    problems = list(result.problems)
    for change in result.changes:
        try:
            write(change)
        except OSError as error:  # noqa: PERF203
            problems.append(Problem(change.path, f"not written: {_reason(error, change)}"))
            remaining.extend(change.resolved)
        else:
            done.append(change)
    remaining.sort(key=lambda finding: (str(finding.path), finding.span))
    return dataclasses.replace(
        result,
        changes=tuple(done),
        remaining=tuple(remaining),
        problems=tuple(problems),
        written=tuple(change.path for change in done),
    )


def _reason(error: OSError, change: FileChange) -> str:
    return error.strerror or str(error).removeprefix(f"{change.path}: ")


def _show(request: Request, result: FixResult, output: Output) -> None:
    """The diff alone on stdout, fit for `git apply`; what it does not resolve on stderr."""
    from starlette_upgrade.report.diff import diff, diff_lines

    for change in result.changes:
        if output.coloured:
            output.report(diff_lines(change, output.view))
        else:
            output.write_bytes(diff(change, output.view))
    if result.remaining:
        from starlette_upgrade.cli.before import as_on_disk
        from starlette_upgrade.report.concise import concise
        from starlette_upgrade.report.styled import BLANK, line

        rows = concise(as_on_disk(result.remaining, result.changes), output.aside)
        title = "Not fixed by this:" if result.changes else "Nothing to fix automatically:"
        output.remark(rows if request.quiet else [BLANK, line((title, "bold")), *rows, BLANK])


def _report(request: Request, result: FixResult, output: Output) -> None:
    from starlette_upgrade.report.styled import BLANK
    from starlette_upgrade.report.summary import changed_files

    output.findings(request, result.remaining, result.move)
    if result.changes and not request.quiet:
        names = [output.view.path(change.path) for change in result.changes]
        lines = changed_files(result, names)
        output.report([*lines, BLANK] if request.format == "full" else lines)
