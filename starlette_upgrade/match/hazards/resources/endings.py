"""What a function closes, deletes or gives back before the response that it returns is sent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.resources.makers import closed_by, deleted_by
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.results import within
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.resources.returned import Returned
    from starlette_upgrade.match.surroundings import Surroundings

# `if path is not None and os.path.exists(path):`
_ASKING = frozenset({"Path", "dir", "exists", "hasattr", "isfile", "isinstance", "locals", "os", "pathlib"})
_WITH = (ast.With, ast.AsyncWith)


def closed_names(response: Returned) -> frozenset[str]:
    """The names whose objects are surely closed when the response is sent, other than by `with … as name`."""
    return frozenset(name for node in _ended(response) for name in _names(node, closes_it=True))


def deleted_names(response: Returned) -> frozenset[str]:
    """The names whose files or folders are surely deleted when the response is sent."""
    return frozenset(name for node in _ended(response) for name in _names(node, closes_it=False))


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
                yield from (inner for statement in last for inner in _surely(statement))
            node = outer
    for node in ast.walk(response.scope.node):
        if not isinstance(node, ast.Expr) or not surroundings.is_own(node) or not follows(node, call, parents):
            continue
        if all(follows(leaving, node, parents) for leaving in response.leaving):
            yield node.value


def _surely(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement does whatever its conditions, unless they ask for something else than what it does."""
    if isinstance(statement, ast.If) and not statement.orelse:
        asked = {node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)}
        for inner in statement.body:
            for node in _surely(inner):
                ended = {*_names(node, closes_it=True), *_names(node, closes_it=False)}
                if asked & ended and asked <= ended | _ASKING:
                    yield node
    elif isinstance(statement, ast.Try) or hasattr(statement, "handlers"):
        for inner in getattr(statement, "body", ()):
            yield from _surely(inner)
    elif isinstance(statement, _WITH):
        for inner in statement.body:  # `with suppress(OSError):`
            yield from _surely(inner)
    elif isinstance(statement, ast.Expr):
        yield statement.value


def _names(node: ast.AST, *, closes_it: bool) -> Iterator[str]:
    """The names whose objects a node closes, or whose files it deletes."""
    if isinstance(node, ast.withitem):
        if closes_it and node.optional_vars is None:
            yield from _entered(node.context_expr)
        return
    for inner in within(node):
        name = closed_by(inner) if closes_it else deleted_by(inner)
        if name:
            yield name


def _entered(manager: ast.expr) -> Iterator[str]:
    """The name of what a `with` without `as` closes: `file`, `closing(file)`."""
    if isinstance(manager, ast.Call) and last_name(manager.func) in ("aclosing", "closing") and manager.args:
        manager = manager.args[0]
    if isinstance(manager, ast.Name):
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
