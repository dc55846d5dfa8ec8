"""`type(exc) is RuntimeError` for an error of a websocket, which is of a subclass now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import holds, statements
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_WEBSOCKET = "starlette.websockets.WebSocket"
_METHODS = frozenset({
    "accept", "close", "receive", "receive_bytes", "receive_json", "receive_text", "send", "send_bytes",
    "send_json", "send_text",
})  # fmt: skip
_COMPARISONS = (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons in the handlers of a `try` that sends to a websocket, or receives from one."""
    if not holds(context.module, match.words):
        return
    for place in statements(context.module):
        for handler in getattr(place.statement, "handlers", ()):
            comparisons = list(_exact_comparisons(handler))
            if comparisons and _uses_websocket(place, context) and not is_chosen(place, "WebSocketDisconnected"):
                for comparison in comparisons:
                    yield Usage(active, comparison, place, "RuntimeError", _WEBSOCKET)


def _uses_websocket(place: Place, context: Context) -> bool:
    """Whether the body of a `try` calls a method of a websocket that may be closed."""
    body = getattr(place.statement, "body", ())
    for node in (node for statement in body for node in ast.walk(statement)):
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            found = context.inference.type_of(node.value, place)
            receiver = judge_receiver(found, node.attr, (_WEBSOCKET,), context.inference)
            if receiver is not None and receiver.certain:
                return True
    return False


def _exact_comparisons(handler: ast.ExceptHandler) -> Iterator[ast.Compare]:
    """`type(exc) is RuntimeError`, `exc.__class__ == RuntimeError`, `type(exc).__name__ == "RuntimeError"`."""
    for node in ast.walk(handler):
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _COMPARISONS)):
            continue
        left, right = node.left, node.comparators[0]
        if isinstance(left, ast.Attribute) and left.attr == "__name__":
            is_runtime_error = isinstance(right, ast.Constant) and right.value == "RuntimeError"
            left = left.value
        else:
            is_runtime_error = last_name(right) == "RuntimeError"
        if is_runtime_error and handler.name and _asked(left) == handler.name:
            yield node


def _asked(node: ast.expr) -> str:
    """The name whose class is asked for."""
    if isinstance(node, ast.Call) and last_name(node.func) == "type" and len(node.args) == 1:
        return last_name(node.args[0])
    if isinstance(node, ast.Attribute) and node.attr == "__class__":
        return last_name(node.value)
    return ""
