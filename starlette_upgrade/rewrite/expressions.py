"""Edits of single expressions: found by their place, replaced by others that are written as text."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.plan import CannotApply, Edit

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.source.document import Document

# What libcst calls the nodes of `ast`, where the two differ.
_KINDS = {"Compare": "Comparison", "UnaryOp": "UnaryOperation", "BoolOp": "BooleanOperation"}


def edit_of(node: ast.expr, statement: ast.stmt, document: Document, change: Callable[[Any], Any]) -> Edit:
    """The edit that changes an expression in a statement."""
    kind = type(node).__name__
    return Edit(statement, document.span(node), _KINDS.get(kind, kind), change)


def replaced(node: ast.expr, statement: ast.stmt, document: Document, text: str) -> Edit:
    """The edit that puts `text` in the place of an expression; it stands in brackets where that one did."""
    return edit_of(node, statement, document, partial(written, text=text))


def written(node: cst.BaseExpression, *, text: str) -> cst.BaseExpression:
    """The expression that `text` says, in the brackets that the node had."""
    import libcst as cst

    try:
        made = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        raise CannotApply("the new form is not possible here") from None
    return made.with_changes(lpar=getattr(node, "lpar", ()), rpar=getattr(node, "rpar", ()))
