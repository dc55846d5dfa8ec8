"""Whole statements put between others, and taken away: line by line, the others stay as they are."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import CannotApply
from starlette_upgrade.rewrite.ranges import Lines, bodies_of
from starlette_upgrade.rewrite.text.fitting import indentation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.finding import Span
    from starlette_upgrade.rewrite.plan import Insertion, Removal
    from starlette_upgrade.rewrite.ranges import Ranges
    from starlette_upgrade.source.document import Document


class Inserted:
    """The document's lines with what is put between them, and where its own lines are now. Raises CannotApply."""

    def __init__(self, document: Document, ranges: Ranges, insertions: Sequence[Insertion]) -> None:
        self.rows = list(document.lines)
        self._added: list[tuple[int, int]] = []
        placed = [(_line_of(insertion, document, ranges), insertion) for insertion in insertions]
        placed.sort(key=lambda pair: pair[0])
        for line, insertion in reversed(placed):  # what shares a line is put there in its order
            rows = self._text(document, line, insertion)
            self.rows[line - 1 : line - 1] = rows
            self._added.append((line, len(rows)))

    def moved(self, lines: Lines) -> Lines:
        """Where lines of the document stand now, with what was put between them."""
        return Lines(lines.first + self.offset(lines.first), lines.last + self.offset(lines.last))

    def offset(self, line: int) -> int:
        """How many lines were put above a line of the document."""
        return sum(count for position, count in self._added if position <= line)

    def moved_span(self, span: Span) -> Span:
        offset, end = self.offset(span.line), self.offset(span.end_line)
        return type(span)(span.line + offset, span.column, span.end_line + end, span.end_column)

    def _text(self, document: Document, line: int, insertion: Insertion) -> list[str]:
        """The new lines with the blank ones that they need, as the line `line` is to follow them."""
        newline = document.newline
        indentation = indentation_of(document.lines[insertion.statement.lineno - 1])
        text = [f"{indentation}{row}{newline}" if row else newline for row in insertion.text.splitlines()]
        rows = self.rows
        if line > 1 and line - 2 < len(rows) and not rows[line - 2].endswith(("\n", "\r")):
            rows[line - 2] += newline
        if not insertion.definition:
            return text
        wanted = 1 if indentation else 2
        above = _blank(reversed(rows[: line - 1]))
        below = _blank(iter(rows[line - 1 :]))
        before = wanted - above if self._follows(line - above, indentation) else 0
        after = wanted - below if self._goes_on(line + below, indentation) else 0
        return [*[newline] * before, *text, *[newline] * after]

    def _follows(self, line: int, indentation: str) -> bool:
        """Whether a statement of the same block stands right above a line; else its block, or the file, begins."""
        if line < 2:
            return False
        return len(indentation_of(self.rows[line - 2])) >= len(indentation)

    def _goes_on(self, line: int, indentation: str) -> bool:
        return line <= len(self.rows) and len(indentation_of(self.rows[line - 1])) >= len(indentation)


def _line_of(insertion: Insertion, document: Document, ranges: Ranges) -> int:
    """The line in front of which something is put."""
    lines = ranges.alone(insertion.statement)
    if lines is None:
        raise CannotApply("a line would have to stand between statements that share one")
    return lines.last + 1 if insertion.below else comments_above(document, lines).first


def comments_above(document: Document, lines: Lines) -> Lines:
    """The lines with the comment lines of the same indentation right above them, unless these head the file."""
    first = lines.first
    indentation = indentation_of(document.lines[first - 1])
    while first > 1:
        row = document.lines[first - 2]
        if not row.lstrip().startswith("#") or indentation_of(row) != indentation:
            break
        first -= 1
    return lines if first == 1 else Lines(first, lines.last)


def _blank(rows: Iterator[str]) -> int:
    count = 0
    for row in rows:
        if row.strip():
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Removed:
    """Lines that go; where nothing else is left of a block, `pass` stands there."""

    lines: Lines
    indentation: str
    newline: str
    is_last: bool

    def carry_out(self, rows: list[str], lines: Lines) -> None:
        if self.is_last:
            rows[lines.first - 1 : lines.last] = [f"{self.indentation}pass{self.newline}"]
            return
        gap = with_gap(rows, lines)
        last = gap.last
        if lines.first > 1 and self._opens_block(rows[lines.first - 2]):
            while last < len(rows) and not rows[last].strip():
                last += 1
        del rows[gap.first - 1 : last]

    def _opens_block(self, row: str) -> bool:
        """Whether a line is the head of the block that the lines begin, below which no blank line stands."""
        return bool(row.strip()) and len(indentation_of(row)) < len(self.indentation)


def removed(
    document: Document, ranges: Ranges, removals: Sequence[Removal], insertions: Sequence[Insertion]
) -> Iterator[Removed]:
    """The lines of the statements that go. Raises CannotApply where they share their lines with others."""
    going = {id(removal.statement) for removal in removals}
    followed = {id(insertion.statement) for insertion in insertions}
    emptied = {
        id(body[0])
        for statement in ast.walk(document.tree)
        if going and isinstance(statement, ast.stmt)
        for body in bodies_of(statement)
        if all(id(inner) in going and id(inner) not in followed for inner in body)
    }
    for removal in {id(removal.statement): removal for removal in removals}.values():
        lines = ranges.alone(removal.statement)
        if lines is None:
            raise CannotApply("the statement shares its line with others")
        indentation = indentation_of(document.lines[lines.first - 1])
        whole = comments_above(document, lines) if removal.commented else lines
        yield Removed(whole, indentation, document.newline, id(removal.statement) in emptied)


def with_gap(rows: Sequence[str], lines: Lines) -> Lines:
    """Where nothing is left of a statement: its lines and the blank ones that go with it.

    Of the blank lines above and below it, the larger number stays; none, at an end of the file or at the start of a
    block.
    """
    above = below = 0
    while lines.first - 2 - above >= 0 and not rows[lines.first - 2 - above].strip():
        above += 1
    while lines.last + below < len(rows) and not rows[lines.last + below].strip():
        below += 1
    if lines.last + below == len(rows):
        return Lines(lines.first - above, lines.last + below)
    at_start = lines.first - 1 == above or (not above and _opens(rows[lines.first - 2], rows[lines.first - 1]))
    return Lines(lines.first, lines.last + (below if at_start else min(above, below)))


def _opens(above: str, row: str) -> bool:
    """Whether the row above is the head of the block that a row is in."""
    return len(indentation_of(above)) < len(indentation_of(row))
