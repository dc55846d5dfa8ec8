"""Usages by definition: a subclass that defines a method or attribute which the base no longer looks at."""

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
    from starlette_upgrade.ruleset.rule import OverrideMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


_FORMS = {"any": ast.stmt, "def": ast.FunctionDef, "async def": ast.AsyncFunctionDef}


def find(active: ActiveRule, match: OverrideMatch, context: Context) -> Iterator[Usage]:
    """Every definition of the rule's names in a subclass of its classes."""
    for statement, name, scope in context.candidates.members:
        if name not in match.names or not isinstance(statement, _FORMS[match.form]):
            continue
        if not scope.names.keys().isdisjoint(match.unless):
            continue
        if match.unless_called and _is_called(scope.node, name, statement):
            continue
        bases = [base.name for base in context.inference.classes.line(class_of(scope))[1:]]
        owner = next((base for base in bases if base in match.classes), None)
        place = Place(scope, Block(scope.place.block if scope.place else None, None, "body"), statement)
        if owner and not is_chosen(place, name):
            yield Usage(active, statement, place, name, owner)


def _is_called(cls: ast.AST, name: str, definition: ast.stmt) -> bool:
    """Whether a class calls its method `name` itself, as `self.name(…)`, in another one."""
    others = [statement for statement in getattr(cls, "body", ()) if statement is not definition]
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and isinstance(node.func.value, ast.Name)
        for statement in others
        for node in ast.walk(statement)
    )
