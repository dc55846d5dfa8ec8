"""`try: … await call_next(request) … except …` in a BaseHTTPMiddleware."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.handed_over import handed_over
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.semantics.uses import HandOver

MIDDLEWARE = "starlette.middleware.base.BaseHTTPMiddleware"
_APPLICATION = "starlette.applications.Starlette"
_TAKERS = frozenset({"BaseHTTPMiddleware", "Middleware", "add_middleware", "middleware"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls of `call_next` whose exceptions the middleware catches."""
    for call, place in context.candidates.calls:
        if getattr(call.func, "id", "") not in match.names:
            continue
        caught = any(
            block.arm == "body" and any(_swallows(handler) for handler in getattr(block.owner, "handlers", ()))
            for block in place.block.chain()
        )
        if caught and not is_chosen(place) and is_dispatch(place, context):
            yield Usage(active, call, place, "call_next", MIDDLEWARE, None, call)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether an `except` does more than pass the exception on."""
    last = handler.body[-1]
    return not (isinstance(last, ast.Raise) and last.exc is None)


def is_dispatch(place: Place, context: Context) -> bool:
    """Whether the function around is a middleware's `dispatch`, or registered as one."""
    inference = context.inference
    cls = inference.classes.enclosing(place)
    if cls is not None:
        return any(base.name == MIDDLEWARE for base in inference.classes.line(cls))
    name = getattr(place.scope.node, "name", "")
    if any(
        isinstance(node, ast.keyword) and node.arg == "dispatch" and getattr(node.value, "id", None) == name
        for node in ast.walk(context.module.document.tree)
    ):
        return True
    outer = place.scope.place
    for decorator in getattr(place.scope.node, "decorator_list", ()):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if outer is not None and isinstance(target, ast.Attribute) and target.attr == "middleware":
            for member in members(inference.type_of(target.value, outer)):
                if isinstance(member, Instance):
                    return any(base.name == _APPLICATION for base in inference.classes.line(member.cls))
    return any(_is_registered(over) for over in handed_over(place.scope, _TAKERS, inference))


def _is_registered(over: HandOver) -> bool:
    """`Middleware(BaseHTTPMiddleware, dispatch=function)`, `app.middleware("http")(function)`"""
    made = over.call.func
    return over.keyword == "dispatch" or (isinstance(made, ast.Call) and last_name(made.func) == "middleware")
