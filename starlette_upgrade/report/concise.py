"""One line for each finding, for editors, `grep` and long lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import Line, line, one_line
from starlette_upgrade.report.wording import STYLES, is_security, remedy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.finding import Finding
    from starlette_upgrade.report.place import View


def concise(findings: Sequence[Finding], view: View) -> list[Line]:
    """The certain findings, then the possible ones, each marked as such."""
    order = sorted(findings, key=lambda finding: finding.confidence == "possible")
    return [_line(finding, view) for finding in order]


def _line(finding: Finding, view: View) -> Line:
    impact = "already broken" if finding.already and finding.impact.value == "break" else finding.impact.value
    words = [impact, *(["security"] if is_security(finding) else []), one_line(remedy(finding))]
    if finding.confidence == "possible":
        words.insert(0, "possible")
    return line(
        view.place(finding.path, finding.span.line, finding.span.column),
        ": ",
        (finding.rule.code, f"bold {STYLES[finding.impact]}"),
        f" {finding.rule.name} {one_line(finding.message)}",
        (f" [{', '.join(words)}]", "dim"),
    )
