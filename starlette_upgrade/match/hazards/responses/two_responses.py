"""Two responses to one request: a middleware refuses, and calls the application all the same."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.hazards.handling import parameter_for
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.places import holds
from starlette_upgrade.match.results import above
from starlette_upgrade.match.surroundings import function_scopes, inside, parents_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

_RESPONSE = "starlette.responses.Response"
_START = "http.response.start"
# What a middleware calls the application behind it, which answers every request.
_APPLICATIONS = frozenset({"app", "application", "asgi", "asgi_app", "inner", "next_app", "wrapped_app"})
# By which its base class answers in place of a subclass.
_ANSWERING = frozenset({"__call__", "handle", "app"})
_DEPTH = 2


@dataclass(frozen=True, slots=True)
class _State:
    """What has answered: `kind` is `response`, `start` (written out) or `app`; `handed`: `send` is another one."""

    kind: str = ""
    by: ast.AST | None = None
    handed: bool = False


_NOTHING, _OTHER = _State(), _State(handed=True)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where an ASGI application begins a response by the same `send` that has had one."""
    for scope in function_scopes(context.module.scope) if holds(context.module, match.words) else ():
        parameters = _parameters(scope.node)
        if parameters is not None:
            yield from _Application(scope, parameters[2], context.inference).usages(active)


def _parameters(node: ast.AST) -> tuple[str, str, str] | None:
    """What an ASGI application calls its three parameters; None for any other function."""
    if not isinstance(node, ast.AsyncFunctionDef):
        return None
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    scope, receive, send = ("", "", "", *names)[-3:]
    return (scope, receive, send) if "scope" in scope and "receive" in receive and "send" in send else None


class _Application:
    def __init__(self, scope: Scope, send: str, inference: Inference, depth: int = 0) -> None:
        self.scope = scope
        self.send = send
        self.inference = inference
        self.depth = depth
        self.surroundings = inside(scope)
        self.parents: Parents = parents_in(scope.node)
        self._answered: dict[ast.Call, bool] = {}

    def usages(self, active: ActiveRule) -> Iterator[Usage]:
        for node, states in walk(self.scope.node, _NOTHING, self._step).items():
            kind = self._kind(node) if isinstance(node, ast.Call) else ""
            before = [state for state in states if state.kind and state.by is not node]
            if not kind or not before or not isinstance(node, ast.Call):
                continue
            if len(before) == len(states) or any(self._follows(node, state) for state in before):
                # An application that is called twice may have been called for two kinds of connections.
                certain = any(kind != "app" or state.kind != "app" for state in before)
                place = self.surroundings.place(node)
                yield Usage(active, node, place, ast.unparse(node.func), _RESPONSE, None, node, certain=certain)

    def answers(self) -> bool:
        """Whether it has answered whenever it is done."""
        end = ast.Pass()
        body = getattr(self.scope.node, "body", [])
        reached = walk(ast.Module([*body, end], []), _NOTHING, self._step)
        ends = [(node, states) for node, states in reached.items() if node is end or isinstance(node, ast.Return)]
        return bool(ends) and all(state.kind for _, states in ends for state in states)

    def _follows(self, node: ast.Call, state: _State) -> bool:
        return state.by is not None and follows(node, state.by, self.parents)

    def _step(self, node: ast.AST, state: _State) -> list[_State]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == self.send:
            return [_OTHER]
        if isinstance(node, ast.Name) and node.id == self.send and not isinstance(node.ctx, ast.Load):
            return [_OTHER]
        if isinstance(node, ast.ExceptHandler) and state.by is not None:
            statement = self.parents.get(node)  # what raised has perhaps not answered
            return [_NOTHING if any(outer is statement for outer in above(state.by, self.parents)) else state]
        if state.handed or not isinstance(node, ast.Call):
            return [state]
        kind = self._kind(node)
        return [_State(kind, node)] if kind else [state]

    def _kind(self, call: ast.Call) -> str:
        """What a call is that answers by our own `send`; "" for any other."""
        if not isinstance(self.parents.get(call), ast.Await):
            return ""
        if getattr(call.func, "id", "") == self.send:
            return "start" if call.args and _is_start(call.args[0]) else ""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        sends = [node for node in given if getattr(node, "id", "") == self.send]
        if len(sends) != 1:
            return ""
        if len(given) == 3 and given[2] is sends[0]:
            if is_object_of(call.func, self.surroundings.place(call), self.inference, _RESPONSE):
                return "response"
            is_application = last_name(call.func).lstrip("_") in _APPLICATIONS or self._is_of_base(call)
            if is_application or self._is_what_is_wrapped(call.func):
                return "app"
        return "response" if self._is_answered_by(call, sends[0]) else ""

    def _is_of_base(self, call: ast.Call) -> bool:
        """`await super().__call__(…)`, of which nothing is asked: what gives something is no application."""
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in _ANSWERING:
            return False
        is_asked = not isinstance(self.parents.get(self.parents.get(call, call)), ast.Expr | ast.Return)
        return isinstance(function.value, ast.Call) and last_name(function.value.func) == "super" and not is_asked

    def _is_what_is_wrapped(self, function: ast.expr) -> bool:
        """What a middleware is made with, as the first argument of its class, or of the function around."""
        if isinstance(function, ast.Name):
            outer = self.scope.parent
            is_free = outer is not None and function.id not in self.scope.names
            return is_free and outer is not None and _first_parameter(outer.node) == function.id
        if not isinstance(function, ast.Attribute) or getattr(function.value, "id", "") != "self":
            return False
        body = getattr(self.scope.parent.node, "body", []) if self.scope.parent is not None else []
        made = next((node for node in body if getattr(node, "name", "") == "__init__"), None)
        return made is not None and any(
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Attribute)
            and node.targets[0].attr == function.attr
            and getattr(node.value, "id", "") == _first_parameter(made, 1)
            for node in ast.walk(made)
        )

    def _is_answered_by(self, call: ast.Call, send: ast.expr) -> bool:
        """Whether a function of the project is given `send` and always answers."""
        if call in self._answered:
            return self._answered[call]
        found = list(members(self.inference.type_of(call.func, self.surroundings.place(call))))
        function = found[0] if len(found) == 1 and self.depth < _DEPTH else None
        answered = False
        if isinstance(function, FunctionType) and isinstance(function.node, ast.AsyncFunctionDef):
            ensure_bound(function.scope)
            name = None if function.node.decorator_list else parameter_for(send, call, function)
            if name is not None and function.node is not self.scope.node:
                answered = _Application(function.scope, name, self.inference, self.depth + 1).answers()
        self._answered[call] = answered
        return answered


def _first_parameter(function: ast.AST, skip: int = 0) -> str | None:
    args = getattr(function, "args", None)
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)] if isinstance(args, ast.arguments) else []
    return names[skip] if len(names) > skip else None


def _is_start(message: ast.expr) -> bool:
    """`{"type": "http.response.start", …}`"""
    return isinstance(message, ast.Dict) and any(
        isinstance(key, ast.Constant)
        and key.value == "type"
        and isinstance(value, ast.Constant)
        and value.value == _START
        for key, value in zip(message.keys, message.values, strict=True)
    )
