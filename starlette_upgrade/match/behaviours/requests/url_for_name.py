"""`url_for(name=…)`: the name of the route by keyword."""

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

_OWNERS = (
    "starlette.requests.HTTPConnection",
    "starlette.applications.Starlette",
    "starlette.routing.Router",
    "starlette.routing.BaseRoute",
)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls with `name=` and nothing by position; else it is a path parameter of that name."""
    inference = context.inference
    for call, place in context.candidates.calls:
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in match.names or call.args:
            continue
        keyword = next((keyword for keyword in call.keywords if keyword.arg == "name"), None)
        if keyword is None or is_guarded(place, function.attr):
            continue
        found = inference.type_of(function.value, place)
        receiver = judge_receiver(found, function.attr, _OWNERS, inference, function.value, context.named_near)
        if receiver is not None:
            yield Usage(
                active,
                keyword,
                place,
                function.attr,
                receiver.owner,
                call,
                call,
                receiver.certain,
                receiver.whole,
            )
