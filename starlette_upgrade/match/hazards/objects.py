"""The functions of a module in which methods of an object are called, and by which name it goes there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.semantics.narrowing import dotted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place, Scope

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Handled:
    """An object, called `name` (dotted) in a function, and the calls of its methods there, with their places."""

    scope: Scope
    name: str
    calls: dict[ast.AST, tuple[ast.Call, Place]] = field(default_factory=dict)


def handled(names: Collection[str], classes: tuple[str, ...], context: Context) -> Iterable[Handled]:
    """The objects surely of one of `classes` of which a method called like one of `names` is called.

    The calls must be among the candidates: their names those of the rule.
    """
    found: dict[tuple[int, str], Handled] = {}
    for call, place in context.candidates.calls:
        method = call.func
        if not isinstance(method, ast.Attribute) or method.attr not in names:
            continue
        name = dotted(method.value)
        if not name:
            continue
        receiver = judge_receiver(
            context.inference.type_of(method.value, place), method.attr, classes, context.inference
        )
        if receiver is None or not receiver.certain:
            continue
        scope = function_around(place)
        one = found.setdefault((id(scope), name), Handled(scope, name))
        one.calls[call] = (call, place)
    return found.values()


def function_around(place: Place) -> Scope:
    """The function (or module) that runs the code at a place: a comprehension is part of it."""
    scope = place.scope
    while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
        scope = scope.parent
    return scope
