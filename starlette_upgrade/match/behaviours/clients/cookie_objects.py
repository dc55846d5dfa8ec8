"""Going through the cookies of a test client: cookies with attributes before 0.21, their names since."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, RESPONSE
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import parents_at
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_OF_A_COOKIE = frozenset({
    "domain", "expires", "get_nonstandard_attr", "has_nonstandard_attr", "is_expired", "name", "path", "port",
    "secure", "value",
})  # fmt: skip


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`for cookie in response.cookies: cookie.name`."""
    for node, _, place in context.candidates.attributes:
        if node.attr not in match.attributes:
            continue
        parents = parents_at(place)
        loop = parents.get(node)
        target = getattr(loop, "target", None)
        if not (
            isinstance(loop, ast.For | ast.comprehension) and loop.iter is node and isinstance(target, ast.Name)
        ):
            continue
        body = loop if isinstance(loop, ast.For) else parents.get(loop)
        if body is None or not _takes_cookies(body, target.id):
            continue
        found = context.inference.type_of(node.value, place)
        receiver = judge_receiver(found, node.attr, (CLIENT, RESPONSE), context.inference)
        if receiver is not None and not is_guarded(place, node.attr):
            yield Usage(
                active, node, place, node.attr, receiver.owner, None, None, receiver.certain, receiver.whole
            )


def _takes_cookies(body: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in _OF_A_COOKIE and getattr(node.value, "id", "") == name
        for node in ast.walk(body)
    )
