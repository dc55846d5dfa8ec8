"""From what was found to the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.finding import Finding, Problem

CLEAN, FINDINGS, FAILED = 0, 1, 2


def exit_code(
    request: Request, findings: Iterable[Finding], problems: Iterable[Problem], *, changes: bool = False
) -> int:
    """2 if the run can't be trusted, 1 if a finding counts (or something would be rewritten), else 0."""
    if any(problem.fatal for problem in problems):
        return FAILED
    if request.exit_zero:
        return CLEAN
    return FINDINGS if changes or any(counts(request, finding) for finding in findings) else CLEAN


def counts(request: Request, finding: Finding) -> bool:
    """Whether the finding makes the run fail: an impact in --fail-on, and certain or asked for."""
    return finding.impact in request.gate() and (finding.confidence == "certain" or request.include_possible)
