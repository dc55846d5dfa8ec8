"""`raise HTTPException` in an endpoint that has accepted the websocket: no response can be sent any more."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.hazards.websockets.conversation import WEBSOCKET, conversations
from starlette_upgrade.match.hazards.websockets.disconnects import names_of
from starlette_upgrade.match.hazards.websockets.endpoints import is_endpoint
from starlette_upgrade.match.hazards.websockets.registered import has_handler
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import FunctionType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.websockets.conversation import Conversation
    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_EXCEPTION = "starlette.exceptions.HTTPException"
_CATCHING = frozenset({"BaseException", "Exception", "HTTPException", "StarletteHTTPException"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where it is raised, and not caught in the function, behind an `accept()` that is in sight."""
    for talk in conversations(context):
        routed = is_endpoint(talk.socket.scope, context)
        # A handler of the project's own may close the websocket in order.
        routed = routed and not has_handler("HTTPException", talk.socket.scope.module, context)
        yield from _deeper(active, talk, context, routed=routed)
        for node, states in talk.reached.items():
            if not isinstance(node, ast.Raise) or _is_caught(node, talk.parents):
                continue
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            accepted = [state for state in states if state.kind in ("open", "closed") and state.by is not None]
            if raised is None or not accepted or not last_name(raised).endswith("HTTPException"):
                continue
            place = talk.around.place(node)
            if class_named(raised, place, context.inference, _EXCEPTION) is not None and not is_chosen(place):
                certain = routed and len(accepted) == len(states)
                yield Usage(active, node.exc or node, place, "HTTPException", WEBSOCKET, node, None, certain)


def _deeper(active: ActiveRule, talk: Conversation, context: Context, *, routed: bool) -> Iterator[Usage]:
    """The calls of functions of the project that raise it, where they stand behind an `accept()`."""
    for call, states in talk.reached.items():
        accepted = [state for state in states if state.kind in ("open", "closed") and state.by is not None]
        if not isinstance(call, ast.Call) or not accepted or _is_caught(call, talk.parents):
            continue
        place = talk.around.place(call)
        found = context.inference.type_of(call.func, place)
        if not isinstance(found, FunctionType) or not _runs(call, found.node, talk.parents):
            continue
        if not is_chosen(place) and _raises(found, context):
            certain = routed and len(accepted) == len(states)
            yield Usage(active, call, place, "HTTPException", WEBSOCKET, call, None, certain)


def _runs(call: ast.Call, function: ast.AST, parents: Parents) -> bool:
    """Whether a call runs the body of a function where it stands."""
    if isinstance(function, ast.AsyncFunctionDef):
        is_plain = isinstance(parents.get(call), ast.Await)
    else:
        is_plain = isinstance(function, ast.FunctionDef)
    return is_plain and not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def _raises(function: FunctionType, context: Context) -> bool:
    """Whether a function raises it itself, on a way that its other arguments do not choose."""
    around, parents = inside(function.scope), parents_in(function.node)
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Raise) or node.exc is None or not around.is_own(node):
            continue
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if not last_name(raised).endswith("HTTPException") or _is_caught(node, parents):
            continue
        place = around.place(node)
        if class_named(raised, place, context.inference, _EXCEPTION) is not None and not is_chosen(place):
            return True
    return False


def _is_caught(node: ast.AST, parents: Parents) -> bool:
    inner = node
    while inner in parents:
        outer = parents[inner]
        handlers: list[ast.ExceptHandler] = getattr(outer, "handlers", [])
        if (
            hasattr(outer, "handlers")
            and inner in getattr(outer, "body", ())
            and any(not names_of(handler.type).isdisjoint(_CATCHING) for handler in handlers)
        ):
            return True
        inner = outer
    return False
