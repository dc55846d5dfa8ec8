"""None as a value among the headers, query parameters or form fields of a test client's request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, METHODS, client_calls
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.match.values import none_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Values of None in a dict that is one of the rule's keywords."""
    for found in client_calls(context, METHODS | {"websocket_connect"}):
        for keyword in found.call.keywords:
            if keyword.arg in match.keywords:
                value = none_in(keyword.value, found.place, context.inference)
                if value is not None:
                    name, call = keyword.arg or "", found.call
                    yield Usage(active, value, found.place, name, CLIENT, None, call, found.certain, found.whole)
