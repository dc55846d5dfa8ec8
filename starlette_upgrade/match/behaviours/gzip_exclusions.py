"""`content_type.startswith(DEFAULT_EXCLUDED_CONTENT_TYPES)`: patterns such as `audio/*` are among them now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_TYPES = "starlette.middleware.gzip.DEFAULT_EXCLUDED_CONTENT_TYPES"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls of `startswith` with the tuple, alone or with more added to it."""
    for call, place in context.candidates.calls:
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "startswith" and call.args):
            continue
        for node in ast.walk(call.args[0]):
            if isinstance(node, ast.Name | ast.Attribute) and not is_chosen(place):
                found = context.inference.type_of(node, place)
                if isinstance(found, Symbol) and found.name == _TYPES:
                    yield Usage(active, call, place, "startswith", "", None, call)
                    break
