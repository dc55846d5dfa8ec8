"""Middleware classes and functions that don't take the application first."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, FunctionType, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_APPLICATION = "starlette.applications.Starlette"
_MIDDLEWARE = "starlette.middleware.Middleware"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where such a class or function is handed to Starlette."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if not call.args or not _hands_over(call, place, inference):
            continue
        made = call.args[0]
        taken = _signature(made, place, inference)
        if taken is not None and not _takes_app_first(taken) and not is_chosen(place):
            yield Usage(active, made, place, "app", _MIDDLEWARE, call, call)


def _hands_over(call: ast.Call, place: Place, inference: Inference) -> bool:
    found = inference.type_of(call.func, place)
    if isinstance(found, ClassType):
        return found.scope is None and found.name == _MIDDLEWARE
    if not isinstance(found, Method) or found.name != "add_middleware":
        return False
    return _APPLICATION in inference.catalogue.bases(found.owner)


def _signature(made: ast.expr, place: Place, inference: Inference) -> ast.arguments | None:
    """The parameters of what is handed over, without `self`; None where they are not plain to see."""
    found = inference.type_of(made, place)
    if isinstance(found, FunctionType):
        return None if getattr(found.node, "decorator_list", None) else found.node.args
    if not isinstance(found, ClassType) or inference.classes.is_open(found):
        return None
    for cls in inference.classes.line(found):
        if cls.scope is None or getattr(cls.scope.node, "decorator_list", None):
            return None
        if inference.classes.defines(cls, "__new__"):
            return None
        if inference.classes.defines(cls, "__init__"):
            return _initialiser(cls)
    return None


def _initialiser(cls: ClassType) -> ast.arguments | None:
    assert cls.scope is not None
    bindings = cls.scope.names.get("__init__", ())
    node = bindings[0].node if len(bindings) == 1 else None
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return None
    taken = node.args
    if taken.posonlyargs:
        return None
    return ast.arguments([], taken.args[1:], taken.vararg, taken.kwonlyargs, taken.kw_defaults, taken.kwarg, [])


def _takes_app_first(taken: ast.arguments) -> bool:
    """Whether the first positional argument is the application, as far as the names tell."""
    positional = [argument.arg for argument in (*taken.posonlyargs, *taken.args)]
    others = [argument.arg for argument in (*taken.args[1:], *taken.kwonlyargs)]
    if not positional:
        return taken.vararg is not None or "app" not in others
    return positional[0] == "app" or "app" not in others
