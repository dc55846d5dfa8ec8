"""What a function closes, deletes or gives back before the response that it returns is sent."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.resources.closing import closed_in, deleted_in, surely
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.resources.returned import Returned
    from starlette_upgrade.match.surroundings import Surroundings

_WITH = (ast.With, ast.AsyncWith)


def ended_names(response: Returned) -> tuple[frozenset[str], frozenset[str]]:
    """The names whose objects are surely closed when the response is sent, and those whose files are deleted.

    What a `with … as name` closes is not among them.
    """
    closed: set[str] = set()
    deleted: set[str] = set()
    for node in _ended(response):
        if isinstance(node, ast.withitem):
            closed.update(_entered(node))
        else:
            closed |= closed_in(node)
            deleted |= deleted_in(node)
    return frozenset(closed), frozenset(deleted)


def _ended(response: Returned) -> Iterator[ast.AST]:
    """The `with` around the response, what stands in a `finally` around it, and what follows it before the end."""
    surroundings, call = response.surroundings, response.call
    parents = parents_in(response.scope.node)
    for start in (call, *response.leaving):
        node: ast.AST = start
        for outer in surroundings.around(start):
            if isinstance(outer, _WITH):
                yield from outer.items
            last = getattr(outer, "finalbody", [])
            if node not in last:
                yield from (inner for statement in last for inner in surely(statement))
            node = outer
    for node in _ending(response.scope.node):
        is_behind = surroundings.is_own(node) and follows(node, call, parents)
        if is_behind and all(follows(leaving, node, parents) for leaving in response.leaving):
            yield node


@lru_cache(maxsize=64)
def _ending(function: ast.AST) -> tuple[ast.expr, ...]:
    """The statements of a function, without their `Expr`, that close or delete something."""
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Expr)]
    return tuple(value for value in values if closed_in(value) or deleted_in(value))


def _entered(item: ast.withitem) -> Iterator[str]:
    """The name of what a `with` without `as` closes: `file`, `closing(file)`."""
    manager = item.context_expr
    if isinstance(manager, ast.Call) and last_name(manager.func) in ("aclosing", "closing") and manager.args:
        manager = manager.args[0]
    if isinstance(manager, ast.Name) and item.optional_vars is None:
        yield manager.id


def is_forgotten(name: str, function: ast.AST, surroundings: Surroundings) -> bool:
    """Whether nothing but a function's own name refers to an object, so that it ends with the function."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        parent = surroundings.parent(node)
        if not isinstance(parent, ast.Attribute) or not surroundings.is_own(node):
            return False
        around = surroundings.parent(parent)
        if parent.attr != "name" and not (isinstance(around, ast.Call) and around.func is parent):
            return False
    return True
