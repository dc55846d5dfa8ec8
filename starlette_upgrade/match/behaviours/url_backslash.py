"""`"\\\\" in request.url.path`: the path of a URL holds none any more, since it is quoted."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_URL = "starlette.datastructures.URL"
_CONNECTION = "starlette.requests.HTTPConnection"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Literals with a backslash that are looked for in `request.url.path`, or replaced in it."""
    for node, parent, place in context.candidates.attributes:
        if node.attr != "path" or not _is_of_request(node.value, context, place) or is_chosen(place):
            continue
        if isinstance(parent, ast.Compare):
            operands = [parent.left, *parent.comparators]
            if any(_has_backslash(operand) for operand in operands):
                yield Usage(active, parent, place, "path", _URL)
        elif isinstance(parent, ast.Attribute):
            for call in ast.walk(place.statement):
                if isinstance(call, ast.Call) and call.func is parent and any(map(_has_backslash, call.args)):
                    yield Usage(active, call, place, "path", _URL, None, call)


def _is_of_request(node: ast.expr, context: Context, place: Place) -> bool:
    """Whether it is the URL of a request: other URLs are as they were written."""
    if not (isinstance(node, ast.Attribute) and node.attr == "url"):
        return False
    inference = context.inference
    found = list(members(without_none(inference.type_of(node.value, place))))
    return bool(found) and all(
        isinstance(member, Instance) and inference.classes.owner(member.cls, "url", (_CONNECTION,))
        for member in found
    )


def _has_backslash(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "\\" in node.value
