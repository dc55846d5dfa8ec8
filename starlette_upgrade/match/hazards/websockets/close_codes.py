"""Codes that a websocket can't be closed with, as those of HTTP."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.definitions import bindings_behind, value_of
from starlette_upgrade.match.hazards.websockets.conversation import WEBSOCKET, conversations
from starlette_upgrade.match.hazards.websockets.endpoints import is_endpoint
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_EXCEPTION = "starlette.exceptions.WebSocketException"
# Of those that are registered, these stand for what was never sent.
_RESERVED = frozenset({1004, 1005, 1006, 1015})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`close()` of a websocket, and `WebSocketException`, with such a code."""
    accepted: set[ast.AST] = set()
    for talk in conversations(context):
        for call, name, place, states in talk.calls():
            code = _code(call, 0) if name == "close" else None
            # Where nothing was accepted, the server denies the handshake whatever the code.
            sent = [state for state in states if state.kind != "fresh" and not state.gone]
            written = _written(code, place, context)
            if code is not None and written is not None and sent and _is_wrong(written):
                certain = all(state.kind == "open" for state in states)
                yield Usage(active, code, place, _words(written), WEBSOCKET, call, call, certain)
        if is_endpoint(talk.socket.scope, context):
            accepted.update(
                node.exc
                for node, states in talk.reached.items()
                if isinstance(node, ast.Raise) and node.exc and all(s.kind == "open" and not s.gone for s in states)
            )
    for call, place in context.candidates.calls:
        if last_name(call.func).endswith("WebSocketException"):
            code = _code(call, 0)
            named = class_named(call.func, place, context.inference, _EXCEPTION)
            written = _written(code, place, context)
            if named is not None and code is not None and written is not None and _is_wrong(written):
                yield Usage(active, code, place, _words(written), _EXCEPTION, call, call, call in accepted)


def _code(call: ast.Call, position: int) -> ast.expr | None:
    return argument_of(call, "code", position)


def _written(node: ast.expr | None, place: Place, context: Context) -> ast.expr | None:
    """What a constant of the project stands for; other expressions are as they are."""
    if isinstance(node, ast.Name | ast.Attribute) and _number(node) is None:
        found = bindings_behind(node, place, context.inference)
        value = value_of(found[0]) if len(found) == 1 else None
        return value if isinstance(value, ast.Constant) else node
    return node


def _number(node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    name = last_name(node)
    head, _, rest = name.partition("_")
    digits = rest.partition("_")[0]
    return int(digits) if head in ("WS", "HTTP") and len(digits) in (3, 4) and digits.isdigit() else None


def _is_wrong(node: ast.expr) -> bool:
    number = _number(node)
    if number is None:
        return False
    return not (1000 <= number <= 1014 or 3000 <= number <= 4999) or number in _RESERVED


def _words(node: ast.expr) -> str:
    return str(_number(node))
