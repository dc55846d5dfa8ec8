"""Exception handlers that ask a websocket for what only a request has, where an endpoint of one raises for them."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.match.definitions import bindings_behind, value_of
from starlette_upgrade.match.hazards.websockets.disconnects import names_of
from starlette_upgrade.match.hazards.websockets.endpoints import serves
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import all_arguments, last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_REQUEST = "starlette.requests.Request"
_WORDS = ("add_exception_handler", "exception_handler", "exception_handlers")
_ENDPOINTS = ("WebSocketEndpoint", "WebSocketRoute", "add_api_websocket_route", "add_websocket_route",
              "websocket", "websocket_route")  # fmt: skip
_EVERYTHING = frozenset({"BaseException", "Exception"})
# What handlers of these serve stands outside of websockets.
_OF_SERVER = frozenset({"builtins.Exception", "Exception"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`request.method` and its like in such a handler of this module."""
    names = {*match.names, *match.attributes}
    for handler in _asked(context.inference):
        node = handler.node
        if handler.scope.module.document is not context.module.document:
            continue
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        request = next(iter(all_arguments(node.args))).arg
        around, parents = inside(handler.scope), parents_in(node)
        uses = [one for one in ast.walk(node) if isinstance(one, ast.Attribute) and _is(one.value, request)]
        if _asks_first(node, request):
            continue
        for use in uses:
            if use.attr in names and around.is_own(use) and not _is_caught(use, {"AttributeError"}, parents):
                yield Usage(active, use, around.place(use), use.attr, _REQUEST, parents.get(use))
                break


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _asks_first(node: ast.AST, request: str) -> bool:
    """Whether a handler may ask what it was given, or leaves that to somebody else."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and last_name(inner.func) in ("getattr", "hasattr", "isinstance", "type"):
            return True
        if isinstance(inner, ast.Attribute) and inner.attr == "scope" and _is(inner.value, request):
            return True
        if isinstance(inner, ast.Subscript) and _is(inner.value, request):
            return True
    return False


@lru_cache(maxsize=1)
def _asked(inference: Inference) -> tuple[FunctionType, ...]:
    """The handlers of the project that are surely called for what an endpoint of a websocket raises."""
    project = inference.project
    if not any(map(project.names, _WORDS)) or not any(map(project.names, _ENDPOINTS)):
        return ()
    registered = dict(_registered(inference))
    if not registered:
        return ()
    found: dict[int, FunctionType] = {}
    for line in _raised(inference):
        handler = next((registered[name] for name in line if name in registered), None)
        if handler is not None:
            found[handler.key] = handler
    return tuple(found.values())


def _registered(inference: Inference) -> Iterator[tuple[str, FunctionType]]:
    """The names of exceptions, each with the function that handles it."""
    for call, place in _calls(inference):
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if last_name(call.func) == "exception_handler" and arguments:
            function = parents_in(place.scope.module.document.tree).get(call)
            handler = _scope_function(function, place)
            yield from _pair(arguments[0], handler, place, inference)
        elif last_name(call.func) == "add_exception_handler" and len(arguments) > 1:
            yield from _pair(arguments[0], inference.type_of(arguments[1], place), place, inference)
        for keyword in call.keywords:
            if keyword.arg == "exception_handlers":
                table, at = keyword.value, place
                if isinstance(table, ast.Name):
                    behind = bindings_behind(table, place, inference)
                    value = value_of(behind[0]) if len(behind) == 1 else None
                    table, at = (value, behind[0].place) if value is not None else (table, at)
                if isinstance(table, ast.Dict):
                    for key, value in zip(table.keys, table.values, strict=True):
                        if key is not None:
                            yield from _pair(key, inference.type_of(value, at), at, inference)


def _calls(inference: Inference) -> Iterator[tuple[ast.Call, Place]]:
    seen: set[int] = set()
    for word in _WORDS:
        for module in inference.project.holding(word):
            for name in ("exception_handler", "add_exception_handler", "Starlette", "FastAPI"):
                for call, place in inference.uses.called(name, module):
                    if id(call) not in seen:
                        seen.add(id(call))
                        yield call, place


def _scope_function(node: ast.AST | None, place: Place) -> object:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    ensure_bound(place.scope)
    scope = place.scope.functions.get(id(node))
    return None if scope is None else FunctionType(node, scope, id(node))


def _pair(cls: ast.expr, handler: object, place: Place, inference: Inference) -> Iterator[tuple[str, FunctionType]]:
    line = _line(cls, place, inference)
    if not line or line[0] in _OF_SERVER or not isinstance(handler, FunctionType):
        return
    if isinstance(handler.node, ast.Lambda) or handler.receiver is not None:
        return
    if len(list(all_arguments(handler.node.args))) == 2:
        yield line[0], handler


def _line(node: ast.expr, place: Place, inference: Inference) -> tuple[str, ...]:
    """The names of the class that an expression names, and of those above it; none where it is not known."""
    found = inference.type_of(node, place)
    if isinstance(found, ClassType):
        return tuple(cls.name for cls in inference.classes.line(found))
    return (found.name,) if isinstance(found, Symbol) else ()


def _raised(inference: Inference) -> Iterator[tuple[str, ...]]:
    """What endpoints of websockets raise, or what they call or depend on: each class, and those above."""
    seen: set[int] = set()
    for word in _ENDPOINTS:
        for module in inference.project.holding(word):
            if id(module.document) in seen:
                continue
            seen.add(id(module.document))
            for scope in _functions(module.scope):
                if serves(scope, inference):
                    yield from _raised_in(scope, inference, deeper=True)


def _functions(scope: Scope) -> Iterator[Scope]:
    ensure_bound(scope)
    for inner in tuple(scope.functions.values()):
        yield inner
        yield from _functions(inner)


def _raised_in(scope: Scope, inference: Inference, *, deeper: bool) -> Iterator[tuple[str, ...]]:
    around, parents = inside(scope), parents_in(scope.node)
    for node in ast.walk(scope.node):
        if isinstance(node, ast.Raise) and node.exc is not None and around.is_own(node):
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            line = _line(raised, around.place(node), inference)
            if line and not _is_caught(node, _last(line), parents):
                yield line
        elif deeper and isinstance(node, ast.Call):
            # `Depends(f)` among the defaults calls `f`, too.
            is_asked = last_name(node.func) in ("Depends", "Security") and bool(node.args)
            place = around.place(node) if not is_asked else scope.place
            target = node.args[0] if is_asked else node.func
            found = inference.type_of(target, place) if place is not None else None
            if isinstance(found, FunctionType) and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
                is_run = isinstance(found.node, ast.FunctionDef) or isinstance(parents.get(node), ast.Await)
                if is_asked or (is_run and around.is_own(node)):
                    for line in _raised_in(found.scope, inference, deeper=False):
                        if not _is_caught(node, _last(line), parents):
                            yield line


def _last(line: tuple[str, ...]) -> set[str]:
    return {name.rpartition(".")[2] for name in line}


def _is_caught(node: ast.AST, names: set[str], parents: Parents) -> bool:
    """Whether a `try` or `suppress` around a node catches one of these classes."""
    inner = node
    while inner in parents:
        outer = parents[inner]
        if inner in getattr(outer, "body", ()):
            for handler in getattr(outer, "handlers", ()):
                if names_of(handler.type) & (names | _EVERYTHING):
                    return True
            if isinstance(outer, ast.With | ast.AsyncWith):
                managed = [item.context_expr for item in outer.items]
                if any(isinstance(one, ast.Call) and last_name(one.func) == "suppress" for one in managed):
                    return True
        inner = outer
    return False
