"""`WebSocketClose(…)(receive, send)`: the call without a scope."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_CLOSE = "starlette.websockets.WebSocketClose"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls with two arguments of an object that was just made, or of the name that it was given."""
    for made, place in context.candidates.calls:
        if last_name(made.func) not in match.names:
            continue
        cls = context.inference.type_of(made.func, place)
        if not (isinstance(cls, ClassType) and cls.name == _CLOSE) or is_guarded(place):
            continue
        for call in _calls_of(made, place):
            plain = not any(isinstance(argument, ast.Starred) for argument in call.args)
            if plain and len(call.args) == 2 and not call.keywords:
                yield Usage(active, call, place, "WebSocketClose", _CLOSE, None, call)


def _calls_of(made: ast.Call, place: Place) -> Iterator[ast.Call]:
    statement = place.statement
    if isinstance(statement, ast.Assign) and statement.value is made:
        names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        for node in ast.walk(place.scope.node):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in names and len(place.scope.names.get(name, ())) == 1:
                yield node
    else:
        yield from (n for n in ast.walk(statement) if isinstance(n, ast.Call) and n.func is made)
