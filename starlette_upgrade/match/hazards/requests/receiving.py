"""How much of the body of a request is left, along the paths of a function and of those that it is given to."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_caught
from starlette_upgrade.match.hazards.connections import BODY
from starlette_upgrade.match.hazards.handling import parameter_for
from starlette_upgrade.match.inevitable import happens
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.narrowing import dotted
from starlette_upgrade.semantics.types import FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

# What keeps the body for whoever asks next, and what only reads it from there.
_KEEPING = frozenset({"body", "json"})
_TAKEN = frozenset({"form", "given", "gone"})
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class State:
    """How much of the body is gone: `fresh`, `kept`, `gone`, or `form`: gone if it was one. `by` took it.

    `asked`: FastAPI has read the form, and nothing but a form came. `given`: somebody else is to read the stream.
    """

    body: str
    by: ast.AST | None = None


FRESH, KEPT, UNKNOWN = State("fresh"), State("kept"), State("unknown")


def fails(name: str, state: State) -> bool:
    """Whether a method fails in a state, or may."""
    return state.body in ("given", "gone") or (state.body in ("asked", "form") and name != "form")


class Receiving:
    """A function that knows a request by a name."""

    def __init__(self, name: str, scope: Scope, inference: Inference, depth: int = 0) -> None:
        self.name = name
        self.scope = scope
        self.parents = parents_in(scope.node)
        self._inference = inference
        self._depth = depth
        self._surroundings = inside(scope)
        self._names, self._streams = _called_like(scope.node, name)

    def reached(self, start: State) -> dict[ast.AST, frozenset[State]]:
        """The states in which the code arrives at each node, and, under the function, at its end."""
        end = ast.Pass()
        body = getattr(self.scope.node, "body", [])
        found = walk(ast.Module([*body, end], []), start, self._step) if isinstance(body, list) else {}
        ends = [states for node, states in found.items() if node is end or isinstance(node, ast.Return)]
        found[self.scope.node] = frozenset().union(*ends)
        return found

    def method_of(self, node: ast.AST) -> str:
        """The method of the request that a call receives the body by; "" for any other node."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BODY.methods:
            return node.func.attr if dotted(node.func.value) in self._names else ""
        return ""

    def failing(self, call: ast.Call, state: State) -> str:
        """The method that surely fails in a function that a call gives the request to; "" for none."""
        inner = self._given_to(call)
        return "" if inner is None else inner._fails_at_once(state)

    def _fails_at_once(self, start: State) -> str:
        for node, states in self.reached(start).items():
            method = self.method_of(node) or (self.failing(node, start) if isinstance(node, ast.Call) else "")
            if not method or states != {start} or not fails(method, start):
                continue
            is_expected = is_caught(self._surroundings.place(node), "RuntimeError", "Exception", "BaseException")
            if happens(node, self.scope.node, self.parents) and not is_expected:
                return method
        return ""

    def _given_to(self, call: ast.Call) -> Receiving | None:
        if self._depth == _DEPTH:
            return None
        found = list(members(self._inference.type_of(call.func, self._surroundings.place(call))))
        given = [value for value in _arguments(call) if dotted(value) in self._names]
        function = found[0] if len(found) == 1 else None
        if not isinstance(function, FunctionType) or len(given) != 1:
            return None
        name = parameter_for(given[0], call, function)
        is_run = isinstance(function.node, ast.FunctionDef) or isinstance(self.parents.get(call), ast.Await)
        return followed(function, name, self._inference, self._depth + 1) if name and is_run else None

    # One node

    def _step(self, node: ast.AST, state: State) -> Iterable[State]:
        method = self.method_of(node)
        if method and isinstance(node, ast.Call):
            if state.body in ("asked", "gone") and fails(method, state):
                return []  # it raises
            return [self._received(node, method, state)]
        if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            name = dotted(node)
            if name == self.name:
                return [FRESH]
            if name.startswith(f"{self.name}."):  # `request._body = …`: somebody knows what it is about
                return [KEPT]
        if isinstance(node, ast.Name) and node.id in self._streams and isinstance(node.ctx, ast.Load):
            return [self._read(node, state)]
        if isinstance(node, ast.Call) and any(dotted(value) in self._names for value in _arguments(node)):
            return self._handed(node, state)
        return [state]

    def _handed(self, call: ast.Call, state: State) -> Iterable[State]:
        inner = self._given_to(call) if state.body != "kept" else None
        if inner is not None:
            ends = inner.reached(state)[inner.scope.node]
            if state.body == "fresh" and len({end.body in _TAKEN for end in ends}) > 1:
                return [KEPT]  # what it gives may tell
            return {end if end == state or end.by is None else State(end.body, call) for end in ends}
        # It may read the body, and keep it.
        return [KEPT if state.body in ("form", "fresh", "given") else state]

    def _received(self, call: ast.Call, name: str, state: State) -> State:
        if state.body != "fresh":
            return KEPT if fails(name, state) else state  # what may fail is told once
        if name in _KEEPING:
            return KEPT
        if name == "form":
            return State("form", call)
        return self._read(call, state)

    def _read(self, stream: ast.expr, state: State) -> State:
        """What becomes of the body where the stream is mentioned."""
        if state.body != "fresh":
            return state
        parent = self.parents.get(stream)
        if isinstance(parent, ast.AsyncFor | ast.comprehension) and parent.iter is stream:
            return State("gone", stream)
        if isinstance(parent, ast.Call) and stream in parent.args:
            return State("given", stream)
        if isinstance(parent, ast.keyword):
            return State("given", stream)
        is_named = isinstance(parent, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in self._streams for target in parent.targets
        )
        return state if is_named else KEPT


def followed(function: FunctionType, name: str, inference: Inference, depth: int = 0) -> Receiving | None:
    """A function of the project that runs to its end where it is called."""
    node = function.node
    if isinstance(node, ast.Lambda) or node.decorator_list:
        return None  # what is called may be another function
    ensure_bound(function.scope)
    if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)):
        return None
    return Receiving(name, function.scope, inference, depth)


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _called_like(function: ast.AST, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a function gives to the request, or to its stream, and to nothing else."""
    nodes = list(ast.walk(function))
    stores = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    named = [
        (node.targets[0].id, node.value)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if stores.count(node.targets[0].id) == 1 and name not in stores
    ]
    requests = {name, *(target for target, value in named if isinstance(value, ast.Name) and value.id == name)}
    streams = {f"{request}.stream" for request in requests}
    taken = (target for target, value in named if isinstance(value, ast.Call) and dotted(value.func) in streams)
    return frozenset(requests), frozenset(taken)
