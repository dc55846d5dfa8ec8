"""Which names of a function hold one value, as it is followed along the paths of the code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from starlette_upgrade.match.surroundings import Parents

Names = frozenset[str]

NOBODY: Names = frozenset()
# What gives back what it is given, or what awaiting that gives, and as which argument it is given.
_PASSING = {"cast": 1, "wait_for": 0, "shield": 0}
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.NamedExpr)


def gives(node: ast.expr | None, origin: ast.AST, names: Names) -> bool:
    """Whether an expression is surely the value: it is where that comes from, or a name that holds it."""
    while node is not None and node is not origin:
        if isinstance(node, ast.Name):
            return node.id in names
        if isinstance(node, ast.Await | ast.NamedExpr):
            node = node.value
        elif isinstance(node, ast.Call):
            position = _PASSING.get(last_name(node.func))
            node = None if position is None or len(node.args) <= position else node.args[position]
        else:
            return False
    return node is not None


def bound(node: ast.AST, origin: ast.AST, names: Names, parents: Parents) -> Names:
    """The names that hold the value behind a node at which the code has arrived."""
    if isinstance(node, _ASSIGNMENTS):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        written = frozenset(target.id for target in targets if isinstance(target, ast.Name))
        return names | written if gives(node.value, origin, names) else names - written
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        # An assignment to a plain name is done when its statement is: `response = cast(Response, response)`.
        return names if isinstance(parents.get(node), _ASSIGNMENTS) else names - {node.id}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return names - {node.name}
    return names
