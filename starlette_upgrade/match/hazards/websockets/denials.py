"""A denial that is streamed, or sends a file: it was sent as an answer to a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.hazards.websockets.conversation import WEBSOCKET
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_STREAMED = ("starlette.responses.FileResponse", "starlette.responses.StreamingResponse")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What is given to `send_denial_response()`, if it is such a response."""
    for call, place in context.candidates.calls:
        if last_name(call.func) not in match.names or is_chosen(place):
            continue
        response = argument_of(call, "response", 0)
        if response is not None and is_object_of(response, place, context.inference, *_STREAMED):
            yield Usage(active, response, place, "this response", WEBSOCKET, call, call)
