"""What a body registers on its app, statement by statement, in the order in which it happens."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.rewrite.table.app import STARLETTE, path_of, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.rewrite.table.app import App

Table = Literal["routes", "middleware", "exception_handlers"]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CLASS_OF = "starlette.routing."


@dataclass(frozen=True, slots=True)
class Kind:
    """What a method of an app puts into which table, and its parameters by position.

    `is_decorator`: what is registered stands below it.
    """

    table: Table
    symbol: str = ""
    parameters: tuple[str, ...] = ()
    is_decorator: bool = False


_ROUTE = ("path", "endpoint", "methods", "name", "include_in_schema")
_WEBSOCKET = ("path", "endpoint", "name")
_HANDLER = ("exc_class_or_status_code", "handler")
MIDDLEWARE = "starlette.middleware.Middleware"
_OF_ROUTER = {
    "route": Kind("routes", f"{_CLASS_OF}Route", _ROUTE, is_decorator=True),
    "add_route": Kind("routes", f"{_CLASS_OF}Route", _ROUTE),
    "websocket_route": Kind("routes", f"{_CLASS_OF}WebSocketRoute", _WEBSOCKET, is_decorator=True),
    "add_websocket_route": Kind("routes", f"{_CLASS_OF}WebSocketRoute", _WEBSOCKET),
    "mount": Kind("routes", f"{_CLASS_OF}Mount", ("path", "app", "name")),
    "host": Kind("routes", f"{_CLASS_OF}Host", ("host", "app", "name")),
}
_OF_APP = {
    **_OF_ROUTER,
    **{f"router.{name}": kind for name, kind in _OF_ROUTER.items()},
    "middleware": Kind("middleware", MIDDLEWARE, ("middleware_type",), is_decorator=True),
    "add_middleware": Kind("middleware", MIDDLEWARE, ("middleware_class",)),
    "exception_handler": Kind("exception_handlers", "", _HANDLER, is_decorator=True),
    "add_exception_handler": Kind("exception_handlers", "", _HANDLER),
}


@dataclass(frozen=True, slots=True)
class Registration:
    """One thing registered by statement `index` of the body.

    `endpoint` is what a decorator is applied to: a definition's name or an expression. `from_end` counts the
    decorator from the definition up.
    """

    kind: Kind
    call: ast.Call
    node: ast.Attribute
    index: int
    endpoint: str | ast.expr | None = None
    from_end: int = 0


def registrations_of(app: App) -> list[Registration]:
    """All that the statements of the body register, each as a statement of its own or a decorator."""
    return [found for index in range(app.index + 1, len(app.body)) for found in _in(app, index)]


def _in(app: App, index: int) -> Iterator[Registration]:
    statement = app.body[index]
    if isinstance(statement, _DEFINITIONS):
        for from_end, decorator in enumerate(reversed(statement.decorator_list), 1):
            yield from _called(decorator, app, index, statement.name, from_end)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred):
            yield from _called(call.func, app, index, call.args[0])
        yield from _called(call, app, index)


def _called(
    node: ast.expr, app: App, index: int, endpoint: str | ast.expr | None = None, from_end: int = 0
) -> Iterator[Registration]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    root = root_of(node.func)
    kind = kind_of(node.func, app)
    if (
        root is not None
        and root.id == app.name
        and kind is not None
        and kind.is_decorator == (endpoint is not None)
    ):
        yield Registration(kind, node, node.func, index, endpoint, from_end)


def kind_of(node: ast.Attribute, app: App) -> Kind | None:
    """What a method of the app registers, by the attribute that names it."""
    return (_OF_APP if app.cls == STARLETTE else _OF_ROUTER).get(path_of(node))
