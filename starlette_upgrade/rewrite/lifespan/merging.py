"""Handlers put into a lifespan function that an application has already."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.rewrite.lifespan.text import around
from starlette_upgrade.rewrite.plan import Insertion, Removal
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from starlette_upgrade.rewrite.lifespan.text import Handlers, Names
    from starlette_upgrade.semantics.scopes import Scope
    from starlette_upgrade.semantics.types import FunctionType
    from starlette_upgrade.source.document import Document

_RUNNING = frozenset({"startup", "shutdown"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def runs_handlers_itself(function: FunctionType) -> bool:
    """Whether a lifespan calls `router.startup()`, and so runs the handlers in its own way."""
    ensure_bound(function.scope)
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("startup", "shutdown")
        and last_name(node.value) == "router"
        for node in ast.walk(function.node)
    )


def is_context_manager(function: FunctionType) -> bool:
    """Whether the function is an `async def` under `@asynccontextmanager` alone."""
    node = function.node
    if not isinstance(node, ast.AsyncFunctionDef) or len(node.decorator_list) != 1:
        return False
    return last_name(node.decorator_list[0]) == "asynccontextmanager"


def place_to_merge(function: FunctionType, scope: Scope, roots: frozenset[str]) -> ast.Expr | None:
    """The only `yield` of a lifespan, if the handlers, seen from `scope`, can be called around it."""
    if not is_context_manager(function) or function.scope.module is not scope.module:
        return None
    ensure_bound(function.scope)
    outer: Scope | None = function.scope.parent
    while outer is not None and outer is not scope:
        outer = outer.parent
    if outer is None or roots & set(function.scope.names):
        return None
    parents = parents_in(function.node)
    surroundings = inside(function.scope)
    yields = [
        node
        for node in ast.walk(function.node)
        if isinstance(node, ast.Yield | ast.YieldFrom) and surroundings.is_own(node)
    ]
    parent = parents.get(yields[0]) if len(yields) == 1 else None
    if not isinstance(parent, ast.Expr) or parent.lineno != parent.end_lineno:
        return None
    if any(isinstance(node, _LOOPS) for node in surroundings.around(parent)):
        return None
    used = sum(
        isinstance(node, ast.Name) and node.id == getattr(function.node, "name", "")
        for node in ast.walk(scope.module.scope.node)
    )
    return parent if used == 1 else None


def merged(
    place: ast.Expr, handlers: Handlers, names: Names, step: str, document: Document
) -> tuple[Insertion, Removal | None]:
    """The handlers of startup above the `yield`, those of shutdown behind it."""
    if not handlers["shutdown"]:
        return Insertion(place, "\n".join(around(handlers, names, step, "")[:-1])), None
    row = document.lines[place.lineno - 1].strip()
    return Insertion(place, "\n".join(around(handlers, names, step, row))), Removal(place)
