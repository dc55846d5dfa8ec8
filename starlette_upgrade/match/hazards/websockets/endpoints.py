"""Where a websocket comes from: fresh from the server, into an endpoint, or from somebody who had it before."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import all_arguments, last_name
from starlette_upgrade.semantics.types import FunctionType, Unknown, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_ENDPOINT = "starlette.endpoints.WebSocketEndpoint"
_DECORATORS = frozenset({"websocket", "websocket_route"})
_TAKERS = frozenset({"WebSocketRoute", "add_websocket_route", "add_api_websocket_route", "APIWebSocketRoute"})
_DEPENDING = frozenset({"Depends", "Security"})
# What annotations of other parameters can say that no dependency hides behind.
_PLAIN = frozenset({
    "", "Annotated", "Any", "Cookie", "Header", "Literal", "None", "Optional", "Path", "Query", "UUID", "Union",
    "WebSocket", "bool", "datetime", "fastapi", "float", "int", "list", "starlette", "str", "t", "typing", "uuid",
    "websockets",
})  # fmt: skip


def is_endpoint(scope: Scope, context: Context) -> bool:
    """Whether the framework alone calls a function, to serve a websocket, and nothing is wrapped around it."""
    return _is_routed(scope, context.inference)


def serves(scope: Scope, inference: Inference) -> bool:
    """Whether a function serves a websocket: as an endpoint, or as a method of a class that is one."""
    is_method = getattr(scope.node, "name", "") in ("on_connect", "on_receive", "on_disconnect")
    return (is_method and _is_of_class(scope, inference)) or _is_routed(scope, inference)


def _is_routed(scope: Scope, inference: Inference) -> bool:
    node = scope.node
    if not isinstance(node, ast.AsyncFunctionDef) or scope.place is None:
        return False
    decorators = [_name(decorator) for decorator in node.decorator_list]
    is_routed = bool(decorators) and _DECORATORS.issuperset(decorators)
    if not is_routed and (decorators or not _is_handed_over(node, scope, inference)):
        return False
    return not any(
        _may_be(call, at, node, inference) for call, at in inference.uses.called(node.name, scope.module)
    )


def _may_be(call: ast.Call, place: Place, function: ast.AST, inference: Inference) -> bool:
    """Whether a call of something of that name can be one of the function: a known object has its own."""
    found = members(inference.type_of(call.func, place))
    if any(isinstance(member, FunctionType) and member.key == id(function) for member in found):
        return True
    if not isinstance(call.func, ast.Attribute):
        return any(isinstance(member, Unknown) for member in found)
    owners = members(inference.type_of(call.func.value, place))
    return any(isinstance(owner, Unknown) for owner in owners)


def is_fresh(scope: Scope, name: str, context: Context) -> bool:
    """Whether the websocket called `name` comes into this function as the server gives it."""
    node = scope.node
    if not isinstance(node, ast.AsyncFunctionDef):
        return False
    arguments = all_arguments(node.args)
    if name not in [argument.arg for argument in arguments]:
        return False
    if scope.parent is not None and scope.parent.is_class:
        return node.name == "on_connect" and _is_of_class(scope, context.inference)
    return is_endpoint(scope, context) and not _has_dependencies(node, scope, context)


def is_farewell(scope: Scope, name: str, context: Context) -> bool:
    """Whether this is the `on_disconnect` of a WebSocketEndpoint, and `name` its websocket."""
    node = scope.node
    return (
        isinstance(node, ast.AsyncFunctionDef)
        and node.name == "on_disconnect"
        and [argument.arg for argument in all_arguments(node.args)][1:2] == [name]
        and _is_of_class(scope, context.inference)
    )


def _is_of_class(scope: Scope, inference: Inference) -> bool:
    """Whether a method without decorators is one of a WebSocketEndpoint."""
    if scope.parent is None or not scope.parent.is_class or getattr(scope.node, "decorator_list", []):
        return False
    return any(c.name == _ENDPOINT for c in inference.classes.line(class_of(scope.parent))[1:])


def _has_dependencies(node: ast.AsyncFunctionDef, scope: Scope, context: Context) -> bool:
    """Whether FastAPI may call something else first, which takes the websocket, too."""
    if "dependencies" in scope.module.document.text:
        return True
    arguments = list(all_arguments(node.args))
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = dict(
        zip([argument.arg for argument in reversed(positional)], reversed(node.args.defaults), strict=False)
    )
    defaults |= {
        a.arg: value for a, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value
    }
    for argument in arguments:
        default = defaults.get(argument.arg)
        if default is not None and _depends(default):
            if not _is_harmless(default, scope, context):
                return True
        elif argument.annotation is not None:
            # Its name can stand for `Annotated[…, Depends(…)]`.
            words = {last_name(inner) for inner in ast.walk(argument.annotation) if isinstance(inner, ast.expr)}
            if not words <= _PLAIN:
                return True
    return False


def dependencies_of(node: ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """The parameters that are given by `Depends(f)`, as a default or in an `Annotated[…]`."""
    positional = [*node.args.posonlyargs, *node.args.args]
    written: list[tuple[ast.arg, ast.expr | None]] = []
    written += zip(reversed(positional), reversed(node.args.defaults), strict=False)
    written += zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    for argument in all_arguments(node.args):
        said = [default for one, default in written if one is argument]
        annotation = argument.annotation
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            said += annotation.slice.elts
        for one in said:
            if isinstance(one, ast.Call) and _depends(one) and one.args:
                yield argument.arg, one


def _depends(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in _DEPENDING


def _is_harmless(node: ast.expr, scope: Scope, context: Context) -> bool:
    """Whether what a `Depends` calls is a function of the project that takes nothing, and so no websocket."""
    if not isinstance(node, ast.Call) or not node.args or scope.place is None:
        return False
    found = context.inference.type_of(node.args[0], scope.place)
    return isinstance(found, FunctionType) and not list(all_arguments(found.node.args))


def _is_handed_over(node: ast.AsyncFunctionDef, scope: Scope, inference: Inference) -> bool:
    for over in inference.uses.handed(node.name, scope.module, _TAKERS):
        found = inference.type_of(over.node, over.place) if last_name(over.call.func) in _TAKERS else None
        if found is not None and any(isinstance(one, FunctionType) and one.node is node for one in members(found)):
            return True
    return False


def _name(decorator: ast.expr) -> str:
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
