"""What a function of the project does with a websocket that it is given: `await manager.connect(websocket)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.hazards.websockets.certainty import is_expected
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.semantics.classes import decorator_names
from starlette_upgrade.semantics.narrowing import dotted
from starlette_upgrade.semantics.types import FunctionType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.match.surroundings import Parents, Surroundings
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place

_TALKING = frozenset({
    "iter_bytes", "iter_json", "iter_text", "receive_bytes", "receive_json", "receive_text", "send_bytes",
    "send_json", "send_text",
})  # fmt: skip
_CLOSING = frozenset({"close", "send_denial_response"})
_STATES = frozenset({"application_state", "client_state"})
_BOUND = frozenset({"classmethod", "staticmethod"})
# What keeps or names a thing, and does nothing else with it: calls of such names that nobody awaits.
KEEPING = frozenset({"add", "append", "discard", "id", "isinstance", "print", "remove", "str"})
# Functions that call each other are followed so far.
_DEPTH = 3
Kind = Literal["same", "open", "closed", "unknown"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call does with the websocket.

    `leaves`: how it is left: as it was (`same`), accepted, closed, or closed on some ways only (`either`).
    `first`: the method that is surely called before all others; "" where it is not the same on every way.
    """

    leaves: Kind | Literal["either"] = "unknown"
    first: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    kind: Kind = "same"
    first: str = ""


def effect_of(call: ast.Call, name: str, place: Place, context: Context, depth: int = _DEPTH) -> Effect:
    """What an awaited call does with the websocket called `name` that it is given."""
    found = context.inference.type_of(call.func, place)
    if depth < 1 or not isinstance(found, FunctionType) or not isinstance(found.node, ast.AsyncFunctionDef):
        return Effect()
    parameter = _parameter(call, name, found)
    if not parameter or not decorator_names(found.node) <= _BOUND:
        return Effect()
    return effect_on(parameter, found, context, depth)


def effect_on(parameter: str, function: FunctionType, context: Context, depth: int = _DEPTH) -> Effect:
    """What a function does with the websocket that one of its parameters is."""
    node = function.node
    if not isinstance(node, ast.AsyncFunctionDef) or any(isinstance(n, ast.Yield) for n in ast.walk(node)):
        return Effect()
    steps = _Steps(parameter, parents_in(node), inside(function.scope), context, depth)
    end = ast.Pass()
    body = ast.Module([*node.body, end], [])
    reached = walk(body, _State(), steps.step)
    if not reached:
        return Effect()
    leaving = [inner for inner in ast.walk(body) if isinstance(inner, ast.Return) and steps.around.is_own(inner)]
    ends = {state for way in (*leaving, end) for state in reached.get(way, ())}
    deeds = {state.first for state in ends} or {
        state.first for states in reached.values() for state in states if state.first
    }
    first = deeds.pop() if len(deeds) == 1 else ""
    kinds = {state.kind for state in ends}
    if len(kinds) == 1:
        return Effect(kinds.pop(), first)
    return Effect("either" if kinds == {"same", "closed"} else "unknown", first)


@dataclass(frozen=True, slots=True)
class _Steps:
    parameter: str
    parents: Parents
    around: Surroundings
    context: Context
    depth: int

    def step(self, node: ast.AST, state: _State) -> Iterable[_State]:
        if isinstance(node, ast.Name) and node.id == self.parameter:
            return [self._named(node, state)]
        if not isinstance(node, ast.Call):
            return [state]
        awaited = isinstance(self.parents.get(node), ast.Await | ast.AsyncFor)
        if isinstance(node.func, ast.Attribute) and dotted(node.func.value) == self.parameter:
            return [self._done(node, node.func.attr, state, awaited=awaited)]
        if not any(dotted(value) == self.parameter for value in _given(node)):
            return [state]
        if not awaited:
            return [state if is_keeping(node) else self._unknown(state)]
        done = effect_of(node, self.parameter, self.around.place(node), self.context, self.depth - 1)
        state = self._after(node, done.first, state) if done.first else state
        if done.leaves == "either":
            return [state, replace(state, kind="closed")] if state.kind == "same" else [state]
        if done.leaves == "unknown":
            return [self._unknown(state)]
        return [state if done.leaves == "same" else replace(state, kind=done.leaves)]

    def _named(self, node: ast.Name, state: _State) -> _State:
        parent = self.parents.get(node)
        if not isinstance(node.ctx, ast.Load):
            return _State("unknown", "?")
        if isinstance(parent, ast.Attribute):
            return _State("unknown", state.first or "?") if parent.attr in _STATES else state
        return state

    def _done(self, call: ast.Call, name: str, state: _State, *, awaited: bool) -> _State:
        if not awaited:
            return state if name not in _TALKING | _CLOSING | {"accept"} else self._unknown(state)
        if name in ("receive", "send"):
            return self._unknown(state)
        if name not in _TALKING | _CLOSING | {"accept"}:
            return state
        state = self._after(call, name, state)
        if name == "accept":
            return replace(state, kind="open")
        return replace(state, kind="closed") if name in _CLOSING else state

    def _after(self, call: ast.Call, name: str, state: _State) -> _State:
        if state.first:
            return state
        return replace(state, first="?" if is_expected(call, (), self.parents) else name)

    @staticmethod
    def _unknown(state: _State) -> _State:
        kind = state.kind if state.kind in ("open", "closed") else "unknown"
        return _State(kind, state.first or "?")


def is_keeping(call: ast.Call) -> bool:
    """Whether a call that nobody awaits only keeps what it is given: `connections.add(websocket)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in KEEPING


def _given(call: ast.Call) -> Iterable[ast.expr]:
    return (*call.args, *(keyword.value for keyword in call.keywords))


def _parameter(call: ast.Call, name: str, function: FunctionType) -> str:
    """The parameter that takes the websocket; "" where that is not plain."""
    arguments = function.node.args.args
    is_bound = function.receiver is not None and "staticmethod" not in decorator_names(function.node)
    taken = [argument.arg for argument in (arguments[1:] if is_bound else arguments)]
    for number, value in enumerate(call.args):
        if isinstance(value, ast.Starred):
            return ""
        if dotted(value) == name:
            return taken[number] if number < len(taken) else ""
    return next((keyword.arg or "" for keyword in call.keywords if dotted(keyword.value) == name), "")
