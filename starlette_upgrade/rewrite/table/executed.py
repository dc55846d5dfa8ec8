"""Which code of a statement runs when the statement does, and which waits for a call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated with a statement: not what is in the bodies of functions.

    A lambda counts, since nobody knows who calls it.
    """
    yield node
    for field, value in ast.iter_fields(node):
        if field == "body" and isinstance(node, _FUNCTIONS):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from executed(child)


def deferred_names(node: ast.AST) -> list[ast.Name]:
    """The names in the code inside of a function, or of the methods of a class."""
    return [
        inner
        for statement in getattr(node, "body", ())
        for inner in ast.walk(statement)
        if isinstance(inner, ast.Name)
    ]
