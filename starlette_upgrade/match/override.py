"""Usages by definition: a subclass that defines a method or attribute which the base no longer looks at."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.scopes import Block, Place
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import OverrideMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: OverrideMatch, context: Context) -> Iterator[Usage]:
    """Every definition of the rule's names in a subclass of its classes."""
    for statement, name, scope in context.candidates.members:
        if name not in match.names or (match.sync and isinstance(statement, ast.AsyncFunctionDef)):
            continue
        cls = ClassType(scope.qualified_name, scope, id(scope.node))
        bases = [base.name for base in context.inference.classes.line(cls)[1:]]
        owner = next((base for base in bases if base in match.classes), None)
        if owner:
            place = Place(scope, Block(None, None, "body"), statement)
            yield Usage(active, statement, place, name, owner)
