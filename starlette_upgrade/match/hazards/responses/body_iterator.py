"""`response.body_iterator` is read to its end, and the same response is sent: with nothing in it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.match.hazards.dispatching import calls_of_next
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.responses.holders import NOBODY
from starlette_upgrade.match.hazards.responses.iterated import ITERATOR, Following, State
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import UNKNOWN, FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_RESPONSE = "starlette.responses.Response"
_STREAMING = "starlette.responses.StreamingResponse"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where a function returns, or sends, a response whose body was read there."""
    origins: dict[tuple[int, int], tuple[ast.AST, Scope, bool]] = {}
    for call, place in calls_of_next(match.names, context):
        scope = function_around(place)
        origins[id(scope), id(call)] = (call, scope, True)
    for node, _, place in context.candidates.attributes:
        if node.attr == ITERATOR and isinstance(node.ctx, ast.Load):
            for origin in _origins(node.value, place, context.inference):
                certain = _is_read_once(origin, node.value, place, context.inference)
                if certain is not None:
                    scope = function_around(place)
                    origins.setdefault((id(scope), id(origin)), (origin, scope, certain))
    for origin, scope, certain in origins.values():
        yield from _sent_empty(active, Following(origin, scope, context.inference), certain=certain)


def _origins(node: ast.expr, place: Place, inference: Inference) -> Iterator[ast.AST]:
    """What gives a name its value, in the same function; what is awaited there, not the awaiting."""
    found = inference.bindings_of(node.id, place, node) if isinstance(node, ast.Name) else UNKNOWN
    for binding in found if isinstance(found, list) else ():
        origin = binding.node
        while isinstance(origin, ast.Await):
            origin = origin.value
        home = binding.statement if isinstance(origin, ast.arg) else function_around(binding.place).node
        if home is function_around(place).node and binding.kind in ("value", "annotated", "parameter"):
            yield origin


def _is_read_once(origin: ast.AST, node: ast.expr, place: Place, inference: Inference) -> bool | None:
    """Whether the body of a response surely comes from an iterator; None if it is no response of Starlette's."""
    found = inference.type_of(node, place)
    if not is_object(found, inference, _RESPONSE):
        unknown = any(member == UNKNOWN for member in members(found))
        return False if unknown or judge_receiver(found, ITERATOR, (_STREAMING,), inference) else None
    if not isinstance(origin, ast.Call):
        return True
    content = argument_of(origin, "content", 0)
    if content is None or not is_object(inference.type_of(origin, place), inference, _STREAMING):
        return True
    made = inference.type_of(content.func, place) if isinstance(content, ast.Call) else UNKNOWN
    return isinstance(content, ast.GeneratorExp) or isinstance(made, FunctionType)


def _sent_empty(active: ActiveRule, response: Following, *, certain: bool) -> Iterator[Usage]:
    parameter = response.origin if isinstance(response.origin, ast.arg) else None
    reached = response.reached(State(frozenset({parameter.arg}) if parameter else NOBODY))
    sent: list[tuple[ast.expr, frozenset[State]]] = []
    replaced: set[ast.AST] = set()
    for node, states in reached.items():
        value = _sent(node)
        if value is None:
            continue
        empty = frozenset(state for state in states if state.taken is not None and response.gives(value, state))
        if empty:
            sent.append((value, states))
        elif isinstance(node, ast.Return):
            replaced.update(state.taken for state in states if state.taken is not None)
    surroundings = inside(response.scope)
    for value, states in sent:
        empty = frozenset(state for state in states if state.taken is not None)
        on_every_way = empty == states or not any(state.taken in replaced for state in empty)
        sure = certain and on_every_way and not any(state.doubtful for state in empty)
        name = getattr(value, "id", "response")
        yield Usage(active, value, surroundings.place(value), name, _RESPONSE, certain=sure)


def _sent(node: ast.AST) -> ast.expr | None:
    """The response that a `return` hands to who sends it, or that is sent here: `await response(scope, …)`."""
    if isinstance(node, ast.Return):
        return node.value
    return node.func if isinstance(node, ast.Call) and len(node.args) == 3 else None
