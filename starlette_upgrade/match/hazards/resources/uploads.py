"""Uploads, and what FastAPI's dependencies give, that are closed before somebody reads them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named, is_object, is_object_of
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.resources import uses
from starlette_upgrade.match.hazards.resources.makers import Resource, given_until_closed
from starlette_upgrade.match.hazards.resources.needs import Needs
from starlette_upgrade.match.hazards.resources.returned import Returned, returned
from starlette_upgrade.match.hazards.resources.things import Things
from starlette_upgrade.match.surroundings import Surroundings
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import FunctionType, Holding, Type, members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding

_STREAMING = "starlette.responses.StreamingResponse"
_FILE = "starlette.responses.FileResponse"
_TASK = "starlette.background.BackgroundTask"
_TASKS = "starlette.background.BackgroundTasks"
_UPLOAD = "starlette.datastructures.UploadFile"
_REGISTERING = uses.VERBS | {"api_route", "trace"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def find_closed_forms(active: ActiveRule, _: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Uploads of `async with request.form()` that are read when that has closed them."""
    yield from _found(
        active, context, lambda _: None, lambda one: one.kind in ("upload", "uploaded") and not one.given
    )


def find_given(active: ActiveRule, _: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What FastAPI gives to an endpoint, and closes before the response is sent and background tasks run."""

    def given(binding: Binding) -> Resource | None:
        return _given(binding, context.inference)

    yield from _found(active, context, given, lambda one: one.given)


def _found(
    active: ActiveRule,
    context: Context,
    given: Callable[[Binding], Resource | None],
    is_meant: Callable[[Resource], bool],
) -> Iterator[Usage]:
    for response in returned(_STREAMING, context):
        content = argument_of(response.call, "content", 0)
        if content is not None:
            found = Needs(Things(response, context, given)).needed(content, response.place)
            yield from _usage(active, response, filter(is_meant, found), _STREAMING)
    for response in returned(_FILE, context):
        path = argument_of(response.call, "path", 0)
        if path is not None:
            found = Things(response, context, given).identity(path, response.place)
            of_folders = [one for one in found if one.kind == "folder" and is_meant(one)]
            yield from _usage(active, response, of_folders, _FILE)
    for task, arguments in _tasks(context):
        needs = Needs(Things(task, context, given))
        found = [one for one in _used_by(arguments, task, needs, context.inference) if is_meant(one)]
        yield from _usage(active, task, found, _TASK)


def _usage(active: ActiveRule, response: Returned, found: Iterable[Resource], cls: str) -> Iterator[Usage]:
    ordered = sorted(found, key=lambda one: not one.certain)
    if ordered:
        first, call = ordered[0], response.call
        parent = response.surroundings.parent(call)
        yield Usage(active, call, response.place, first.name, cls, parent, call, first.certain)


def _tasks(context: Context) -> Iterator[tuple[Returned, list[ast.expr]]]:
    """The calls that make background tasks, with what they are given: the function and its arguments."""
    for call, place in context.candidates.calls:
        scope = function_around(place)
        if not isinstance(scope.node, _FUNCTIONS):
            continue
        is_added = isinstance(call.func, ast.Attribute) and call.func.attr == "add_task"
        if is_added and isinstance(call.func, ast.Attribute):
            is_task = is_object_of(call.func.value, place, context.inference, _TASKS)
        else:
            found = class_named(call.func, place, context.inference, _TASK)
            is_task = found is not None and found.name != _TASKS
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if is_task and call.args and not isinstance(call.args[0], ast.Starred):
            yield Returned(call, place, scope, Surroundings(place), (place.statement,)), arguments


def _used_by(arguments: list[ast.expr], task: Returned, needs: Needs, inference: Inference) -> Iterator[Resource]:
    """The closed resources that a task uses."""
    function = arguments[0]
    if isinstance(function, ast.Attribute):
        for one in needs.things.identity(function.value, task.place):
            if function.attr not in uses.HARMLESS.get(one.kind, ("close", "get", "getlist")):
                yield one
    found = list(members(inference.type_of(function, task.place)))
    called = found[0] if len(found) == 1 and isinstance(found[0], FunctionType) else None
    if called is not None and needs.is_defined_here(called):
        yield from needs.used_in(called.node)
    for number, argument in enumerate(arguments[1:]):
        for one in needs.things.identity(argument, task.place):
            if called is None:
                yield replace(one, certain=False)
                continue
            name = _parameter(called, number, argument, task.call)
            for sure in uses.used(called.node, name, one) if name else ():
                yield replace(one, certain=one.certain and sure)


def _parameter(function: FunctionType, number: int, argument: ast.expr, call: ast.Call) -> str:
    """The parameter of a function that gets an argument of the task."""
    for keyword in call.keywords:
        if keyword.value is argument:
            return keyword.arg or ""
    names = [arg.arg for arg in (*function.node.args.posonlyargs, *function.node.args.args)]
    number += 1 if function.receiver is not None else 0
    return names[number] if number < len(names) else ""


def _given(binding: Binding, inference: Inference) -> Resource | None:
    """What a parameter of an endpoint holds that FastAPI closes."""
    function, arg = binding.statement, binding.node
    if not isinstance(function, _FUNCTIONS) or not isinstance(arg, ast.arg) or not _is_endpoint(function):
        return None
    found = inference.binding(binding)
    if _is_upload(found, inference):
        return Resource("upload", given=True)
    dependency = _dependency(function, arg)
    if dependency is None:
        return None
    kinds = list(members(inference.type_of(dependency, binding.place)))
    if len(kinds) != 1 or not isinstance(kinds[0], FunctionType):
        return None
    made = given_until_closed(kinds[0], inference)
    return None if made is None or made.kind == "session" else replace(made, given=True)


def _is_upload(found: Type, inference: Inference) -> bool:
    return all(
        is_object(one.item if isinstance(one, Holding) and not one.keyed else one, inference, _UPLOAD)
        for one in members(found)
    )


def _is_endpoint(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in _REGISTERING
        for decorator in function.decorator_list
    )


def _dependency(function: ast.FunctionDef | ast.AsyncFunctionDef, arg: ast.arg) -> ast.expr | None:
    """`f` of `name=Depends(f)` and of `name: Annotated[…, Depends(f)]`."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    defaults |= {
        one: value for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
    }
    written: list[ast.expr] = [defaults[arg]] if arg in defaults else []
    if isinstance(arg.annotation, ast.Subscript) and isinstance(arg.annotation.slice, ast.Tuple):
        written += arg.annotation.slice.elts[1:]
    for node in written:
        if isinstance(node, ast.Call) and last_name(node.func) == "Depends" and node.args:
            return node.args[0]
    return None
