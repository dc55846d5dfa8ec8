"""Pieces of a document that go elsewhere: their text, and the comments around and inside them."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.table.layout import Text
from starlette_upgrade.rewrite.text.fitting import indentation_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.rewrite.table.layout import Item
    from starlette_upgrade.source.document import Document


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: where it starts (line, column from 0), and whether code stands before it on its line."""

    line: int
    column: int
    text: str
    behind_code: bool


def text_of(node: ast.expr, document: Document) -> Text:
    """An expression as it is written, in a form that can stand at any indentation."""
    rows = document.segment(document.span(node)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    base = indentation_of(document.lines[node.lineno - 1])
    fixed = frozenset(line - node.lineno for line in _lines_in_strings(node))
    return Text(
        tuple(
            row if number == 0 or number in fixed else _without(base, row).rstrip(" \t")
            for number, row in enumerate(rows)
        ),
        fixed,
    )


def _lines_in_strings(node: ast.expr) -> set[int]:
    """The lines that start inside of a string."""
    return {
        line
        for found in ast.walk(node)
        if isinstance(found, ast.JoinedStr)
        or (isinstance(found, ast.Constant) and isinstance(found.value, str | bytes))
        for line in range(found.lineno + 1, (found.end_lineno or found.lineno) + 1)
    }


def holds_long_string(node: ast.AST) -> bool:
    return any(_lines_in_strings(found) for found in ast.walk(node) if isinstance(found, ast.expr))


def _without(base: str, row: str) -> str:
    return row[len(base) :] if row.startswith(base) else row.lstrip(" \t")


def comments_in(document: Document, first: int, last: int) -> list[Comment]:
    """The comments in some lines that can be read by themselves."""
    rows = document.lines[first - 1 : last]
    text = "".join(row.rstrip("\r\n") + "\n" for row in rows)
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                behind = bool(rows[line - 1][:column].strip())
                found.append(Comment(first + line - 1, column, token.string.rstrip(), behind))
    except (tokenize.TokenError, IndentationError):
        pass  # what can't be read ends early: the statement itself is whole
    return found


def is_inside(comment: Comment, node: ast.expr, document: Document) -> bool:
    """Whether a comment stands in the text of an expression, and goes where that goes."""
    span = document.span(node)
    start, end = (span.line, span.column - 1), (span.end_line, span.end_column - 1)
    return start <= (comment.line, comment.column) < end


def items_of(
    nodes: Sequence[tuple[ast.expr, Item]], comments: Sequence[Comment], document: Document
) -> tuple[tuple[Item, ...], tuple[str, ...], str]:
    """Elements with the comments above and behind each, those below the last, and one behind the bracket.

    `nodes`: the expression that ends each element, with the element.
    """
    above: list[list[str]] = [[] for _ in range(len(nodes) + 1)]
    behind: list[list[str]] = [[] for _ in nodes]
    opening = ""
    ends = [(span.end_line, span.end_column - 1) for span in (document.span(node) for node, _ in nodes)]
    for comment in comments:
        last = sum(1 for end in ends if end <= (comment.line, comment.column)) - 1
        if comment.behind_code and last >= 0 and ends[last][0] == comment.line:
            behind[last].append(comment.text)
        elif comment.behind_code and last < 0 and not opening:
            opening = comment.text
        else:
            above[last + 1].append(comment.text)
    items = tuple(
        replace(
            item,
            above=(*item.above, *above[number]),
            behind="  ".join(filter(None, (item.behind, *behind[number]))),
        )
        for number, (_, item) in enumerate(nodes)
    )
    return items, tuple(above[-1]), opening
