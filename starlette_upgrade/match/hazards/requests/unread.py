"""Is the body of a request still to be received when the function that answers it is done?"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.connections import BODY, REQUEST, parameters_of
from starlette_upgrade.match.hazards.endpoints import endpoint_of
from starlette_upgrade.match.hazards.handling import uses_of
from starlette_upgrade.match.hazards.later import done_with
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.requests.before import state_before
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.hazards.later import Later
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place, Scope


def received_later(active: ActiveRule, later: Later, node: ast.expr, context: Context) -> Iterator[Usage]:
    """The usage if what runs later receives the body of a request that nobody has read; certain for an endpoint."""
    inference = context.inference
    answering = function_around(later.place)
    names = list(parameters_of(answering, inference, REQUEST))
    for doing in done_with(names, later, answering, BODY, inference):
        unread = _is_unread(doing.name, answering, later.call, (later.function.node,), context)
        if unread is not None:
            yield Usage(active, node, later.place, f"{doing.method}()", REQUEST, None, later.call, certain=unread)
            return


def stream_received_later(
    active: ActiveRule, stream: ast.Call, node: ast.expr, place: Place, context: Context
) -> Iterator[Usage]:
    """The usage if `request.stream()` itself is what is read later, and nobody has read the body."""
    answering = function_around(place)
    owner = stream.func.value if isinstance(stream.func, ast.Attribute) else stream.func
    if isinstance(owner, ast.Name) and owner.id in parameters_of(answering, context.inference, REQUEST):
        unread = _is_unread(owner.id, answering, stream, (owner,), context)
        if unread is not None:
            yield Usage(active, node, place, "stream()", REQUEST, None, stream, certain=unread)


def _is_unread(
    name: str, answering: Scope, call: ast.Call, known: Sequence[ast.AST], context: Context
) -> bool | None:
    """Whether nobody has received the body before; None where somebody has, False where that may be.

    What is asked about is `known`: the function that runs later, or the request there.
    """
    inference = context.inference
    endpoint = endpoint_of(answering, inference)
    if endpoint is not None and endpoint.body_is_read:
        return None
    if endpoint is not None and state_before(answering, inference).body not in ("fresh", "unknown"):
        return None
    sure = endpoint is not None and endpoint.alone and endpoint.kind == "http"
    for use in uses_of(name, answering, BODY, inference, apart=(call,)):
        if any(use.inner is one or use.node is one for one in known):
            continue
        if use.method:
            return None
        sure = False
    return sure
