"""A query string with escapes that mean something else once they are decoded: decoded twice by 0.21.0."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, METHODS, client_calls
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

# `&`, `+` and `%` behind a question mark.
_ESCAPED = re.compile(r"\?.*%(?:26|2[bB]|25)")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`client.get("/?a=1%262")`."""
    for found in client_calls(context, METHODS):
        position = 1 if found.method == "request" else 0
        named = found.keyword("url")
        url = named.value if named else (found.call.args[position] if len(found.call.args) > position else None)
        if isinstance(url, ast.Constant) and isinstance(url.value, str) and _ESCAPED.search(url.value):
            yield Usage(
                active, url, found.place, found.method, CLIENT, None, found.call, found.certain, found.whole
            )
