"""Calls of a websocket that come too early or too late: before `accept()`, after it, after `close()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.websockets.certainty import is_expected, leads_to
from starlette_upgrade.match.hazards.websockets.conversation import (
    ITERATING,
    RECEIVING,
    SENDING,
    WEBSOCKET,
    conversations,
)
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.hazards.websockets.conversation import Conversation, State
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_TALKING = SENDING | RECEIVING | ITERATING


def find_before_accept(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What sends or receives in an endpoint that has not accepted the websocket yet."""
    for talk in conversations(context):
        for call, name, words, place, states in talk.deeds():
            fresh = [state for state in states if state.kind == "fresh"]
            if name in _TALKING and fresh and not is_expected(call, (), talk.parents):
                yield Usage(active, call, place, words, WEBSOCKET, None, call, len(fresh) == len(states))


def find_after_close(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What sends, receives or closes where `close()` was called on the way there."""
    for talk in conversations(context):
        for call, name, words, place, states in talk.deeds():
            closed = [state for state in states if state.kind == "closed"]
            if name not in ("receive", "send") and closed and not _is_expected(call, closed, talk):
                certain = _is_certain(call, closed, states, talk)
                yield Usage(active, call, place, words, WEBSOCKET, None, call, certain)


def find_denied_late(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`send_denial_response()` where the websocket was accepted on the way there."""
    for talk in conversations(context):
        for call, name, words, place, states in talk.deeds():
            accepted = [state for state in states if state.kind == "open"]
            if name == "send_denial_response" and accepted and not _is_expected(call, accepted, talk):
                certain = _is_certain(call, accepted, states, talk)
                yield Usage(active, call, place, words, WEBSOCKET, None, call, certain)


def find_accepted_twice(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`accept()`, or a function that surely calls it, where the websocket was accepted on the way there."""
    for talk in conversations(context):
        for call, name, said, place, states in talk.deeds():
            if name != "accept":
                continue
            words = "this call, which accepts it," if call in talk.given else said
            accepted = [state for state in states if state.kind == "open"]
            if accepted and not _is_expected(call, accepted, talk):
                certain = _is_certain(call, accepted, states, talk)
                yield Usage(active, call, place, words, WEBSOCKET, None, call, certain)


def _is_expected(call: ast.Call, wrong: Iterable[State], talk: Conversation) -> bool:
    return is_expected(call, [state.by for state in wrong if state.by is not None], talk.parents)


def _is_certain(call: ast.Call, wrong: list[State], states: frozenset[State], talk: Conversation) -> bool:
    origins = {state.by for state in wrong if state.by is not None}
    return len(wrong) == len(states) or any(leads_to(origin, call, talk.parents) for origin in origins)
