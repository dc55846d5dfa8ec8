"""The body of a request is received a second time: `Stream consumed`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_attempt, is_caught
from starlette_upgrade.match.hazards.objects import handled
from starlette_upgrade.match.hazards.requests.before import state_before
from starlette_upgrade.match.hazards.requests.receiving import Receiving, State, fails
from starlette_upgrade.match.inevitable import follows, happens
from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.surroundings import Surroundings
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_REQUEST = "starlette.requests.Request"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls that receive the body when `stream()` or `form()` has taken it, in the same function or around it."""
    seen: set[ast.AST] = set()
    for request in handled(match.names, (_REQUEST,), context):
        receiving = Receiving(request.name, request.scope, context.inference)
        for usage in _in_function(active, receiving, state_before(request.scope, context.inference)):
            if usage.node not in seen:  # the request may have two names
                seen.add(usage.node)
                yield usage


def _in_function(active: ActiveRule, request: Receiving, start: State) -> Iterator[Usage]:
    surroundings, parents = inside(request.scope), request.parents
    for call, states in request.reached(start).items():
        if not isinstance(call, ast.Call):
            continue
        name, failing = _failing(call, states, request)
        takers = [state.by for state in failing if state.by is not None]
        place = surroundings.place(call) if takers else None
        if place is None or is_caught(place, "RuntimeError") or _is_attempt(place, failing, surroundings):
            continue
        on_every_way = len(takers) == len(states) or any(follows(call, taker, parents) for taker in takers)
        doubtful = any(state.body == "given" for state in failing) or _depends_on_form(call, failing, request)
        certain = on_every_way and not doubtful
        yield Usage(active, call, place, f"{name}()", _REQUEST, parents.get(call), call, certain)


def _failing(call: ast.Call, states: Iterable[State], request: Receiving) -> tuple[str, list[State]]:
    """The method that fails, here or in a function that a call gives the request to, and in which states."""
    name = request.method_of(call)
    if name:
        return name, [state for state in states if fails(name, state)]
    names = {state: request.failing(call, state) for state in states if fails("body", state)}
    failing = [state for state in names if names[state]]
    return next(filter(None, names.values()), ""), failing


def _is_attempt(place: Place, failing: list[State], surroundings: Surroundings) -> bool:
    """Whether the code tries which kind of body it is: it is a form, or else something that can still be read."""
    return all(state.body == "form" for state in failing) and all(
        surroundings.parent(state.by) is not None and is_attempt(place, surroundings.place(state.by))
        for state in failing
        if state.by is not None
    )


def _depends_on_form(call: ast.Call, failing: Iterable[State], request: Receiving) -> bool:
    """Whether the body is gone only if it was a form, and a condition, perhaps on that, stands before the call."""
    function, parents = request.scope.node, request.parents
    return not all(
        follows(call, state.by, parents, _is_refusal)
        if state.by in parents
        else happens(call, function, parents, _is_refusal)
        for state in failing
        if state.body == "form" and state.by is not None
    )


def _is_refusal(statement: ast.stmt) -> bool:
    """Whether a statement turns away who sent no form, or a wrong one: `if not form: …`, `if …: raise …`."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    test = statement.test
    is_negative = (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)) or (
        isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.NotIn)
    )
    return (is_negative and "headers" not in ast.unparse(test)) or isinstance(statement.body[-1], ast.Raise)
