"""Published vulnerabilities that code is exposed to: a block for each, the worst first, with its first places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph
from starlette_upgrade.report.wording import closing, count
from starlette_upgrade.ruleset.advisories import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from starlette_upgrade.finding import Finding
    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Advisory, Rule

_STYLES = {"critical": "bold red", "high": "bold red", "medium": "yellow"}
_SHOWN = 4
_INDENT = "   "
_DEFINITION = re.compile(r"\s*(?:async\s+)?def\s+(\w+)")


def exposures(findings: Sequence[Finding], move: Move, view: View) -> list[Line]:
    """The blocks, below a heading; nothing where there are no findings."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.code, []).append(finding)
    if not by_rule:
        return []
    heading = f"Published vulnerabilities of {move.old} that this code is exposed to:"
    lines = [*(line((row, "bold")) for row in paragraph(heading, view.prose)), BLANK]
    for own in sorted(by_rule.values(), key=_gravity):
        lines += [*_block(own, move, view), BLANK]
    return lines


def _gravity(findings: Sequence[Finding]) -> tuple[int, float, str]:
    rule, published = findings[0].rule, _of(findings[0].rule)
    score = published.score.partition(" ")[0]
    return SEVERITIES.index(published.severity), -float(score or 0), rule.code


def _of(rule: Rule) -> Advisory:
    assert rule.advisory is not None
    return rule.advisory


def _block(findings: Sequence[Finding], move: Move, view: View) -> Iterator[Line]:
    rule, published = findings[0].rule, _of(findings[0].rule)
    rating = f"{published.severity} {published.score.partition(' ')[0]}".rstrip()
    title = (
        (rule.code, "bold red"),
        (f" {rule.name}", "bold"),
        (f"  {rating}", _STYLES.get(published.severity, "")),
    )
    ids = f"  {', '.join(published.ids)}" if published.ids else ""
    if view.width and sum(len(text) for text, _ in title) + len(ids) > view.width:
        yield title
        yield from (line((row, "dim")) for row in paragraph(ids, view.prose, _INDENT, _INDENT))
    else:
        yield (*title, (ids, "dim"))
    yield from map(line, paragraph(f"{rule.summary}; {closing(rule, move)}.", view.prose, _INDENT, _INDENT))
    yield from _labelled("exposed here", _places(findings, view), view)
    if published.condition and not (published.dependency and move.multipart is not None):
        yield from _labelled("condition", published.condition, view)
    yield from _labelled("help", rule.advice, view)


def _labelled(label: str, text: str, view: View) -> Iterator[Line]:
    indent = " " * (len(_INDENT) + 2)
    first, *others = paragraph(f"{label}: {text}", view.prose, _INDENT, indent)
    yield line(_INDENT, (f"{label}:", "bold"), first[len(_INDENT) + len(label) + 1 :])
    yield from map(line, others)


def _places(findings: Iterable[Finding], view: View) -> str:
    """`` `FileResponse` in app/files.py:31, app/media.py:12 and 14 more places``; those in tests come last."""
    places: dict[tuple[Path, int], str] = {}
    for finding in sorted(findings, key=lambda finding: _is_test(finding.path)):
        places.setdefault((finding.path, finding.span.line), _used(finding))
    parts, last = [], ""
    for (path, number), used in list(places.items())[:_SHOWN]:
        named = f"`{used}` in " if used != last else ""
        parts.append(f"{named}{view.posix(path)}:{number}")
        last = used
    more = len(places) - len(parts)
    return ", ".join(parts) + (f" and {count(more, 'more place')}" if more else "")


def _used(finding: Finding) -> str:
    """What is used there, as it is written."""
    first, span = finding.source[0] if finding.source else "", finding.span
    definition = _DEFINITION.match(first)
    if definition is not None and span.line != span.end_line:
        return definition[1]
    end = span.end_column - 1 if span.line == span.end_line else None
    return one_line(first[span.column - 1 : end])


def _is_test(path: Path) -> bool:
    return path.name.startswith(("test_", "conftest")) or path.parent.name in ("test", "tests")
