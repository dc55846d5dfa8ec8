"""Calls of a method that became a coroutine function, without `await`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls of the rule's methods whose result is used at once."""
    for call, place in context.candidates.calls:
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in match.names:
            continue
        awaited = any(isinstance(node, ast.Await) and node.value is call for node in ast.walk(place.statement))
        if awaited or _is_awaited_later(place) or is_chosen(place, "iscoroutine", "isawaitable"):
            continue
        found = context.inference.type_of(function.value, place)
        receiver = judge_receiver(found, function.attr, match.classes, context.inference)
        if receiver is not None:
            certain, whole = receiver.certain, receiver.whole
            yield Usage(active, call, place, function.attr, receiver.owner, None, call, certain, whole)


def _is_awaited_later(place: Place) -> bool:
    """Whether the statement gives the result to a name that is awaited further down."""
    targets = place.statement.targets if isinstance(place.statement, ast.Assign) else []
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return bool(names) and any(
        isinstance(node, ast.Await) and getattr(node.value, "id", None) in names
        for node in ast.walk(place.scope.node)
    )
