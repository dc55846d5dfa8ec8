"""What an endpoint leaves behind for its websocket: when it ends, the server ends the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.connections import MESSAGES, WEBSOCKET, parameters_of
from starlette_upgrade.match.hazards.endpoints import endpoint_of
from starlette_upgrade.match.hazards.handling import Manners, uses_of
from starlette_upgrade.match.hazards.later import done_with
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.requests.background import makes_task
from starlette_upgrade.match.hazards.unawaited import unawaited
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

_FILLING = Manners(frozenset(), frozenset({"add_task"}))


def find_unawaited(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`create_task(function(websocket))` in an endpoint that ends without a pause."""
    inference = context.inference
    for task in unawaited(match, context):
        answering = function_around(task.later.place)
        if not task.at_once or not _is_endpoint(answering, inference):
            continue
        names = list(parameters_of(answering, inference, WEBSOCKET))
        for doing in done_with(names, task.later, answering, MESSAGES, inference):
            yield Usage(active, task.call, task.later.place, f"{doing.method}()", WEBSOCKET, None, task.call)
            break


def find_background(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`tasks.add_task(…)` in a websocket endpoint of FastAPI, where `tasks` is a parameter."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if last_name(call.func) not in match.names or not makes_task(call, place, inference):
            continue
        scope = function_around(place)
        owner = getattr(call.func, "value", None)
        name = "" if owner is None else last_name(owner)
        if name not in parameters_of(scope, inference, *match.classes) or not _is_endpoint(scope, inference):
            continue
        if not any(uses_of(name, scope, _FILLING, inference)):  # else somebody may run them
            yield Usage(active, call, place, "add_task", match.classes[0], None, call)


def _is_endpoint(scope: Scope, inference: Inference) -> bool:
    endpoint = endpoint_of(scope, inference)
    return endpoint is not None and endpoint.kind == "websocket"
