"""`type(exc) is RuntimeError` for an error of a websocket, which is of a subclass now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_WEBSOCKET = "starlette.websockets.WebSocket"
_COMPARISONS = (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons in the handlers of a `try` that sends to a websocket, or receives from one."""
    seen: set[int] = set()
    for node, _, place in context.candidates.attributes:
        if node.attr not in match.attributes:
            continue
        receiver = judge_receiver(
            context.inference.type_of(node.value, place), node.attr, (_WEBSOCKET,), context.inference
        )
        if receiver is None or not receiver.certain or is_chosen(place, "WebSocketDisconnected"):
            continue
        for block in place.block.chain():
            for handler in getattr(block.owner, "handlers", ()) if block.arm == "body" else ():
                for comparison in _exact_comparisons(handler):
                    if id(comparison) not in seen:
                        seen.add(id(comparison))
                        yield Usage(active, comparison, place, "RuntimeError", _WEBSOCKET)


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
