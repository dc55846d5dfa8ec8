"""All uses of a name that one scope binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.scopes import Scope


def references(name: str, owner: Scope) -> Iterator[tuple[ast.Name, ast.stmt, Scope]]:
    """Every `Name` node that means `name` of `owner`, with the innermost statement and scope around it."""
    body = getattr(owner.node, "body", [])
    for statement in body if isinstance(body, list) else []:
        yield from _in(statement, statement, owner, name, owner)


def _in(
    node: ast.AST, statement: ast.stmt, scope: Scope, name: str, owner: Scope
) -> Iterator[tuple[ast.Name, ast.stmt, Scope]]:
    if isinstance(node, ast.Name):
        if node.id == name:
            yield node, statement, scope
        return
    inner = scope.functions.get(id(node))
    if inner is not None:
        ensure_bound(inner)
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for child in children:
            if not isinstance(child, ast.AST):
                continue
            within = scope
            if inner is not None and field == "body":
                if name in inner.names and name not in inner.outer_names and not inner.is_class:
                    continue
                within = inner
            around = child if isinstance(child, ast.stmt) else statement
            yield from _in(child, around, within, name, owner)
