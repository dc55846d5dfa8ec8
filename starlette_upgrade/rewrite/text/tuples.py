"""Where a tuple stands: libcst counts from its first element to its last, with or without brackets around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.finding import Span

if TYPE_CHECKING:
    import ast

    from starlette_upgrade.source.document import Document


def span_of_tuple(node: ast.Tuple, document: Document) -> Span:
    """The span by which libcst knows a tuple that is not empty."""
    first, last = document.span(node.elts[0]), document.span(node.elts[-1])
    return Span(first.line, first.column, last.end_line, last.end_column)
