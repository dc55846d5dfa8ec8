"""A `Secret` whose truth is asked for, which an empty one no longer has."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_CLASS = "starlette.datastructures.Secret"
_CONFIG = "starlette.config.Config"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Tests of a name that holds a Secret and nothing else."""
    for call, place in context.candidates.calls:
        name = _name_given(place.statement, call)
        if not name or is_chosen(place) or not _gives_secret(call, place, context.inference):
            continue
        if sum(_binds(node, name) for node in ast.walk(context.module.document.tree)) == 1:
            for node in _tested(place.scope.node):
                if isinstance(node, ast.Name) and node.id == name:
                    yield Usage(active, node, place, name, _CLASS)


def _name_given(statement: ast.stmt, call: ast.Call) -> str:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return ""
    return target.id if statement.value is call and isinstance(target, ast.Name) else ""


def _gives_secret(call: ast.Call, place: Place, inference: Inference) -> bool:
    """`Secret(…)`, or `config(…, cast=Secret)`."""
    function = inference.type_of(call.func, place)
    if isinstance(function, ClassType):
        return function.name == _CLASS
    cast = next((keyword.value for keyword in call.keywords if keyword.arg == "cast"), None)
    if cast is None or not (isinstance(function, Instance) and function.cls.name == _CONFIG):
        return False
    return inference.canonical(cast, place) == _CLASS


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.arg):
        return node.arg == name
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store | ast.Del)


def _tested(root: ast.AST) -> Iterator[ast.expr]:
    """The expressions of which only the truth counts."""
    for node in ast.walk(root):
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            yield node.test
        elif isinstance(node, ast.BoolOp):
            yield from node.values[:-1]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "bool" and len(node.args) == 1:
            yield node.args[0]
