"""`"\\\\" in request.url.path`: the path of a URL holds none any more, since it is quoted."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import heads, holds, statements
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
    if not (holds(context.module, match.words) and holds(context.module, ("url.path",))):
        return
    for place in statements(context.module):
        for node in heads(place):
            operands: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                operands = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                operands = [node.func.value, *node.args]
            if not any(map(_has_backslash, operands)) or is_chosen(place):
                continue
            if any(_is_path(operand, place, context) for operand in operands):
                assert isinstance(node, ast.Compare | ast.Call)
                yield Usage(active, node, place, "path", _URL)


def _is_path(node: ast.expr, place: Place, context: Context) -> bool:
    """Whether it is `request.url.path`: other URLs are as they were written."""
    if not (isinstance(node, ast.Attribute) and node.attr == "path"):
        return False
    url = node.value
    if not (isinstance(url, ast.Attribute) and url.attr == "url"):
        return False
    inference = context.inference
    found = list(members(without_none(inference.type_of(url.value, place))))
    return bool(found) and all(
        isinstance(member, Instance) and inference.classes.owner(member.cls, "url", (_CONNECTION,))
        for member in found
    )


def _has_backslash(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "\\" in node.value
