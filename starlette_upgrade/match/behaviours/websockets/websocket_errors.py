"""`raise HTTPException` where a WebSocket is served: an answer is sent by now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named, is_object
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import all_arguments, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_EXCEPTION = "starlette.exceptions.HTTPException"
_SOCKET = "starlette.websockets.WebSocket"
_REQUEST = "starlette.requests.Request"
_CATCHING = frozenset({"HTTPException", "StarletteHTTPException", "Exception", "BaseException"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the exception is raised, in a function that takes a WebSocket, and not caught there."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if not (isinstance(place.statement, ast.Raise) and place.statement.exc is call):
            continue
        if not place.scope.is_function or is_chosen(place) or _is_caught(place):
            continue
        if class_named(call.func, place, inference, _EXCEPTION) is not None and _takes(place, context, _SOCKET):
            # A function that takes a request as well may raise it for that alone.
            certain = not _takes(place, context, _REQUEST)
            yield Usage(active, call, place, "HTTPException", _SOCKET, place.statement, call, certain, certain)


def _is_caught(place: Place) -> bool:
    return any(
        block.arm == "body" and any(_catches(handler.type) for handler in getattr(block.owner, "handlers", ()))
        for block in place.block.chain()
    )


def _catches(node: ast.expr | None) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(part is None or last_name(part) in _CATCHING for part in parts)


def _takes(place: Place, context: Context, cls: str) -> bool:
    """Whether a parameter of the function is an object of the class: a WebSocket that it serves, or guards."""
    node = place.scope.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return any(
        is_object(context.inference.name(taken.arg, place), context.inference, cls)
        for taken in all_arguments(node.args)
        if taken is not node.args.vararg and taken is not node.args.kwarg
    )
