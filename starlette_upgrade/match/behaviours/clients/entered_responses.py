"""`with client.get(…) as response`: a response was a context manager before 0.21."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, client_calls
from starlette_upgrade.match.results import parents_at
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Requests whose response is entered at once; one that is a stream is found by its argument."""
    for found in client_calls(context, match.names):
        call = found.call
        item = parents_at(found.place).get(call)
        if isinstance(item, ast.withitem) and item.context_expr is call and found.keyword("stream") is None:
            yield Usage(active, call, found.place, "with", CLIENT, None, call, found.certain, found.whole)
