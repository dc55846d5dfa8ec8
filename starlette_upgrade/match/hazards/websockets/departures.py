"""What is received from, or sent to, a client of which the code was told that it has gone."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.websockets.certainty import is_expected, is_remembered, leads_to
from starlette_upgrade.match.hazards.websockets.conversation import (
    ITERATING,
    RECEIVING,
    SENDING,
    WEBSOCKET,
    conversations,
)
from starlette_upgrade.match.inevitable import is_endless
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.websockets.conversation import Conversation
    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def find_received(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """A receive that comes again after the disconnect was caught: most often in the next round of a loop."""
    yield from _find(active, context, RECEIVING | ITERATING)
    for talk in conversations(context):
        for call, name, place, states in talk.calls():
            sure = _never_ends(call, talk) if name == "receive" else None
            is_expecting = is_expected(call, (), talk.parents) or any(state.kind == "watched" for state in states)
            if sure is not None and not is_expecting:
                yield Usage(active, call, place, f"{name}()", WEBSOCKET, None, call, sure)


def find_sent(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What is sent after that, and `close()`, of which newer servers make nothing."""
    yield from _find(active, context, SENDING | {"close"})


def _find(active: ActiveRule, context: Context, names: frozenset[str]) -> Iterator[Usage]:
    for talk in conversations(context):
        for call, name, words, place, states in talk.deeds():
            gone = [state for state in states if state.gone and state.kind not in ("closed", "watched")]
            tellers = {state.told for state in gone if state.told is not None}
            if name not in names or not gone or is_expected(call, tuple(tellers), talk.parents):
                continue
            if is_remembered(tuple(tellers), call, talk.parents):
                continue
            sure = len(gone) == len(states) or any(leads_to(teller, call, talk.parents) for teller in tellers)
            yield Usage(active, call, place, words, WEBSOCKET, None, call, sure and name != "close")


def _never_ends(call: ast.Call, talk: Conversation) -> bool | None:
    """Whether `receive()`, which raises nothing at the disconnect itself, surely comes again after that.

    None where something may leave the endless loop, or speaks of the disconnect.
    """
    loop: ast.AST | None = call
    while loop is not None and not is_endless(loop):
        loop = None if isinstance(loop, _SCOPES) else talk.parents.get(loop)
    if loop is None:
        return None
    for node in ast.walk(loop):
        if isinstance(node, ast.Return | ast.Raise | ast.Break):
            return None
    if any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and "disconnect" in node.value
        for node in ast.walk(talk.socket.scope.node)
    ):
        return None
    statement = talk.parents.get(talk.parents[call])
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Name):
        return isinstance(statement, ast.Expr)
    return not any(
        isinstance(node, ast.Name) and node.id == target.id and _may_end(node, talk.parents)
        for node in ast.walk(loop)
        if node is not target
    )


def _may_end(node: ast.Name, parents: Parents) -> bool:
    """Whether a use of the message may raise at that of the disconnect, or hand it to somebody who does."""
    parent = parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr not in ("get", "items", "keys")
    if isinstance(parent, ast.Subscript):
        key = parent.slice
        is_type = isinstance(key, ast.Constant) and key.value == "type"
        return not is_type and not _is_asked(node, parents)
    return not isinstance(parent, ast.Compare | ast.FormattedValue)


def _is_asked(node: ast.Name, parents: Parents) -> bool:
    """Whether a use stands behind a condition on the message."""
    inner: ast.AST = node
    while inner in parents:
        outer = parents[inner]
        is_inside = isinstance(outer, ast.If) and inner in outer.body
        if is_inside and any(isinstance(n, ast.Name) and n.id == node.id for n in ast.walk(outer.test)):  # type: ignore[attr-defined]
            return True
        inner = outer
    return False
