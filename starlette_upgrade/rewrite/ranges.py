"""Which lines of a file can be parsed and rewritten alone, for each of its statements."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.source.document import Document

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Lines:
    """A run of whole lines, numbered from 1, both ends included."""

    first: int
    last: int


class Ranges:
    """The smallest run of lines around each statement that is Python by itself."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._lines: dict[int, Lines] = {}
        self._note(document.tree.body, None)

    def of(self, statement: ast.stmt) -> Lines:
        return self._lines[id(statement)]

    def alone(self, statement: ast.stmt) -> Lines | None:
        """The lines of a statement that shares them with no other; else None."""
        lines = Lines(self._first(statement), self._last(statement))
        return lines if self._lines[id(statement)] == lines and self._stand_alone([statement]) else None

    def _note(self, body: Sequence[ast.stmt], around: Lines | None) -> None:
        """Notes the lines of statements that follow each other, and of those inside them."""
        for together in self._sharing(body):
            lines = Lines(self._first(together[0]), max(self._last(statement) for statement in together))
            if around is not None and not self._stand_alone(together):
                lines = around
            for statement in together:
                self._lines[id(statement)] = lines
                for inner in bodies_of(statement):
                    self._note(inner, lines)

    def _sharing(self, body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
        """The statements in groups: those that semicolons put on one line stay together."""
        group: list[ast.stmt] = []
        for statement in body:
            if group and self._first(statement) > (group[-1].end_lineno or 0):
                yield group
                group = []
            group.append(statement)
        if group:
            yield group

    def _stand_alone(self, statements: Sequence[ast.stmt]) -> bool:
        """Whether the statements start a line, end one, and are no `elif`."""
        first, last = statements[0], statements[-1]
        row = self._document.lines[first.lineno - 1]
        if not getattr(first, "decorator_list", None):
            before = row[: self._document.column(first.lineno, first.col_offset) - 1]
            if before.strip() or (isinstance(first, ast.If) and row.lstrip().startswith("elif")):
                return False
        line = last.end_lineno or last.lineno
        end_row = self._document.lines[line - 1]
        rest = end_row[self._document.column(line, last.end_col_offset or 0) - 1 :].strip(" \t\r\n\f;")
        return not rest or rest.startswith("#")

    def _first(self, statement: ast.stmt) -> int:
        """The statement's first line, that of its uppermost decorator's `@`."""
        first = min([d.lineno for d in getattr(statement, "decorator_list", ())], default=statement.lineno)
        if first < statement.lineno:
            while first > 1 and not self._document.lines[first - 1].lstrip().startswith("@"):
                first -= 1
        return first

    def _last(self, statement: ast.stmt) -> int:
        """The statement's last line; comments that end a definition's body are part of it."""
        last = statement.end_lineno or statement.lineno
        if not isinstance(statement, _DEFINITIONS):
            return last
        rows = self._document.lines
        depth = _depth(rows[statement.lineno - 1])
        for number in range(last, len(rows)):
            text = rows[number].strip()
            if text and not (text.startswith("#") and _depth(rows[number]) > depth):
                break
            if text:
                last = number + 1
        return last


def bodies_of(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """The runs of statements inside a compound statement."""
    for holder in (statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(holder, field, None)
            if isinstance(body, list) and body:
                yield body


def _depth(row: str) -> int:
    return len(row.expandtabs(8)) - len(row.expandtabs(8).lstrip())
