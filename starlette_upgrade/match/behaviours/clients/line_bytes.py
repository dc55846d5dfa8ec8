"""Lines of a test client's response that are decoded: bytes before 0.21, text since."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import RESPONSE
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import parents_at, uses_of
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`for line in response.iter_lines(): line.decode()`, or `next(lines).decode()`."""
    for call, place in context.candidates.calls:
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr in match.names) or call.args or call.keywords:
            continue
        parents = parents_at(place)
        if not (
            _is_decoded_in_loop(call, parents) or any(_is_decoded(line, parents) for line in taken(call, parents))
        ):
            continue
        found = context.inference.type_of(function.value, place)
        receiver = judge_receiver(found, function.attr, (RESPONSE,), context.inference)
        if receiver is not None:
            yield Usage(active, call, place, function.attr, RESPONSE, None, call, receiver.certain, receiver.whole)


def taken(lines: ast.Call, parents: Parents) -> Iterator[ast.Call]:
    """Each `next(…)` of the lines, where they are written or go by a name."""
    for use in uses_of(lines, parents):
        call = parents.get(use)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "next" and use in call.args[:1]:
            yield call


def _is_decoded(line: ast.Call, parents: Parents) -> bool:
    reading = parents.get(line)
    return isinstance(reading, ast.Attribute) and reading.attr == "decode"


def _is_decoded_in_loop(lines: ast.Call, parents: Parents) -> bool:
    loop = parents.get(lines)
    target = getattr(loop, "target", None)
    if not (isinstance(loop, ast.For | ast.comprehension) and loop.iter is lines and isinstance(target, ast.Name)):
        return False
    body = loop if isinstance(loop, ast.For) else parents.get(loop)
    return body is not None and any(
        isinstance(node, ast.Attribute) and node.attr == "decode" and getattr(node.value, "id", "") == target.id
        for node in ast.walk(body)
    )
