"""Responses that a function gives back: they are sent when it has ended, and with it every `with` in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.surroundings import Surroundings
from starlette_upgrade.semantics.binder import ensure_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place, Scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Returned:
    """A call that makes what runs when its function has ended, and the statements with which it does so.

    For a response these are the `return` statements that give it back.
    """

    call: ast.Call
    place: Place
    scope: Scope
    surroundings: Surroundings
    leaving: tuple[ast.stmt, ...]


def returned(cls: str, context: Context) -> Iterator[Returned]:
    """The responses of a class, or of one below it with the same constructor, that their function returns."""
    for call, place in context.candidates.calls:
        scope = function_around(place)
        if not isinstance(scope.node, _FUNCTIONS) or not _makes(call, place, cls, context):
            continue
        surroundings = Surroundings(place)
        leaving = tuple(_leaving(call, scope, surroundings, context))
        if leaving:
            yield Returned(call, place, scope, surroundings, leaving)


def _makes(call: ast.Call, place: Place, cls: str, context: Context) -> bool:
    found = class_named(call.func, place, context.inference, cls)
    if found is None:
        return False
    line = context.inference.classes.line(found)
    names = [base.name for base in line]
    return not any(context.inference.classes.defines(base, "__init__") for base in line[: names.index(cls)])


def _leaving(call: ast.Call, scope: Scope, surroundings: Surroundings, context: Context) -> Iterator[ast.Return]:
    """The `return` statements that give the response back; none if it is also called, which sends it."""
    ensure_bound(scope)
    value: ast.AST = call
    parent = surroundings.parent(call)
    while isinstance(parent, ast.IfExp | ast.BoolOp):
        value, parent = parent, surroundings.parent(parent)
    if isinstance(parent, ast.Return):
        yield parent
    targets = parent.targets if isinstance(parent, ast.Assign) else [getattr(parent, "target", None)]
    target = targets[0]
    if not (isinstance(parent, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name)):
        return
    found = []
    for node in ast.walk(scope.node):
        if isinstance(node, ast.Name) and node.id == target.id and surroundings.is_own(node):
            around = surroundings.parent(node)
            if isinstance(around, ast.Call) and around.func is node:
                return
            if isinstance(around, ast.Return):
                bindings = context.inference.bindings_of(node.id, surroundings.place(node), node)
                if isinstance(bindings, list) and any(binding.node is value for binding in bindings):
                    found.append(around)
    yield from found
