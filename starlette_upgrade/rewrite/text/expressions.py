"""Edits of single expressions: found by their place, replaced by others that are written as text."""

from __future__ import annotations

import ast
import io
import tokenize
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.plan import CannotApply, Edit
from starlette_upgrade.rewrite.text.fitting import code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.source.document import Document

# What libcst calls the nodes of `ast`, where the two differ.
_KINDS = {"Compare": "Comparison", "UnaryOp": "UnaryOperation", "BoolOp": "BooleanOperation"}


def edit_of(node: ast.expr, statement: ast.stmt, document: Document, change: Callable[[Any], Any]) -> Edit:
    """The edit that changes an expression in a statement."""
    span, kind = document.span(node), type(node).__name__
    if isinstance(node, ast.Constant):
        kind = _kind_of_text(document.segment(span))
    return Edit(statement, span, _KINDS.get(kind, kind), change)


def statement_around(node: ast.AST, parents: Parents) -> ast.stmt:
    """The innermost statement around a node."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node


def is_only_asked(node: ast.AST, parents: Parents) -> bool:
    """Whether nothing but the truth of an expression matters."""
    parent = parents[node]
    while isinstance(parent, ast.BoolOp):
        node, parent = parent, parents[parent]
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.Not)
    return getattr(parent, "test", None) is node or node in getattr(parent, "ifs", ())


def _kind_of_text(text: str) -> str:
    """Whether a text is one literal, or several beside each other."""
    rows = io.StringIO(f"({text})").readline
    literals = [token for token in tokenize.generate_tokens(rows) if token.type == tokenize.STRING]
    return "ConcatenatedString" if len(literals) > 1 else "SimpleString"


def replaced(node: ast.expr, statement: ast.stmt, document: Document, text: str) -> Edit:
    """The edit that puts `text` in the place of an expression; it stands in brackets where that one did."""
    return edit_of(node, statement, document, partial(written, text=text))


def written(node: cst.BaseExpression, *, text: str) -> cst.BaseExpression:
    """The expression that `text` says, in the brackets that the node had."""
    import libcst as cst

    if "#" in code_of(node) and "\n" in code_of(node):
        raise CannotApply("there may be a comment in what would be replaced")
    try:
        made = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        raise CannotApply("the new form is not possible here") from None
    outer = getattr(node, "lpar", ()), getattr(node, "rpar", ())
    if isinstance(node, cst.Tuple):  # its brackets are its own
        return made
    return made.with_changes(lpar=(*outer[0], *made.lpar), rpar=(*made.rpar, *outer[1]))
