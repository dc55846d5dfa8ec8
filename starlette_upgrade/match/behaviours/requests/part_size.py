"""`MultiPartParser.max_part_size = …`: the constructor's argument has the last word."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match import override
from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.strings import named_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.ruleset.rule import OverrideMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the class is given the limit: by assignment, by `setattr`, or in the body of a subclass."""
    inference = context.inference
    for node, parent, place in context.candidates.attributes:
        if node.attr in match.attributes and isinstance(node.ctx, ast.Store):
            cls = class_named(node.value, place, inference, *match.classes)
            if cls is not None and not is_guarded(place, node.attr):
                yield Usage(active, node, place, node.attr, match.classes[0], parent)
    for constant, call, place in context.candidates.strings:
        owner, name = named_in(constant, call) or (None, "")
        if owner is None or name not in match.attributes or is_guarded(place, name):
            continue
        if class_named(owner, place, inference, *match.classes) is not None:
            yield Usage(active, constant, place, name, match.classes[0], call, call)
    yield from override.find(active, OverrideMatch(match.classes, match.attributes), context)
