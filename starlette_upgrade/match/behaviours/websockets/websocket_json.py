"""The text of a websocket message compared with JSON that has spaces in it."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from starlette_upgrade.match.flow import uses_of
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.flow import Use
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference

_SIDES = ("starlette.testclient.WebSocketTestSession", "starlette.websockets.WebSocket")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons of `receive_text()`, in a module whose messages all come from `send_json`."""
    text = context.module.document.text
    if ".send_json(" not in text or ".send_text(" in text:
        return
    inference = context.inference
    for call, place in context.candidates.calls:
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in match.names:
            continue
        receiver = judge_receiver(inference.type_of(function.value, place), function.attr, _SIDES, inference)
        if receiver is None or not receiver.certain:
            continue
        # On the server's side it is awaited.
        value: ast.expr = call
        for node in ast.walk(place.statement):
            if isinstance(node, ast.Await) and node.value is call:
                value = node
        for use in uses_of(value, place, inference):
            other = _compared_with(use)
            if other is not None and _has_spaces(other, use, inference) and not is_chosen(use.place):
                yield Usage(active, other, use.place, function.attr, receiver.owner, use.parent, call, whole=False)


def _compared_with(use: Use) -> ast.expr | None:
    compare = use.parent
    if use.held or not isinstance(compare, ast.Compare) or len(compare.ops) != 1:
        return None
    if not isinstance(compare.ops[0], ast.Eq | ast.NotEq):
        return None
    return compare.comparators[0] if compare.left is use.node else compare.left


def _has_spaces(node: ast.expr, use: Use, inference: Inference) -> bool:
    """Whether a text is JSON as `json.dumps` writes it, and not as `send_json` does from 0.27.0 on."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            value = json.loads(node.value)
        except ValueError:
            return False
        return node.value == json.dumps(value) != json.dumps(value, separators=(",", ":"))
    if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return False
    data = node.args[0]
    several = (isinstance(data, ast.Dict) and data.keys) or (isinstance(data, ast.List) and len(data.elts) > 1)
    return bool(several) and inference.type_of(node.func, use.place) == Symbol("json.dumps")
