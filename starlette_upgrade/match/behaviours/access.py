"""Attributes that are only read, or only assigned: where the two have different fates."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match import override
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.ruleset.rule import OverrideMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find_read(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the value of an attribute is needed."""
    return _accesses(active, match, context, ast.Load)


def find_assigned(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where an attribute is given a value: on an object, on the class, or in the body of a subclass."""
    yield from _accesses(active, match, context, ast.Store)
    if match.members:
        yield from override.find(active, OverrideMatch(match.classes, match.members), context)


def _accesses(
    active: ActiveRule, match: BehaviourMatch, context: Context, kind: type[ast.expr_context]
) -> Iterator[Usage]:
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.attributes or not isinstance(node.ctx, kind):
            continue
        found = context.inference.type_of(node.value, place)
        receiver = judge_receiver(found, node.attr, match.classes, context.inference)
        if receiver is not None and not is_guarded(place, node.attr):
            certain, whole = receiver.certain, receiver.whole
            yield Usage(active, node, place, node.attr, receiver.owner, parent, certain=certain, whole=whole)
