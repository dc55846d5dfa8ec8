"""`on_receive` of a `WebSocketEndpoint` that copes with None, as a message of the other kind was decoded."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Scope

_ENDPOINT = "starlette.endpoints.WebSocketEndpoint"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons of the data with None, where the endpoint says that it takes texts, or bytes."""
    for statement, name, scope in context.candidates.members:
        if name != "on_receive" or not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        cls = class_of(scope)
        parameters = statement.args.args
        if len(parameters) < 3 or not any(
            base.name == _ENDPOINT for base in context.inference.classes.line(cls)[1:]
        ):
            continue
        place = Place(scope, Block(scope.place.block if scope.place else None, None, "body"), statement)
        if _has_encoding(scope) and not is_chosen(place):
            for node in ast.walk(statement):
                if _is_none_test(node, parameters[2].arg):
                    assert isinstance(node, ast.Compare)
                    yield Usage(active, node, place, parameters[2].arg, _ENDPOINT)


def _has_encoding(scope: Scope) -> bool:
    """Whether the class sets `encoding` to "text" or "bytes"; for "json" nothing changed."""
    values = [getattr(binding.node, "value", None) for binding in scope.names.get("encoding", ())]
    return bool(values) and all(value in ("text", "bytes") for value in values)


def _is_none_test(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Compare)
        and getattr(node.left, "id", "") == name
        and len(node.ops) == 1
        and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq)
        and isinstance(node.comparators[0], ast.Constant)
        and node.comparators[0].value is None
    )
