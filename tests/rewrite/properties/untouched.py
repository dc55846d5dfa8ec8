"""What of a text a rewrite has no business with: its comments, and the rows of statements without a finding."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def comments_of(text: str, around: Collection[int] | None = None) -> Counter[str]:
    """The comments of a text, or of the statements around some of its lines."""
    rows: set[int] = set()
    for node in ast.walk(ast.parse(text)) if around is not None else ():
        if isinstance(node, ast.stmt) and any(line in _rows_of(node) for line in around or ()):
            rows.update(_rows_of(node))
    return Counter(
        found.string.rstrip()
        for found in tokenize.generate_tokens(io.StringIO(text).readline)
        if found.type == tokenize.COMMENT and (around is None or found.start[0] in rows)
    )


def rows_left_alone(text: str, lines: Collection[int], words: Collection[str] = ()) -> list[str]:
    """The rows, blank ones aside, of all statements but imports, without those around one of the `lines`.

    Rows with one of the `words` do not count either.
    """
    touched: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.stmt):
            continue
        rows = _rows_of(node)
        if isinstance(node, ast.Import | ast.ImportFrom) or any(line in rows for line in lines):
            touched.update(rows)
    return [
        row
        for number, row in enumerate(text.split("\n"), 1)
        if number not in touched and row.strip() and not any(word in row for word in words)
    ]


def _rows_of(node: ast.stmt) -> range:
    """The rows of a statement; of one with a body, those of its head."""
    first = min((node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))))
    body = getattr(node, "body", None)
    end = max(body[0].lineno - 1, node.lineno) if isinstance(body, list) and body else node.end_lineno
    return range(first, (end or node.lineno) + 1)


def missing(rows: Iterable[str], text: str) -> list[str]:
    """The rows that are not in the text, or not in their order."""
    there = iter(text.split("\n"))
    return [row for row in rows if row not in there]
