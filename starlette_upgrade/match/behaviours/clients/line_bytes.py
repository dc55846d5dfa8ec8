"""Lines of a test client's response that are decoded: bytes before 0.21, text since."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import RESPONSE
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import parents_at
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`for line in response.iter_lines(): line.decode()`."""
    for call, place in context.candidates.calls:
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr in match.names) or call.args or call.keywords:
            continue
        parents = parents_at(place)
        loop = parents.get(call)
        target = getattr(loop, "target", None)
        if not (
            isinstance(loop, ast.For | ast.comprehension) and loop.iter is call and isinstance(target, ast.Name)
        ):
            continue
        body = loop if isinstance(loop, ast.For) else parents.get(loop)
        if body is None or not _is_decoded(body, target.id):
            continue
        found = context.inference.type_of(function.value, place)
        receiver = judge_receiver(found, function.attr, (RESPONSE,), context.inference)
        if receiver is not None:
            yield Usage(active, call, place, function.attr, RESPONSE, None, call, receiver.certain, receiver.whole)


def _is_decoded(body: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "decode" and getattr(node.value, "id", "") == name
        for node in ast.walk(body)
    )
