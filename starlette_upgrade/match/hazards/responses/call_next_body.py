"""`response.body` of what `call_next` gave: it streams, and has no body."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.call_next import MIDDLEWARE
from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.match.guards import asks, is_guarded
from starlette_upgrade.match.hazards.dispatching import calls_of_next
from starlette_upgrade.match.hazards.handling import parameter_for
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.responses.holders import NOBODY, bound, gives
from starlette_upgrade.match.inevitable import follows, happens
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.results import above
from starlette_upgrade.match.surroundings import Surroundings, inside, parents_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.types import FunctionType, Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.responses.holders import Names
    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_RESPONSE = "starlette.responses.Response"
_STREAMING = (_RESPONSE, "starlette.responses.StreamingResponse", "starlette.middleware.base._StreamingResponse")
# Other responses have some of these, and so do those of HTTP clients; the one that `call_next` gives has none.
_MISSING = frozenset({"body", "content", "context", "json", "template", "text"})
# Whoever asks for one of these knows that not every response has a body.
_TELLING = ("body_iterator", "body")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where a body is read of the response that a middleware got from `call_next`."""
    for call, place in calls_of_next(match.names, context):
        yield from _after(call, place, active, context)


def _after(call: ast.Call, place: Place, active: ActiveRule, context: Context) -> Iterator[Usage]:
    scope, surroundings = function_around(place), Surroundings(place)
    parents = parents_in(scope.node)

    def step(node: ast.AST, names: Names) -> list[Names]:
        return [bound(node, call, names, parents)]

    expected = _expected(scope.node)
    for node, states in walk(scope.node, NOBODY, step).items():
        if isinstance(node, ast.Call):
            found = _in_called(node, call, states, surroundings, context.inference)
            if found and not is_guarded(surroundings.place(node), found, *_TELLING):
                certain = all(_hands_on(node, call, names) for names in states) or follows(node, call, parents)
                at = surroundings.place(node)
                yield Usage(active, node, at, found, MIDDLEWARE, parents.get(node), node, certain=certain)
            continue
        if not isinstance(node, ast.Attribute) or node.attr not in _MISSING or node.attr in expected:
            continue
        is_read = isinstance(node.ctx, ast.Load) or isinstance(parents.get(node), ast.AugAssign)
        if not is_read or not any(gives(node.value, call, names) for names in states):
            continue
        at = surroundings.place(node)
        if is_guarded(at, node.attr, *_TELLING) or _is_asked_for(node, parents):
            continue
        if _is_another(node.value, at, context.inference):
            continue
        certain = all(gives(node.value, call, names) for names in states) or follows(node, call, parents)
        yield Usage(active, node, at, node.attr, MIDDLEWARE, parents.get(node), certain=certain)


def _hands_on(node: ast.Call, origin: ast.AST, names: Names) -> ast.expr | None:
    """The argument of a call that is the response."""
    given = (*node.args, *(keyword.value for keyword in node.keywords))
    return next((value for value in given if isinstance(value, ast.Name) and gives(value, origin, names)), None)


def _in_called(
    node: ast.Call, origin: ast.AST, states: frozenset[Names], surroundings: Surroundings, inference: Inference
) -> str:
    """What a function of the project, which is given the response, surely reads of it in vain; "" for nothing."""
    given = next(filter(None, (_hands_on(node, origin, names) for names in states)), None)
    found = list(members(inference.type_of(node.func, surroundings.place(node)))) if given is not None else []
    if given is None or len(found) != 1 or not isinstance(found[0], FunctionType):
        return ""
    function = found[0].node
    name = parameter_for(given, node, found[0])
    if name is None or isinstance(function, ast.Lambda) or function.decorator_list:
        return ""
    ensure_bound(found[0].scope)
    parents, inside_it = parents_in(function), inside(found[0].scope)
    expected = _expected(function)
    for inner in (node for statement in function.body for node in ast.walk(statement)):
        if getattr(inner, "id", "") == name and not isinstance(parents.get(inner), ast.Attribute):
            return ""  # it may be told apart, or become something else
        if (
            isinstance(inner, ast.Attribute)
            and inner.attr in _MISSING - expected
            and getattr(inner.value, "id", "") == name
            and isinstance(inner.ctx, ast.Load)
            and happens(inner, function, parents)
            and not is_guarded(inside_it.place(inner), inner.attr, *_TELLING)
        ):
            return inner.attr
    return ""


def _expected(function: ast.AST) -> frozenset[str]:
    """What a function asks for under a name of its own, as in `body = getattr(response, "body", None)`."""
    return frozenset(
        str(argument.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for call in ast.walk(node.value)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("getattr", "hasattr")
        for argument in call.args
        if isinstance(argument, ast.Constant)
    )


def _is_asked_for(node: ast.Attribute, parents: Parents) -> bool:
    """`hasattr(response, "body") and response.body`, and the same with `if … else`."""
    return any(
        (isinstance(outer, ast.BoolOp) and asks(outer, (node.attr, *_TELLING)))
        or (isinstance(outer, ast.IfExp) and asks(outer.test, (node.attr, *_TELLING)))
        for outer in above(node, parents)
    )


def _is_another(node: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether `isinstance` has told of a response of another kind, which that of `call_next` never is."""
    found = list(members(inference.type_of(node, place)))
    return all(
        isinstance(member, Instance)
        and member.cls.name not in _STREAMING
        and is_object(member, inference, _RESPONSE)
        for member in found
    )
