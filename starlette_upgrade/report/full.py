"""The default report, in the manner of a modern compiler: place, source, what happened, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.exposures import exposures
from starlette_upgrade.report.snippet import cells, snippet
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph, printable
from starlette_upgrade.report.wording import STYLES, effect, is_security, remedy, why_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.finding import Finding
    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.lifecycle import Move

_GUTTER = "bold blue"


def full(findings: Sequence[Finding], move: Move, view: View, *, possible_count: bool = False) -> list[Line]:
    """A block for each finding: the certain ones first, then the possible ones under their own heading.

    Published vulnerabilities stand between them, one block each, whatever the number of places.

    The advice of a rule is given at its first finding only; the others point there. `possible_count`:
    the possible ones were asked for and count for the gate.
    """
    certain = [one for one in findings if one.confidence == "certain" and one.rule.advisory is None]
    exposed = [one for one in findings if one.confidence == "certain" and one.rule.advisory is not None]
    possible = [finding for finding in findings if finding.confidence == "possible"]
    told: dict[str, Finding] = {}
    lines: list[Line] = []
    for finding in certain:
        lines += [*_block(finding, move, view, told), BLANK]
    lines += exposures(exposed, move, view)
    if possible:
        lines += [*_heading(possible_count, view), BLANK]
    for finding in possible:
        lines += [*_block(finding, move, view, told), BLANK]
    return lines


def _heading(possible_count: bool, view: View) -> Iterator[Line]:
    consequence = (
        "They count as the others do, because of --include-possible."
        if possible_count
        else "They are never rewritten, and fail the gate only with --include-possible."
    )
    text = (
        "Possible: it looks so, but the code does not say it for certain: the type of a receiver is not known, or "
        "a way leads there that need not be taken. " + consequence
    )
    first, *others = paragraph(text, view.prose)
    yield line(("Possible:", "bold"), first.removeprefix("Possible:"))
    yield from map(line, others)


def _block(finding: Finding, move: Move, view: View, told: dict[str, Finding]) -> Iterator[Line]:
    colour = STYLES[finding.impact]
    span = finding.span
    yield from headline(finding, view)
    gutter = len(str(span.end_line if len(finding.source) > 1 else span.line))
    rows = snippet(finding.source, span, max(view.code - gutter - 3, 20))
    if rows:
        yield line((f"{'':{gutter}} |", _GUTTER))
    for row in rows:
        if not row.number:
            yield line(("...", _GUTTER))
            continue
        yield line((f"{row.number:{gutter}} | ", _GUTTER), row.text)
        yield line((f"{'':{gutter}} | ", _GUTTER), (row.mark, f"bold {colour}"))
    advice = list(_advice(finding, told))
    yield line(
        (f"{'':{gutter}} = ", _GUTTER),
        (effect(finding.rule, finding.impact, move, already=finding.already), colour),
        *([(" · security", colour)] if is_security(finding) else []),
        f" · {one_line(remedy(finding))}",
        "" if advice else f" · help at {_first_place(finding, view, told)}",
    )
    if finding.reason is not None:
        advice.insert(0, ("why", view.reason(finding.reason)))
    for label, text in advice:
        indent = " " * (gutter + len(f" = {label}: "))
        first, *others = paragraph(text, view.prose, indent, indent)
        yield line((f"{'':{gutter}} = ", _GUTTER), (f"{label}: ", "bold"), first[len(indent) :])
        yield from map(line, others)
    if finding.suggestion and finding.suggestion not in told:
        told[finding.suggestion] = finding
        yield line((f"{'':{gutter}} = ", _GUTTER), ("write:", "bold"))
        indent = " " * (gutter + 4)
        yield from (line(f"{indent}{printable(row)}" if row else "") for row in finding.suggestion.splitlines())


def headline(finding: Finding, view: View) -> Iterator[Line]:
    """Place, rule and message; the message on lines of its own where the screen is too narrow."""
    rule = finding.rule
    place = view.place(finding.path, finding.span.line, finding.span.column)
    title = (place, (": ", ""), (rule.code, f"bold {STYLES[finding.impact]}"), (f" {rule.name}", "bold"))
    message = one_line(finding.message)
    if view.width and sum(cells(text) for text, _ in title) + 2 + cells(message) > view.width:
        yield title
        yield from map(line, paragraph(message, view.prose, "  ", "  "))
    else:
        yield (*title, (f"  {message}", ""))


def _advice(finding: Finding, told: dict[str, Finding]) -> Iterator[tuple[str, str]]:
    """What to say about the rule that was not said at an earlier finding."""
    code = finding.rule.code
    rule = finding.rule
    for label, text in (("what happens", rule.why), ("help", rule.advice), ("unsafe", why_unsafe(finding))):
        if text.strip() and f"{code} {label}" not in told:
            told[f"{code} {label}"] = finding
            yield label, text


def _first_place(finding: Finding, view: View, told: dict[str, Finding]) -> str:
    first = told[f"{finding.rule.code} help"]
    return view.place(first.path, first.span.line)[0]
