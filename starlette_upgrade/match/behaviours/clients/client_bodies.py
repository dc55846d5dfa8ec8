"""`data=` of a test client's request that is no form: text or bytes, or a sequence of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, client_calls
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.match.values import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.match.values import Kind
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_WITH_BODY = frozenset({"patch", "post", "put", "request"})


def find_text(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`data=b"…"`."""
    return _find(active, context, "text")


def find_pairs(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`data=[("a", "1"), ("a", "2")]`."""
    return _find(active, context, "pairs")


def _find(active: ActiveRule, context: Context, kind: Kind) -> Iterator[Usage]:
    for found in client_calls(context, _WITH_BODY):
        data = found.keyword("data")
        if data is not None and kind_of(data.value, found.place, context.inference) == kind:
            yield Usage(
                active, data, found.place, "data", CLIENT, found.call, found.call, found.certain, found.whole
            )
