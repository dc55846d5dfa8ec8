"""`request.client.host` that may be None, by code that shows it, and a client that may be None now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_CONNECTION = "starlette.requests.HTTPConnection"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Questions whether there is a host or port, where nobody asks whether there is a client."""
    for node, parent, place in context.candidates.attributes:
        client = node.value
        if node.attr not in match.attributes or not (isinstance(client, ast.Attribute) and client.attr == "client"):
            continue
        if not _is_question(node, parent) or is_guarded(place, "client"):
            continue
        if _is_connection(client.value, place, context.inference) and not _is_asked_for(client, place):
            yield Usage(active, node, place, f"{ast.unparse(client)}", _CONNECTION)


def _is_question(node: ast.expr, parent: ast.AST) -> bool:
    """Whether the value is tested, compared with None, or given another one in its place."""
    if isinstance(parent, ast.Compare):
        sides = [parent.left, *parent.comparators]
        return len(sides) == 2 and any(isinstance(side, ast.Constant) and side.value is None for side in sides)
    if isinstance(parent, ast.BoolOp):
        return parent.values[-1] is not node
    if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert):
        return parent.test is node
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)


def _is_connection(node: ast.expr, place: Place, inference: Inference) -> bool:
    return all(
        isinstance(member, Instance) and any(cls.name == _CONNECTION for cls in inference.classes.line(member.cls))
        for member in members(without_none(inference.type_of(node, place)))
    )


def _is_asked_for(client: ast.Attribute, place: Place) -> bool:
    """Whether the function holds the client by itself, without an attribute: in a test, or to look at it."""
    text = ast.dump(client)
    nodes = list(ast.walk(place.scope.node))
    followed = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    return any(isinstance(n, ast.Attribute) and id(n) not in followed and ast.dump(n) == text for n in nodes)
