"""Middleware of a mount that catches the `HTTPException` of what is behind it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.semantics.types import Type

_MOUNT = "starlette.routing.Mount"
_MIDDLEWARE = "starlette.middleware.Middleware"
_EXCEPTION = "starlette.exceptions.HTTPException"
_NEXT = frozenset({"app", "call_next"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """The `except` clauses that nothing reaches any more."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if not any(keyword.arg == "middleware" for keyword in call.keywords):
            continue
        if not _is(inference.type_of(call.func, place), _MOUNT, inference):
            continue
        for cls in _middleware(call, place, inference):
            if cls.scope is None or cls.scope.module is not context.module:
                continue
            for function in function_scopes(cls.scope):
                surroundings = inside(function)
                for clause in _clauses(function.node):
                    if not surroundings.is_own(clause):
                        continue
                    at = surroundings.place(clause)
                    kinds = clause.elts if isinstance(clause, ast.Tuple) else [clause]
                    known = all(_is(inference.type_of(kind, at), _EXCEPTION, inference) for kind in kinds)
                    if known and not is_chosen(at):
                        yield Usage(active, clause, at, "HTTPException", _MOUNT, whole=False)


def _middleware(call: ast.Call, place: Place, inference: Inference) -> Iterator[ClassType]:
    """The classes in `middleware=[Middleware(…), …]`."""
    for keyword in call.keywords:
        if keyword.arg != "middleware" or not isinstance(keyword.value, ast.List | ast.Tuple):
            continue
        for element in keyword.value.elts:
            if isinstance(element, ast.Call) and element.args:
                found = inference.type_of(element.args[0], place)
                made = inference.type_of(element.func, place)
                if isinstance(found, ClassType) and _is(made, _MIDDLEWARE, inference):
                    yield found


def _clauses(function: ast.AST) -> Iterator[ast.expr]:
    """What is caught around a call of the application behind."""
    for node in ast.walk(function):
        if isinstance(node, ast.Try) and any(_calls_on(statement) for statement in node.body):
            yield from (handler.type for handler in node.handlers if handler.type is not None)


def _calls_on(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and last_name(node.value.func) in _NEXT
        for node in ast.walk(statement)
    )


def _is(found: Type, name: str, inference: Inference) -> bool:
    return isinstance(found, ClassType) and any(base.name == name for base in inference.classes.line(found))
