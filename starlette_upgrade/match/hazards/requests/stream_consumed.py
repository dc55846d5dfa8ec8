"""The body of a request is received a second time: `Stream consumed`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_attempt, is_caught
from starlette_upgrade.match.hazards.asked_forms import form_asked_for
from starlette_upgrade.match.hazards.objects import handled
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.narrowing import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.hazards.objects import Handled
    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_REQUEST = "starlette.requests.Request"
# What keeps the body for whoever asks next, and what only reads it from there.
_KEEPING = frozenset({"body", "json"})


@dataclass(frozen=True, slots=True)
class _State:
    """How much of the body is gone: `fresh`, `kept`, `gone`, or `form`: gone if it was one. `by` took it.

    `asked`: FastAPI has read the form, and nothing but a form came.
    """

    body: str
    by: ast.AST | None = None


_FRESH, _KEPT = _State("fresh"), _State("kept")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls that receive the body when `stream()` or `form()` has taken it on the way there."""
    for request in handled(match.names, (_REQUEST,), context):
        asked = form_asked_for(request.scope, context.inference)
        if asked is not None:
            yield from _in_function(active, request, _State("asked", asked))
        elif len(request.calls) > 1:
            yield from _in_function(active, request, _FRESH)


def _in_function(active: ActiveRule, request: Handled, start: _State) -> Iterator[Usage]:
    parents = parents_in(request.scope.node)
    reached = walk(request.scope.node, start, lambda node, state: _step(node, state, request, parents))
    for call, place in request.calls.values():
        assert isinstance(call.func, ast.Attribute)
        name, states = call.func.attr, reached.get(call, frozenset())
        failing = [state for state in states if _fails(name, state)]
        takers = [state.by for state in failing if state.by is not None]
        if not takers or is_caught(place, "RuntimeError") or _is_attempt(place, failing, request):
            continue
        on_every_way = len(takers) == len(states) or any(follows(call, taker, parents) for taker in takers)
        certain = on_every_way and not _depends_on_form(call, states, parents)
        yield Usage(active, call, place, f"{name}()", _REQUEST, parents.get(call), call, certain)


def _is_attempt(place: Place, failing: list[_State], request: Handled) -> bool:
    """Whether the code tries which kind of body it is: it is a form, or else something that can still be read."""
    return all(state.body == "form" for state in failing) and all(
        is_attempt(place, request.calls[state.by][1]) for state in failing if state.by in request.calls
    )


def _fails(name: str, state: _State) -> bool:
    return state.body == "gone" or (state.body in ("asked", "form") and name != "form")


def _depends_on_form(call: ast.Call, states: Iterable[_State], parents: Parents) -> bool:
    """Whether the body is gone only if it was a form, and a condition, perhaps on that, stands before the call."""
    takers = [state.by for state in states if state.body == "form" and state.by is not None]
    return bool(takers) and not all(follows(call, taker, parents) for taker in takers)


def _step(node: ast.AST, state: _State, request: Handled, parents: Parents) -> Iterable[_State]:
    if node in request.calls and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if state.body in ("asked", "gone") and _fails(node.func.attr, state):
            return []  # it raises
        return [_received(node, node.func.attr, state, parents)]
    if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        name = dotted(node)
        if name == request.name:
            return [_FRESH]
        if name.startswith(f"{request.name}."):  # `request._body = …`: somebody knows what it is about
            return [_KEPT]
    if isinstance(node, ast.Call) and state.body in ("fresh", "form") and _is_given(node, request.name):
        return [_KEPT]
    return [state]


def _received(call: ast.Call, name: str, state: _State, parents: Parents) -> _State:
    if state.body != "fresh":
        return _KEPT if _fails(name, state) else state  # what may fail is told once
    if name in _KEEPING:
        return _KEPT
    if name == "form":
        return _State("form", call)
    parent = parents.get(call)
    is_read = isinstance(parent, ast.AsyncFor | ast.comprehension) and parent.iter is call
    return _State("gone", call) if is_read else _KEPT


def _is_given(call: ast.Call, name: str) -> bool:
    """Whether a call is given the request itself: it may read the body, and keep it."""
    return any(dotted(value) == name for value in (*call.args, *(keyword.value for keyword in call.keywords)))
