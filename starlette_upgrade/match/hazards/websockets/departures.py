"""What is received from, or sent to, a client of which the code was told that it has gone."""

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
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find_received(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """A receive that comes again after the disconnect was caught: most often in the next round of a loop."""
    yield from _find(active, context, RECEIVING | ITERATING)


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
            sure = len(gone) == len(states) or any(leads_to(teller, call, talk.parents) for teller in tellers)
            yield Usage(active, call, place, words, WEBSOCKET, None, call, sure and name != "close")
