"""What becomes of a value: the places that use it directly, or by the name that it is given."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import Parents, parents_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.scopes import Place

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LISTS = ("body", "orelse", "finalbody")


def parents_at(place: Place) -> Parents:
    """The parent of every node in the function (or module) around a place."""
    scope = place.scope
    while not (scope.parent is None or isinstance(scope.node, _SCOPES)):
        scope = scope.parent
    return parents_in(scope.node)


def above(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """The nodes around a node, nearest first."""
    while node in parents:
        node = parents[node]
        yield node


def uses_of(value: ast.expr, parents: Parents) -> Iterator[ast.expr]:
    """The value itself where it is written, and each reading of the name that it surely has.

    Only what follows in the same run of statements counts, up to the first that may give the name something else.
    """
    yield value
    parent = parents.get(value)
    name: str | None = None
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        name = parent.targets[0].id
    elif isinstance(parent, ast.AnnAssign | ast.NamedExpr) and isinstance(parent.target, ast.Name):
        name = parent.target.id
        if isinstance(parent, ast.NamedExpr):
            yield parent
    if name is None or parent is None:
        return
    statement = (
        parent
        if isinstance(parent, ast.stmt)
        else next((node for node in above(parent, parents) if isinstance(node, ast.stmt)), None)
    )
    if statement is None:
        return
    yield from uses_after(statement, name, parents)


def uses_after(statement: ast.stmt, name: str, parents: Parents) -> Iterator[ast.Name]:
    """The readings of a name in what follows a statement."""
    for later in following(statement, parents):
        yield from readings(later, name)
        if any(isinstance(node, ast.Name) and node.id == name for node in within(later) if _binds(node)):
            return


def readings(statement: ast.AST, name: str) -> Iterator[ast.Name]:
    """Where a statement reads a name."""
    for node in within(statement):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def following(statement: ast.stmt, parents: Parents) -> Iterator[ast.stmt]:
    """The statements that run after one, if nothing is raised: to the end of its block, and out of a `with`."""
    current: ast.AST = statement
    while current in parents:
        parent = parents[current]
        for field in _LISTS:
            block = getattr(parent, field, None)
            if isinstance(block, list) and current in block:
                yield from block[block.index(current) + 1 :]
        if not isinstance(parent, ast.With | ast.AsyncWith):
            return
        current = parent


def within(root: ast.AST) -> Iterator[ast.AST]:
    """A node and what lies in it, without the bodies of functions and classes."""
    pending = [root]
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, _SCOPES):
            pending.extend(ast.iter_child_nodes(node))


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
