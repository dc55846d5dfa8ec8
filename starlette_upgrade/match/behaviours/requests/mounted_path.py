"""`scope["path"]` read by what is mounted below a path: the whole path, where the rest of it was."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_MOUNT = "starlette.routing.Mount"
_MOUNTING = ("starlette.applications.Starlette", "starlette.routing.Router")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Reads of the path in what this module mounts and defines."""
    for call, place in context.candidates.calls:
        if last_name(call.func) not in match.names or not _is_below_a_path(call, place, context.inference):
            continue
        for function, parameter in _mounted(call, place, context):
            if function.module is not context.module:
                continue
            surroundings = inside(function)
            for node in ast.walk(function.node):
                if _is_path_of(node, parameter) and surroundings.is_own(node) and isinstance(node, ast.expr):
                    at = surroundings.place(node)
                    if not is_chosen(at):
                        yield Usage(active, node, at, "path", _MOUNT, surroundings.parent(node), whole=False)


def _is_below_a_path(call: ast.Call, place: Place, inference: Inference) -> bool:
    path = argument_of(call, "path", 0)
    if not (isinstance(path, ast.Constant) and isinstance(path.value, str) and path.value.strip("/")):
        return False
    function = call.func
    found = inference.type_of(function, place)
    if isinstance(found, ClassType):
        return any(base.name == _MOUNT for base in inference.classes.line(found))
    if not isinstance(function, ast.Attribute):
        return False
    receiver = judge_receiver(inference.type_of(function.value, place), "mount", _MOUNTING, inference)
    return receiver is not None and receiver.certain


def _mounted(call: ast.Call, place: Place, context: Context) -> Iterator[tuple[Scope, str]]:
    """The functions that run for a mounted application, each with how it writes its scope."""
    inference = context.inference
    app = argument_of(call, "app", 1)
    for found in members(inference.type_of(app, place)) if app is not None else ():
        if isinstance(found, FunctionType):
            yield from _with_scope(found.scope, 0)
        elif isinstance(found, Instance) and found.cls.scope is not None:
            ensure_bound(found.cls.scope)
            for method in tuple(found.cls.scope.functions.values()):
                yield from _with_scope(method, 1)
    routes = argument_of(call, "routes", None)
    for route in routes.elts if isinstance(routes, ast.List | ast.Tuple) else ():
        if isinstance(route, ast.Call) and last_name(route.func) == "Route":
            endpoint = argument_of(route, "endpoint", 1)
            runs = inference.type_of(endpoint, place) if endpoint is not None else None
            if isinstance(runs, FunctionType) and runs.node.args.args:
                yield from _known(runs.scope, f"{runs.node.args.args[0].arg}.scope")


def _with_scope(function: Scope, number: int) -> Iterator[tuple[Scope, str]]:
    """A function that takes the scope of ASGI, under its usual name."""
    if isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = [arg.arg for arg in function.node.args.args][number:]
        if "scope" in names:
            yield from _known(function, "scope")


def _known(function: Scope, written: str) -> Iterator[tuple[Scope, str]]:
    """The function, unless it takes care of the root path or puts the path of its own into the scope."""
    text = ast.unparse(function.node)
    if "root_path" not in text and "get_route_path" not in text and f"{written}['path'] = " not in text:
        yield function, written


def _is_path_of(node: ast.AST, written: str) -> bool:
    """`scope["path"]`, `scope.get("path")`"""
    if isinstance(node, ast.Subscript):
        key, owner = node.slice, node.value
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and node.args
    ):
        key, owner = node.args[0], node.func.value
    else:
        return False
    return isinstance(key, ast.Constant) and key.value == "path" and ast.unparse(owner) == written
