"""Which functions answer requests or websockets, and whether FastAPI receives the body before it calls them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.handed_over import handed_over
from starlette_upgrade.match.hazards.handling import Manners, uses_of
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance, Method, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

REQUEST = "starlette.requests.Request"
WEBSOCKET = "starlette.websockets.WebSocket"
# What receives the body of a request, and what tells of it without receiving anything.
BODY = Manners(
    frozenset({"body", "form", "json", "stream"}),
    frozenset({
        "app", "auth", "base_url", "client", "cookies", "get", "headers", "is_disconnected", "items", "keys", "method",
        "path_params", "query_params", "scope", "send_push_promise", "session", "state", "url", "url_for", "user",
        "values",
    }),
)  # fmt: skip

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

_PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "UUID", "date", "datetime", "time", "Decimal", "None"})
_FILLED = ("starlette.requests.", "starlette.responses.", "starlette.background.", "starlette.websockets.", "fastapi.")
_READ_ELSEWHERE = frozenset({"Cookie", "Header", "Path", "Query"})
_DEPENDING = frozenset({"Depends", "Security"})


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
    reads, free = _parameters(scope, inference) if found.is_fastapi else (False, True)
    return Endpoint(scope, found.kind, alone and free and found.alone, reads, found.is_fastapi)


def parameters_of(scope: Scope, inference: Inference, *classes: str) -> Iterator[str]:
    """The parameters of a function that surely are objects of one of the classes."""
    args = getattr(scope.node, "args", None)
    if not isinstance(args, ast.arguments):
        return
    ensure_bound(scope)
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        bindings = scope.names.get(arg.arg, ())
        if len(bindings) == 1:
            receiver = judge_receiver(inference.binding(bindings[0]), "scope", classes, inference)
            if receiver is not None and receiver.certain:
                yield arg.arg


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
                is_fastapi = bool(line & _FASTAPI) and not name.endswith("route") or name == "api_route"
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


# What FastAPI fills its parameters with


def _parameters(scope: Scope, inference: Inference, depth: int = 3) -> tuple[bool, bool]:
    """Whether FastAPI may read the body for a function's parameters, and whether nobody else gets at it before."""
    args, place = scope.node.args, scope.place  # type: ignore[union-attr]
    assert place is not None
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if place.scope.is_class and pairs:
        pairs = pairs[1:]
    alone = True
    for arg, default in pairs:
        told = _told(arg, default)
        if told is None:
            if not _is_filled(arg.annotation, place, inference):
                return True, alone
        elif last_name(told.func) in _DEPENDING:
            reads, free = _dependency(told, place, inference, depth)
            if reads:
                return True, alone
            alone = alone and free
        elif last_name(told.func) not in _READ_ELSEWHERE:
            return True, alone
    return False, alone


def _told(arg: ast.arg, default: ast.expr | None) -> ast.Call | None:
    """`Query()`, `Depends(get)` and the like: the default, or in the annotation."""
    if isinstance(default, ast.Call):
        return default
    annotation = arg.annotation
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Annotated":
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
        return next((part for part in parts[1:] if isinstance(part, ast.Call)), None)
    return None


def _is_filled(annotation: ast.expr | None, place: Place, inference: Inference) -> bool:
    """Whether what is annotated so comes from the path, the query or FastAPI itself, not from the body."""
    if annotation is None:
        return True
    if isinstance(annotation, ast.Constant):
        return annotation.value is None
    if isinstance(annotation, ast.BinOp):
        return all(_is_filled(part, place, inference) for part in (annotation.left, annotation.right))
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in ("Optional", "Union"):
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return all(_is_filled(part, place, inference) for part in parts)
    if last_name(annotation) in _PLAIN:
        return True
    found = inference.type_of(annotation, place)
    return isinstance(found, ClassType) and any(
        cls.name.startswith(_FILLED) and cls.name != "fastapi.datastructures.UploadFile"
        for cls in inference.classes.line(found)
    )


def _dependency(call: ast.Call, place: Place, inference: Inference, depth: int) -> tuple[bool, bool]:
    given = call.args[0] if call.args else None
    found = inference.type_of(given, place) if given is not None else None
    if not isinstance(found, FunctionType) or isinstance(found.node, ast.Lambda) or depth < 1:
        return False, False
    reads, alone = _parameters(found.scope, inference, depth - 1)
    for name in parameters_of(found.scope, inference, REQUEST):
        for use in uses_of(name, found.scope, BODY, inference):
            reads, alone = reads or bool(use.method), alone and bool(use.method)
    return reads, alone
