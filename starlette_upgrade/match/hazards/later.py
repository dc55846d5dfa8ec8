"""Functions that run when the one that answers is done: what they do then with what was to be answered."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.handling import parameter_for, uses_of
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.types import FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.hazards.handling import Manners
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope


@dataclass(frozen=True, slots=True)
class Later:
    """`function` is to run later, with what `call` passes for its parameters behind the first `skip` arguments."""

    call: ast.Call
    place: Place
    function: FunctionType
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Doing:
    """`method` of an object, called `name` in the function that answers, is called later."""

    name: str
    method: str


def called_later(call: ast.Call, node: ast.expr, place: Place, inference: Inference, skip: int) -> Later | None:
    """The function of the project that an expression is, if it can be no other; `partial(function, …)`, too."""
    if isinstance(node, ast.Call) and node.args and inference.canonical(node.func, place) == "functools.partial":
        return called_later(node, node.args[0], place, inference, 1)
    found = list(members(inference.type_of(node, place)))
    if len(found) != 1 or not isinstance(found[0], FunctionType):
        return None
    return Later(call, place, found[0], skip)


def done_with(
    names: Sequence[str], later: Later, answering: Scope, manners: Manners, inference: Inference
) -> Iterator[Doing]:
    """What a function does later with what the one that answers calls so: with what it is given, or sees."""
    function = later.function
    ensure_bound(function.scope)
    if getattr(function.node, "decorator_list", ()):
        return  # what runs may be another function
    for name in names:
        for method in _methods(name, later, answering, manners, inference):
            yield Doing(name, method)
            break


def _methods(name: str, later: Later, answering: Scope, manners: Manners, inference: Inference) -> Iterator[str]:
    call, function = later.call, later.function
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(argument, ast.Name) and argument.id == name:
            parameter = parameter_for(argument, call, function, later.skip)
            if parameter is not None:
                uses = uses_of(parameter, function.scope, manners, inference)
                yield from (use.method for use in uses if use.method and use.inner is None)
    if _is_inside(function.scope, answering) and name not in function.scope.names:
        uses = uses_of(name, function.scope, manners, inference)
        yield from (use.method for use in uses if use.method and use.inner is None)


def _is_inside(inner: Scope, outer: Scope) -> bool:
    scope = inner.parent
    while scope is not None:
        if scope is outer:
            return True
        scope = scope.parent
    return False
