"""An application that is changed while it runs: in its lifespan, its event handlers, its endpoints."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.match.guards import is_caught, is_guarded
from starlette_upgrade.match.handed_over import APPLICATION, handed_over, is_lifespan
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place, Scope

_CONNECTION = "starlette.requests.HTTPConnection"
# Decorators of an application whose function runs only when it has started.
_DECORATORS = frozenset({
    "on_event", "route", "websocket_route", "exception_handler", "middleware",
    "get", "post", "put", "patch", "delete", "head", "options", "api_route", "websocket",
})  # fmt: skip
_METHODS = frozenset({
    "add_event_handler", "add_route", "add_websocket_route", "add_exception_handler", "add_api_route",
})  # fmt: skip
_DEPTH = 3
_ROUTES = frozenset({"Route", "WebSocketRoute"})
_ARGUMENTS = frozenset({"on_startup", "on_shutdown", "lifespan", "exception_handlers"})
_TAKERS = frozenset({"Starlette", "FastAPI"}) | _METHODS | _ROUTES


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls of the rule's methods, or assignments of `debug`, on an application that has started."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in match.names:
            yield from _usage(active, match, call.func, call, place, inference)
    if any(word in context.module.document.text for word in match.words):
        for scope in function_scopes(context.module.scope):
            if not scope.is_function:
                continue
            surroundings = inside(scope)
            for node in ast.walk(scope.node):
                if not isinstance(node, ast.Attribute) or node.attr != "debug":
                    continue
                if isinstance(node.ctx, ast.Store) and surroundings.is_own(node):
                    yield from _usage(active, match, node, node, surroundings.place(node), inference)


def _usage(
    active: ActiveRule,
    match: BehaviourMatch,
    node: ast.Attribute,
    parent: ast.AST,
    place: Place,
    inference: Inference,
) -> Iterator[Usage]:
    found = inference.type_of(node.value, place)
    receiver = judge_receiver(found, node.attr, match.classes, inference)
    if receiver is None or not receiver.certain or not is_running(node.value, place, inference):
        return
    if is_guarded(place, node.attr) or _is_asked_for(place) or is_caught(place, "RuntimeError", "Exception"):
        return
    call = parent if isinstance(parent, ast.Call) else None
    yield Usage(active, node, place, node.attr, APPLICATION, parent, call, whole=False)


def _is_asked_for(place: Place) -> bool:
    """Whether the code here looks first whether the stack is built."""
    return any(
        isinstance(block.owner, ast.If) and "middleware_stack" in ast.unparse(block.owner.test)
        for block in place.block.chain()
    )


def is_running(node: ast.expr, place: Place, inference: Inference, depth: int = 0) -> bool:
    """Whether an expression is an application that has started when the code here runs."""
    if isinstance(node, ast.Attribute) and node.attr == "app":
        return is_object(inference.type_of(node.value, place), inference, _CONNECTION)
    if not isinstance(node, ast.Name):
        return False
    found = inference.bindings_of(node.id, place, node)
    if not isinstance(found, list) or len(found) != 1:
        return False
    binding = found[0]
    if isinstance(binding.node, ast.Attribute):
        return is_running(binding.node, binding.place, inference, depth)
    if isinstance(binding.node, ast.arg):
        if binding.statement is not place.scope.node:
            return False
        return is_lifespan(place.scope, inference) or _is_given_one(binding, place.scope, inference, depth)
    if binding.place.scope is place.scope:
        return False
    return _is_called_by(binding, place, inference) or _is_part_of_one(binding, place, inference, depth)


def _is_given_one(parameter: Binding, function: Scope, inference: Inference, depth: int) -> bool:
    """Whether every call of the function around passes an application that has started."""
    node, name = function.node, parameter.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(name, ast.arg):
        return False
    if depth == _DEPTH or function.parent is None or function.parent.is_class:
        return False
    given: list[bool] = []
    for call, at in inference.uses.called(node.name, function.module):
        found = members(inference.type_of(call.func, at))
        if any(isinstance(member, FunctionType) and member.key == id(node) for member in found):
            passed = argument_of(call, name.arg, parameter.index)
            given.append(passed is not None and is_running(passed, at, inference, depth + 1))
    return bool(given) and all(given)


def _is_called_by(app: Binding, place: Place, inference: Inference) -> bool:
    """Whether the function around is a handler or an endpoint of this very application."""
    function = place.scope.node
    around = place.scope.place
    for decorator in getattr(function, "decorator_list", ()):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if around is not None and _is_method_of(target, _DECORATORS, around, app, inference):
            return True
    for over in handed_over(place.scope, _TAKERS, inference):
        called = over.call.func
        if over.call is app.node and over.keyword in _ARGUMENTS:
            return True
        if _is_method_of(called, _METHODS, over.place, app, inference):
            return True
        if last_name(called) in _ROUTES and any(inner is over.call for inner in ast.walk(app.node)):
            return True
    return False


def _is_part_of_one(app: Binding, place: Place, inference: Inference, depth: int) -> bool:
    """Whether only handlers and endpoints of this application call the function around."""
    node = place.scope.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or depth == _DEPTH:
        return False
    calls = [
        _is_called_by(app, at, inference) or _is_part_of_one(app, at, inference, depth + 1)
        for call, at in inference.uses.called(node.name, place.scope.module)
        if any(
            isinstance(member, FunctionType) and member.key == id(node)
            for member in members(inference.type_of(call.func, at))
        )
    ]
    return bool(calls) and all(calls)


def _is_method_of(
    function: ast.expr, methods: frozenset[str], place: Place, app: Binding, inference: Inference
) -> bool:
    """Whether an expression is one of these methods of the application that `app` names."""
    if not isinstance(function, ast.Attribute) or function.attr not in methods:
        return False
    node = function.value
    if not isinstance(node, ast.Name):
        return False
    found = inference.bindings_of(node.id, place, node)
    return isinstance(found, list) and [binding.node for binding in found] == [app.node]
