"""A piece of source text with its range underlined, as it looks in a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.finding import Span

_TAB = 4
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: its number, its text, and the mark that stands below it.

    Number 0 stands for the lines left out between the first and the last one.
    """

    number: int
    text: str
    mark: str


def snippet(source: Sequence[str], span: Span, width: int) -> list[Row]:
    """The first and the last line of a span, each at most `width` cells wide, with the range marked."""
    if not source:
        return []
    first = source[0].rstrip("\r\n")
    if len(source) == 1 or span.end_line <= span.line:
        return [_row(span.line, first, span.column - 1, span.end_column - 1, width)]
    rows = [_row(span.line, first, span.column - 1, len(first.rstrip()), width)]
    last = source[-1].rstrip("\r\n")
    indent = len(last) - len(last.lstrip())
    if span.end_column - 1 <= indent:
        return rows
    if len(source) > 2:
        rows.append(Row(0, "", ""))
    rows.append(_row(span.end_line, last, indent, span.end_column - 1, width))
    return rows


def _row(number: int, text: str, start: int, end: int, width: int) -> Row:
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    before = _visible(text[:start], 0)
    inside = _visible(text[start:end], cells(before))
    after = _visible(text[end:], cells(before) + cells(inside)).rstrip()
    before, inside, after = _fit(before, inside, after, width)
    return Row(number, before + inside + after, " " * cells(before) + "^" * max(cells(inside), 1))


def _fit(before: str, inside: str, after: str, width: int) -> tuple[str, str, str]:
    """Cut the three parts to `width` cells together, the middle one only where it alone is too wide."""
    left, middle, right = cells(before), cells(inside), cells(after)
    if left + middle + right <= width:
        return before, inside, after
    if middle > width - 2 * len(_CUT):
        room = max(width - 2 * len(_CUT), 1)
        if left <= width // 4:
            return before, _head(inside, max(room - left, 1)) + _CUT, ""
        return _CUT, _head(inside, room) + _CUT, ""
    spare = width - middle
    if left <= spare - len(_CUT):
        return before, inside, _head(after, spare - left - len(_CUT)) + _CUT
    kept_right = min(right, spare // 2)
    kept_left = spare - kept_right - len(_CUT)
    if right > kept_right:
        after = _head(after, max(kept_right - len(_CUT), 0)) + _CUT
    return _CUT + _tail(before, max(kept_left, 0)), inside, after


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _visible(text: str, column: int) -> str:
    """The text with tabs as spaces (it starts at `column`) and nothing that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    result = ""
    for number, part in enumerate(text.split("\t")):
        if number:
            at = column + cells(result)
            result += " " * (_TAB - at % _TAB)
        result += printable(part)
    return result


def _head(text: str, width: int) -> str:
    """As many characters from the start as fit, with the marks that combine with the last one."""
    used = 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > width:
            return text[:index]
    return text


def _tail(text: str, width: int) -> str:
    """As many characters from the end as fit, without a combining mark whose letter is cut off."""
    used = 0
    for index in range(len(text) - 1, -1, -1):
        used += cells(text[index])
        if used > width:
            start = index + 1
            while start < len(text) and not cells(text[start]):
                start += 1
            return text[start:]
    return text
