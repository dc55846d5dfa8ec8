"""Is the body of a request still to be received when the function that answers it is done?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.connections import BODY, REQUEST, parameters_of
from starlette_upgrade.match.hazards.endpoints import endpoint_of
from starlette_upgrade.match.hazards.handling import uses_of
from starlette_upgrade.match.hazards.later import done_with
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.requests.before import state_before
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.later import Later
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Scope


def received_later(active: ActiveRule, later: Later, node: ast.expr, context: Context) -> Iterator[Usage]:
    """The usage if what runs later receives the body of a request that nobody has read; certain for an endpoint."""
    inference = context.inference
    answering = function_around(later.place)
    names = list(parameters_of(answering, inference, REQUEST))
    for doing in done_with(names, later, answering, BODY, inference):
        unread = _is_unread(doing.name, answering, later, context)
        if unread is not None:
            yield Usage(active, node, later.place, f"{doing.method}()", REQUEST, None, later.call, certain=unread)
            return


def _is_unread(name: str, answering: Scope, later: Later, context: Context) -> bool | None:
    """Whether nobody has received the body before; None where somebody has, False where that may be."""
    inference = context.inference
    endpoint = endpoint_of(answering, inference)
    if endpoint is not None and endpoint.body_is_read:
        return None
    if endpoint is not None and state_before(answering, inference).body not in ("fresh", "unknown"):
        return None
    sure = endpoint is not None and endpoint.alone and endpoint.kind == "http"
    for use in uses_of(name, answering, BODY, inference, apart=(later.call,)):
        if use.inner is later.function.node:
            continue
        if use.method:
            return None
        sure = False
    return sure
