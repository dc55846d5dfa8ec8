"""`isinstance(response, StreamingResponse)` of what `call_next` gave: it is no longer one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.call_next import MIDDLEWARE, is_dispatch
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_STREAMING = "starlette.responses.StreamingResponse"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """The tests in a `dispatch`, of the name that holds the response of `call_next`."""
    for call, place in context.candidates.calls:
        if getattr(call.func, "id", "") not in match.names:
            continue
        name = _name_of_result(call, place)
        tests = list(_tests(name, place, context)) if name else []
        if tests and not is_chosen(place) and is_dispatch(place, context):
            for test in tests:
                yield Usage(active, test, place, "StreamingResponse", MIDDLEWARE)


def _name_of_result(call: ast.Call, place: Place) -> str:
    """The name that gets what the call gives, and never anything else."""
    statement = place.statement
    value = getattr(statement, "value", None)
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    if not (isinstance(value, ast.Await) and value.value is call and len(targets) == 1):
        return ""
    name = getattr(targets[0], "id", "")
    return name if len(place.scope.names.get(name, ())) == 1 else ""


def _tests(name: str, place: Place, context: Context) -> Iterator[ast.Call]:
    for node in ast.walk(place.scope.node):
        if not (
            isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance" and len(node.args) == 2
        ):
            continue
        tested, kinds = node.args
        if getattr(tested, "id", "") != name:
            continue
        for kind in kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]:
            if context.inference.canonical(kind, place) == _STREAMING:
                yield node
