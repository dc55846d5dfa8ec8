"""Requests and websockets: their classes, what receives or sends on them, and which parameters they are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.handling import Manners
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.semantics.binder import ensure_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

REQUEST = "starlette.requests.Request"
WEBSOCKET = "starlette.websockets.WebSocket"
_TELLING = frozenset({
    "app", "auth", "base_url", "client", "cookies", "get", "headers", "items", "keys", "path_params",
    "query_params", "scope", "session", "state", "url", "url_for", "user", "values",
})  # fmt: skip
# What receives the body of a request, and what tells of it without receiving any of that.
BODY = Manners(
    frozenset({"body", "form", "json", "stream"}), _TELLING | {"is_disconnected", "method", "send_push_promise"}
)
# What sends or receives on a websocket.
MESSAGES = Manners(
    frozenset({
        "accept", "close", "iter_bytes", "iter_json", "iter_text", "receive", "receive_bytes", "receive_json",
        "receive_text", "send", "send_bytes", "send_denial_response", "send_json", "send_text",
    }),
    _TELLING | {"application_state", "client_state"},
)  # fmt: skip


def parameters_of(scope: Scope, inference: Inference, *classes: str) -> Iterator[str]:
    """The parameters of a function that surely are objects of one of the classes."""
    args = getattr(scope.node, "args", None)
    if not isinstance(args, ast.arguments):
        return
    ensure_bound(scope)
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        bindings = scope.names.get(arg.arg, ())
        if len(bindings) == 1:
            receiver = judge_receiver(inference.binding(bindings[0]), "scope", classes, inference)
            if receiver is not None and receiver.certain:
                yield arg.arg
