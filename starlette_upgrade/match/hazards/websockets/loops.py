"""`while True: await websocket.receive_…()` that nothing protects from the client leaving."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.websockets.conversation import RECEIVING, WEBSOCKET, conversations
from starlette_upgrade.match.hazards.websockets.disconnects import names_of, takes_disconnect
from starlette_upgrade.match.hazards.websockets.endpoints import is_endpoint
from starlette_upgrade.match.hazards.websockets.registered import has_handler
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """The first receive of an endless loop in an endpoint."""
    for talk in conversations(context):
        if not is_endpoint(talk.socket.scope, context) or has_handler(
            "WebSocketDisconnect", talk.socket.scope.module, context
        ):
            continue
        for call, name, place, states in talk.calls():
            around = _around(call, talk.parents)
            if name in RECEIVING and around != "protected" and all(state.kind != "watched" for state in states):
                yield Usage(active, call, place, f"{name}()", WEBSOCKET, None, call, around == "bare")
                break


def _around(call: ast.Call, parents: Parents) -> str:
    """`bare`: the call stands in an endless loop and nothing else; `managed`: in a `with` that may catch."""
    inner: ast.AST = call
    endless = managed = False
    while inner in parents:
        outer = parents[inner]
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
        if isinstance(outer, ast.While) and isinstance(outer.test, ast.Constant) and outer.test.value:
            endless = True
        if isinstance(outer, ast.With | ast.AsyncWith):
            managed = True
        if hasattr(outer, "handlers") and inner in getattr(outer, "body", ()):
            handlers: list[ast.ExceptHandler] = getattr(outer, "handlers", [])
            if any(takes_disconnect(names_of(handler.type)) for handler in handlers):
                return "protected"
        inner = outer
    return "protected" if not endless else "managed" if managed else "bare"
