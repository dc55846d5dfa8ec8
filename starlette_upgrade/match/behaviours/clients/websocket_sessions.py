"""`client.websocket_connect(…)` whose result nobody enters with `with`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_CLIENT = "starlette.testclient.TestClient"
_ENTERED = frozenset({"__enter__", "__exit__"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls whose result is used at once, kept under a name that is never entered, or thrown away."""
    for call, place in context.candidates.calls:
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in match.names:
            continue
        if _is_used_at_once(call, place.statement) or _is_kept_unentered(call, place):
            found = context.inference.type_of(function.value, place)
            receiver = judge_receiver(found, function.attr, (_CLIENT,), context.inference)
            if receiver is not None and receiver.certain and not is_guarded(place, function.attr):
                yield Usage(active, call, place, function.attr, _CLIENT, None, call)


def _is_used_at_once(call: ast.Call, statement: ast.stmt) -> bool:
    """`client.websocket_connect(…).receive_text()`, or a call that is a statement of its own."""
    if isinstance(statement, ast.Expr) and statement.value is call:
        return True
    return any(
        isinstance(node, ast.Attribute) and node.value is call and node.attr not in _ENTERED
        for node in ast.walk(statement)
    )


def _is_kept_unentered(call: ast.Call, place: Place) -> bool:
    """Whether a local name holds the result, and is only asked for attributes: it is handed to nobody."""
    statement = place.statement
    if not (isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1):
        return False
    target = statement.targets[0]
    if not isinstance(target, ast.Name) or target.id in place.scope.outer_names:
        return False
    uses = asked = 0
    for node in ast.walk(place.scope.node):
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load):
            uses += 1
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == target.id:
            asked += node.attr not in _ENTERED
    return 0 < uses == asked
