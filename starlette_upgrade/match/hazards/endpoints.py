"""Which functions answer requests or websockets, and whether FastAPI receives the body before it calls them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.handed_over import handed_over
from starlette_upgrade.match.hazards.filled import body_is_read
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, Instance, Method, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "options", "head", "trace"})
_FASTAPI = frozenset({"fastapi.applications.FastAPI", "fastapi.routing.APIRouter"})
_ROUTERS = frozenset({"starlette.applications.Starlette", "starlette.routing.Router", *_FASTAPI})
_ROUTES = {"starlette.routing.Route": "http", "starlette.routing.WebSocketRoute": "websocket"}
_ADDING = {
    "add_route": "http",
    "add_api_route": "http",
    "add_websocket_route": "websocket",
    "add_api_websocket_route": "websocket",
}
_TAKERS = frozenset({"Route", "WebSocketRoute", *_ADDING})
_HARMLESS_DECORATORS = frozenset({"classmethod", "deprecated", "override", "requires", "staticmethod"})
# Settings of a router under which something else may have the request first.
_BEFORE = frozenset({"dependencies", "route_class"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A function that answers requests (`http`) or websockets.

    `alone`: nothing is known to be given the request before it. `body_is_read`: FastAPI receives the body for it.
    """

    scope: Scope
    kind: str
    alone: bool = True
    body_is_read: bool = False
    is_fastapi: bool = False


def endpoint_of(scope: Scope, inference: Inference) -> Endpoint | None:
    """What a function answers; None where it is not known to be an endpoint."""
    node, place = scope.node, scope.place
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or place is None:
        return None
    found: Endpoint | None = None
    alone = True
    for decorator in node.decorator_list:
        registered = _decorated(decorator, scope, place, inference)
        found = found or registered
        alone = alone and (registered is not None or _is_harmless(decorator))
        alone = alone and (registered is None or registered.alone)
    found = found or _handed_over(scope, inference) or _of_class(scope, inference)
    if found is None:
        return None
    reads, free = body_is_read(scope, inference) if found.is_fastapi else (False, True)
    return Endpoint(scope, found.kind, alone and free and found.alone, reads, found.is_fastapi)


def _decorated(decorator: ast.expr, scope: Scope, place: Place, inference: Inference) -> Endpoint | None:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(target, ast.Attribute):
        return None
    name = target.attr
    if name not in _VERBS | {"api_route", "route", "websocket", "websocket_route"}:
        return None
    for member in members(without_none(inference.type_of(target.value, place))):
        if isinstance(member, Instance):
            line = {cls.name for cls in inference.classes.line(member.cls)}
            if line & _ROUTERS:
                keywords = {*_keywords(decorator), *_keywords(member.origin[0] if member.origin else None)}
                kind = "websocket" if name.startswith("websocket") else "http"
                is_fastapi = name == "api_route" or (bool(line & _FASTAPI) and not name.endswith("route"))
                return Endpoint(scope, kind, not keywords & _BEFORE, is_fastapi=is_fastapi)
    return None


def _keywords(call: ast.expr | None) -> Iterator[str]:
    if isinstance(call, ast.Call):
        yield from (keyword.arg for keyword in call.keywords if keyword.arg is not None)


def _is_harmless(decorator: ast.expr) -> bool:
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator) in _HARMLESS_DECORATORS


def _handed_over(scope: Scope, inference: Inference) -> Endpoint | None:
    for over in handed_over(scope, _TAKERS, inference):
        for member in members(inference.type_of(over.call.func, over.place)):
            kind: str | None = None
            is_fastapi = False
            if isinstance(member, ClassType):
                kinds = (_ROUTES.get(cls.name) for cls in inference.classes.line(member))
                kind = next((found for found in kinds if found is not None), None)
            elif isinstance(member, Method):
                kind = _ADDING.get(member.name)
                is_fastapi = member.name in ("add_api_route", "add_api_websocket_route")
            if kind is not None:
                return Endpoint(scope, kind, not {*_keywords(over.call)} & _BEFORE, is_fastapi=is_fastapi)
    return None


def _of_class(scope: Scope, inference: Inference) -> Endpoint | None:
    """The methods of an HTTPEndpoint."""
    outer = scope.parent
    if outer is None or not outer.is_class or getattr(scope.node, "name", "") not in _VERBS:
        return None
    line = {cls.name for cls in inference.classes.line(class_of(outer))}
    return Endpoint(scope, "http") if "starlette.endpoints.HTTPEndpoint" in line else None
