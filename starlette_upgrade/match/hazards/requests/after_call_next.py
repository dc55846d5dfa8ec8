"""The body of a request is asked for in a `dispatch` when the application behind it has had it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.catching import nets_around
from starlette_upgrade.match.hazards.connections import BODY, REQUEST
from starlette_upgrade.match.hazards.dispatching import calls_of_next
from starlette_upgrade.match.hazards.handling import method_of_passed
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.inevitable import follows
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.results import above
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.narrowing import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

_EXPECTED = frozenset({"builtins.RuntimeError", "starlette.requests.ClientDisconnect"})
# The statuses that come without an endpoint.
_UNANSWERED = re.compile(r"(?<!\d)40[1345](?!\d)")
# What gives the request another body, or the middleware the body that it has kept.
_PREPARING = frozenset({"receive", "_receive", "_body", "_json", "_form", "_stream_consumed"})


@dataclass(frozen=True, slots=True)
class _Dispatch:
    """A `dispatch` function: what it calls the request and what is next; the nodes around its nodes."""

    scope: Scope
    request: str
    call_next: str
    parents: Parents
    inference: Inference


@dataclass(frozen=True, slots=True)
class _State:
    """`by`: the call that let the application answer. `kept`: the body was read before, or nobody knows."""

    by: ast.AST | None = None
    kept: bool = False


_KEPT = _State(kept=True)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls that receive the body, here or in a function that is given the request, behind `call_next`."""
    seen: set[int] = set()
    for _, place in calls_of_next(match.names, context):
        scope = function_around(place)
        names = _parameters(scope)
        if names is not None and id(scope) not in seen:
            seen.add(id(scope))
            ensure_bound(scope)
            dispatch = _Dispatch(scope, *names, parents_in(scope.node), context.inference)
            yield from _in_function(active, dispatch)


def _parameters(scope: Scope) -> tuple[str, str] | None:
    """What the request and `call_next` are called: the last two parameters."""
    args = getattr(scope.node, "args", None)
    if not isinstance(args, ast.arguments) or not isinstance(scope.node, ast.AsyncFunctionDef):
        return None
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    return (names[-2], names[-1]) if len(names) in (2, 3) else None


def _in_function(active: ActiveRule, dispatch: _Dispatch) -> Iterator[Usage]:
    reached = walk(dispatch.scope.node, _State(), lambda node, state: _step(node, state, dispatch))
    for node, states in reached.items():
        method = _received(node, dispatch)
        causes = [state.by for state in states if state.by is not None]
        if not method or not causes or not isinstance(node, ast.Call) or any(state.kept for state in states):
            continue  # who reads it in front of `call_next` at times may know when
        place = inside(dispatch.scope).place(node)
        always = len(causes) == len(states) or any(follows(node, cause, dispatch.parents) for cause in causes)
        nets = list(nets_around(place, dispatch.inference))
        if any(net.errors & _EXPECTED for net in nets):
            continue
        told = any(net.catches_all() for net in nets) or _is_unanswered(node, dispatch.parents)
        certain = always and not told
        yield Usage(active, node, place, f"{method}()", REQUEST, dispatch.parents.get(node), node, certain)


def _is_unanswered(node: ast.AST, parents: Parents) -> bool:
    """Whether a condition around may be that no endpoint was asked: then nobody has had the body."""
    tests = [outer.test for outer in above(node, parents) if isinstance(outer, ast.If | ast.IfExp)]
    return any(_UNANSWERED.search(ast.unparse(test)) for test in tests)


def _step(node: ast.AST, state: _State, dispatch: _Dispatch) -> Iterable[_State]:
    if state.kept:
        return [state]
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == dispatch.call_next:
            plain = len(node.args) == 1 and dotted(node.args[0]) == dispatch.request
            return [_State(by=node) if plain and isinstance(dispatch.parents.get(node), ast.Await) else _KEPT]
        return [state if _received(node, dispatch) is None else _KEPT]
    if isinstance(node, ast.Attribute) and dotted(node.value) == dispatch.request and node.attr in _PREPARING:
        return [_KEPT]
    if isinstance(node, ast.Name) and node.id == dispatch.request and not isinstance(node.ctx, ast.Load):
        return [_KEPT]
    return [state]


def _received(node: ast.AST, dispatch: _Dispatch) -> str | None:
    """The method by which a call receives the body; "" if nobody knows what it does with the request."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and dotted(node.func.value) == dispatch.request:
        return node.func.attr if node.func.attr in BODY.methods else None
    return method_of_passed(dispatch.request, node, dispatch.scope, BODY, dispatch.inference)
