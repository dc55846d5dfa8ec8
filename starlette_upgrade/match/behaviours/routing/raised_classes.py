"""`raise Error` without parentheses, of a class that can't be made without arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Every `raise` of one of the rule's classes itself."""
    if not holds(context.module, match.words):
        return
    for place in statements(context.module):
        raised = place.statement.exc if isinstance(place.statement, ast.Raise) else None
        if isinstance(raised, ast.Name | ast.Attribute):
            cls = context.inference.type_of(raised, place)
            if isinstance(cls, ClassType) and cls.name in match.classes and not is_chosen(place):
                yield Usage(active, raised, place, last_name(raised), cls.name)
