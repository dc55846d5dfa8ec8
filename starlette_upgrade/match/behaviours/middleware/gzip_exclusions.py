"""`content_type.startswith(DEFAULT_EXCLUDED_CONTENT_TYPES)`: patterns such as `audio/*` are among them now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import heads, holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_TYPES = "starlette.middleware.gzip.DEFAULT_EXCLUDED_CONTENT_TYPES"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls of `startswith` with the tuple that the module imports, alone or with more added to it."""
    if not holds(context.module, match.words):
        return
    for place in statements(context.module):
        for call in heads(place):
            if not (isinstance(call, ast.Call) and last_name(call.func) == "startswith" and call.args):
                continue
            if _has_types(call.args[0], place, context) and not is_chosen(place):
                yield Usage(active, call, place, "startswith", "", None, call)


def _has_types(argument: ast.expr, place: Place, context: Context) -> bool:
    names = (node for node in ast.walk(argument) if isinstance(node, ast.Name | ast.Attribute))
    found = (context.inference.type_of(node, place) for node in names)
    return any(isinstance(member, Symbol) and member.name == _TYPES for member in found)
