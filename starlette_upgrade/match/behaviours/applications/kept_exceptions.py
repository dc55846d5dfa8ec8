"""Exception handlers that keep the exception for later, when its traceback is gone."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import heads, holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import all_arguments, argument_of, last_name
from starlette_upgrade.semantics.scopes import Block, Place
from starlette_upgrade.semantics.types import ClassType, FunctionType, Method, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_APPLICATION = "starlette.applications.Starlette"
_REGISTERING = ("add_exception_handler", "exception_handler")
# Exception and 500 belong to ServerErrorMiddleware, which leaves the traceback alone.
_LAST_RESORT = ("Exception", "BaseException")
_KEEPING = frozenset({
    "add", "append", "appendleft", "call_soon", "create_task", "ensure_future", "insert", "put", "put_nowait",
    "send", "send_nowait", "start_soon", "submit",
})  # fmt: skip
_LOOKS_AT_TRACEBACKS = re.compile(r"traceback|exc_info|print_exception|format_exception")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What a handler puts the exception into; certain where the module looks at tracebacks."""
    if not holds(context.module, match.words):
        return
    seen: set[int] = set()
    for function in _handlers(context):
        if function.key in seen or function.scope.module is not context.module:
            continue
        seen.add(function.key)
        node = function.node
        arguments = [argument.arg for argument in all_arguments(node.args)]
        if isinstance(node, ast.Lambda) or len(arguments) < 2:
            continue
        scope = function.scope
        place = Place(scope, Block(scope.place.block if scope.place else None, None, "body"), node.body[0])
        if is_chosen(place):
            continue
        certain = _LOOKS_AT_TRACEBACKS.search(context.module.document.text) is not None
        for kept in _kept(node, arguments[-1]):
            yield Usage(active, kept, place, arguments[-1], _APPLICATION, certain=certain, whole=certain)


def _handlers(context: Context) -> Iterator[FunctionType]:
    """The functions that are registered for exceptions, or for a status, but the last resort."""
    inference = context.inference
    for call, place in _registrations(context):
        name = last_name(call.func)
        function = inference.type_of(call.func, place)
        pairs: list[tuple[ast.expr | None, ast.expr | None]] = []
        if isinstance(function, Method) and name == "add_exception_handler":
            pairs.append((argument_of(call, "exc_class_or_status_code", 0), argument_of(call, "handler", 1)))
        elif isinstance(function, Method) and name == "exception_handler":
            decorated = place.statement
            if isinstance(decorated, ast.FunctionDef | ast.AsyncFunctionDef) and call in decorated.decorator_list:
                inner = place.scope.functions[id(decorated)]
                if _counts(argument_of(call, "exc_class_or_status_code", 0)):
                    yield FunctionType(decorated, inner, id(decorated))
        elif isinstance(function, ClassType):
            line = [cls.name for cls in inference.classes.line(function)]
            table = argument_of(call, "exception_handlers", None) if _APPLICATION in line else None
            if isinstance(table, ast.Name):
                bindings = place.scope.names.get(table.id) or place.scope.module.scope.names.get(table.id, [])
                table = bindings[0].node if len(bindings) == 1 and isinstance(bindings[0].node, ast.Dict) else None
            if isinstance(table, ast.Dict):
                pairs.extend(zip(table.keys, table.values, strict=True))
        for key, handler in pairs:
            if handler is not None and _counts(key):
                for member in members(inference.type_of(handler, place)):
                    if isinstance(member, FunctionType):
                        yield member


def _registrations(context: Context) -> Iterator[tuple[ast.Call, Place]]:
    """The calls that may register handlers."""
    for place in statements(context.module):
        for node in heads(place):
            if isinstance(node, ast.Call) and (
                last_name(node.func) in _REGISTERING or any(k.arg == "exception_handlers" for k in node.keywords)
            ):
                yield node, place


def _counts(key: ast.expr | None) -> bool:
    if isinstance(key, ast.Constant):
        return key.value != 500
    return key is not None and last_name(key) not in _LAST_RESORT


def _kept(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[ast.expr]:
    """Where a function puts the exception into something that is there when it has ended."""
    outer = {
        name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _holds(node.value, name):
            for target in node.targets:
                if _outlives(target, name, outer):
                    yield target
        elif isinstance(node, ast.Call) and last_name(node.func) in _KEEPING:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            calls = [argument for argument in given if isinstance(argument, ast.Call)]
            inner = [value for call in calls for value in call.args] if _runs_later(node) else []
            if any(_holds(value, name) for value in (*given, *inner)):
                yield node


def _runs_later(call: ast.Call) -> bool:
    """`create_task(report(exc))`: the coroutine is made now, and runs later."""
    return last_name(call.func) in ("create_task", "ensure_future")


def _holds(node: ast.expr, name: str) -> bool:
    """The exception itself, or a tuple, list or dict with it."""
    if isinstance(node, ast.Tuple | ast.List):
        return any(_holds(element, name) for element in node.elts)
    if isinstance(node, ast.Dict):
        return any(_holds(value, name) for value in node.values)
    return isinstance(node, ast.Name) and node.id == name


def _outlives(target: ast.expr, name: str, outer: set[str]) -> bool:
    """Whether what is assigned is there when the function has ended; attributes of the exception are not meant."""
    if isinstance(target, ast.Name):
        return target.id in outer
    is_of_exception = any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))
    return isinstance(target, ast.Attribute | ast.Subscript) and not is_of_exception
