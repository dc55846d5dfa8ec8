"""A header that a test client's request sends twice: joined by a comma before 0.31."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, METHODS, client_calls
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`headers=[("x-tag", "a"), ("x-tag", "b")]`."""
    for found in client_calls(context, METHODS):
        headers = found.keyword("headers")
        if headers is None:
            continue
        names = _names(headers.value)
        if len(names) != len(set(names)):
            yield Usage(
                active, headers, found.place, "headers", CLIENT, found.call, found.call, found.certain, found.whole
            )


def _names(node: ast.expr) -> list[str]:
    """The names of headers that are written as pairs."""
    pairs = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    firsts = [pair.elts[0] for pair in pairs if isinstance(pair, ast.Tuple) and pair.elts]
    names = [first.value for first in firsts if isinstance(first, ast.Constant)]
    return [(name.decode() if isinstance(name, bytes) else str(name)).lower() for name in names]
