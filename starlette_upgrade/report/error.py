"""An error's page for the terminal: what happens, the cure, what is behind it, and what of that the code has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.columns import row
from starlette_upgrade.report.explain import facts_of
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph
from starlette_upgrade.report.wording import STYLES, count
from starlette_upgrade.ruleset.reported import ReportedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from starlette_upgrade.finding import CheckResult, Finding
    from starlette_upgrade.recognition.recognise import Fit
    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.rule import Rule


def error_page(error: ReportedError, behind: Sequence[Rule], view: View) -> list[Line]:
    """All about one error, with the rules `behind` it."""
    lines = [line((error.title, "bold")), BLANK]
    lines += facts_of([("Name", error.name), ("Says", _texts(error))], view)
    lines += [*_section("What happens", error.cause, view), *_section("Cure", error.cure, view)]
    hazards = [rule for rule in behind if rule.nature == "hazard"]
    lines += _rules("Hazards behind it", hazards, view)
    lines += _rules("Changes behind it", [rule for rule in behind if rule not in hazards], view)
    if error.sources:
        lines += [BLANK, line(("Reported in", "bold"))]
        lines += [line(f"  {source}") for source in error.sources]
    return lines


def in_code(
    result: CheckResult, behind: Sequence[Rule], view: View, frames: Collection[tuple[str, int]] = ()
) -> list[Line]:
    """The findings of these rules, or that there is none.

    Those on a line that a traceback goes through (`frames`) come first, the possible ones last.
    """
    codes = {rule.code for rule in behind}
    findings = [finding for finding in result.findings if finding.rule.code in codes]
    lines = [BLANK, line(("In this code", "bold"))]
    if not findings:
        return [*lines, line(f"  nothing of it is seen in {count(result.files, 'file')}")]
    met = {id(finding) for finding in findings if _is_met(finding, frames)}
    findings.sort(key=lambda finding: (id(finding) not in met, _is_possible(finding)))
    return lines + [_finding(finding, view, met=id(finding) in met) for finding in findings]


def others(fits: Sequence[Fit], view: View) -> list[Line]:
    """A line for each of the others that know the text."""
    if not fits:
        return []
    names = [fit.subject.name if isinstance(fit.subject, ReportedError) else fit.subject.code for fit in fits]
    width = max(map(len, names))
    lines = [BLANK, line(("What you gave fits these as well", "bold"))]
    for name, fit in zip(names, fits, strict=True):
        text = fit.subject.title if isinstance(fit.subject, ReportedError) else fit.subject.summary
        lines += row((f"  {name:{width}}",), text, view)
    return lines


def _texts(error: ReportedError) -> str:
    """What it says, the first few: some errors have changed their words again and again."""
    more = len(error.says) - _MANY
    shown = ", or ".join(error.says[:_MANY])
    return f"{shown}, or {more} more" if more > 0 else shown


_MANY = 3


def _section(title: str, text: str, view: View) -> Iterator[Line]:
    yield from (BLANK, line((title, "bold")))
    yield from map(line, paragraph(text, view.prose, "  ", "  "))


def _rules(title: str, rules: Sequence[Rule], view: View) -> Iterator[Line]:
    if not rules:
        return
    yield from (BLANK, line((title, "bold")))
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        yield from row((f"  {rule.code} ", (f"{rule.name:{width}}", "bold")), rule.summary, view)


def _is_met(finding: Finding, frames: Collection[tuple[str, int]]) -> bool:
    span = finding.span
    return any((finding.path.name, row) in frames for row in range(span.line, span.end_line + 1))


def _finding(finding: Finding, view: View, *, met: bool) -> Line:
    notes = ["in this traceback"] * met + ["possible"] * _is_possible(finding)
    return line(
        "  ",
        view.place(finding.path, finding.span.line, finding.span.column),
        ": ",
        (finding.rule.code, f"bold {STYLES[finding.impact]}"),
        f" {one_line(finding.message)}",
        (f" ({', '.join(notes)})" if notes else "", "dim"),
    )


def _is_possible(finding: Finding) -> bool:
    return finding.confidence == "possible"
