"""`mount.routes is None`, which is never so any more."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons of a Mount's or Host's `routes` with None."""
    for node, parent, place in context.candidates.attributes:
        if node.attr != "routes" or not isinstance(parent, ast.Compare) or parent.left is not node:
            continue
        other = parent.comparators[0]
        if not (isinstance(other, ast.Constant) and other.value is None) or is_chosen(place):
            continue
        found = context.inference.type_of(node.value, place)
        receiver = judge_receiver(found, "routes", match.classes, context.inference)
        if receiver is not None and receiver.certain:
            yield Usage(active, parent, place, "routes", receiver.owner, whole=receiver.whole)
