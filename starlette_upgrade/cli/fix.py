"""`starlette-upgrade fix`: rewrite what can be rewritten, report what remains."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.cli.gate import FAILED, exit_code
from starlette_upgrade.cli.journey import options, plan, untold
from starlette_upgrade.cli.output import Output
from starlette_upgrade.cli.progress import Bar
from starlette_upgrade.cli.stdin import given_back, text_of
from starlette_upgrade.finding import Problem
from starlette_upgrade.ruleset.loader import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette_upgrade.cli.journey import Journey
    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.finding import FileChange, Finding, FixResult


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    if request.interactive:
        from starlette_upgrade.cli.interactive import require_terminal

        require_terminal()
    output = Output(request)
    text = text_of(request)
    with given_back(request, text, output):
        journey, result = _fixed(request, text, output)
    if text is not None and any(problem.fatal for problem in result.problems):
        # An editor shows what stderr holds: the one line that says why nothing is done.
        output.problems(result.problems)
        if not request.diff:
            output.write_bytes(text)
        return FAILED
    output.notes((*journey.notes, *untold(result)) if text is not None else untold(result))
    output.details(result.files)
    output.problems(result.problems)
    output.notes(_not_in_tables(result, output))
    if request.diff:
        _show(request, result, output)
    elif text is not None:
        output.write_bytes(result.changes[0].after if result.changes else text)
    elif result.changes:
        read = len(result.problems)
        result = _write(result, request)
        output.problems(result.problems[read:])
    _report(request, journey, result, output)
    changes = bool(result.changes) and request.diff
    return exit_code(request, result.remaining, result.problems, changes=changes)


def _fixed(request: Request, text: bytes | None, output: Output) -> tuple[Journey, FixResult]:
    """What the rewrites make of the code, of those that a person accepts if that is asked for."""
    releases = load_rules(examples=False)
    journey = plan(request, releases)
    if text is None:
        output.notes(journey.notes)
    with Bar(quiet=request.quiet) as progress:
        consent = None
        if request.interactive:
            from starlette_upgrade.cli.interactive import consent_at_terminal

            consent = consent_at_terminal(request, output, progress)
        return journey, pipeline.fix(options(request, journey, text), releases, progress, consent)


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


def _report(request: Request, journey: Journey, result: FixResult, output: Output) -> None:
    """What remains, what was fixed, and the summary, each where the person wants it."""
    if request.format == "json":
        from starlette_upgrade.report.left import left

        groups = left(result.remaining, unsafe=request.unsafe, asked=request.interactive, ahead=request.ahead)
        output.json(result, journey.origin, groups)
        return
    if not request.diff:
        output.findings(request, _worth_showing(request, result), result.move)
    if request.quiet:
        return
    from starlette_upgrade.cli.next_step import after_fix
    from starlette_upgrade.report.changes import changed, changed_rules
    from starlette_upgrade.report.styled import BLANK, line
    from starlette_upgrade.report.summary import fix_summary

    if result.changes:
        if request.diff:
            above = [] if result.remaining else [BLANK]
            rows = [*above, line(("Fixed by this:", "bold")), *changed_rules(result.changes)]
        else:
            rows = changed(result.changes, output.telling)
        output.tell([*rows, BLANK])
    scope = output.scope(request, journey.origin)
    output.tell(fix_summary(result, scope, after_fix(request, result), written=not request.diff))


def _worth_showing(request: Request, result: FixResult) -> Sequence[Finding]:
    """What remains, without what the person has just seen and left as it is: that is only counted."""
    if not request.interactive or request.quiet:
        return result.remaining
    from starlette_upgrade.report.left import why_left

    return [
        finding
        for finding in result.remaining
        if why_left(finding, unsafe=request.unsafe, asked=True, ahead=request.ahead) != "declined"
    ]
