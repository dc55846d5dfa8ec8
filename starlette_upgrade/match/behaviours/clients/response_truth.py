"""The truth of a test client's response, which was false for 4xx and 5xx before 0.21."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import RESPONSE, client_calls
from starlette_upgrade.match.results import parents_at, uses_of
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_TESTED = (ast.Assert, ast.If, ast.IfExp, ast.While)
_ASK = frozenset({"assertFalse", "assertTrue", "bool"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Responses that are asked whether they are true."""
    for found in client_calls(context, match.names):
        parents = parents_at(found.place)
        uses = list(uses_of(found.call, parents))
        has_status = any(getattr(parents.get(use), "attr", "") == "status_code" for use in uses)
        for use in uses:
            if has_status and isinstance(parents.get(use), ast.Assert):
                continue  # the status that is asked for as well says more
            if _is_asked(use, parents):
                yield Usage(
                    active, use, found.place, found.method, RESPONSE, None, found.call, found.certain, found.whole
                )


def _is_asked(response: ast.expr, parents: Parents) -> bool:
    around = parents.get(response)
    if isinstance(around, _TESTED):
        return around.test is response
    if isinstance(around, ast.UnaryOp):
        return isinstance(around.op, ast.Not)
    if isinstance(around, ast.BoolOp):
        return True
    return isinstance(around, ast.Call) and response in around.args[:1] and last_name(around.func) in _ASK
