"""Truth tests of a `State`: it has a length since it is a mapping, so that an empty one is false."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_STATE = "starlette.datastructures.State"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`if app.state:`, `request.state or …`, and the same of a name that holds the state."""
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.attributes or not isinstance(node.ctx, ast.Load):
            continue
        tested = [node] if _asks_for_truth(parent, node) else _tests_of_name(parent, place)
        if tested and is_object_of(node, place, context.inference, _STATE) and not is_chosen(place):
            for expression in tested:
                yield Usage(active, expression, place, node.attr, _STATE)


def _asks_for_truth(parent: ast.AST, node: ast.expr) -> bool:
    if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert):
        return parent.test is node
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.Not)
    if isinstance(parent, ast.BoolOp):
        return any(value is node for value in parent.values[:-1])  # the last one is only handed on
    if isinstance(parent, ast.comprehension):
        return any(test is node for test in parent.ifs)
    return isinstance(parent, ast.Call) and getattr(parent.func, "id", "") == "bool" and node in parent.args


def _tests_of_name(parent: ast.AST, place: Place) -> list[ast.expr]:
    """Where the name is tested that a statement gives the state to, if it never holds anything else."""
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    if not isinstance(target, ast.Name) or len(place.scope.names.get(target.id, ())) != 1:
        return []
    return [
        child
        for around in ast.walk(place.scope.node)
        for child in ast.iter_child_nodes(around)
        if isinstance(child, ast.Name) and child.id == target.id and _asks_for_truth(around, child)
    ]
