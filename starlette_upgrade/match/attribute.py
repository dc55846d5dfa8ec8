"""Usages of an attribute or method on an object of a class, written out or named in a string."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.strings import named_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, Type, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import AttributeMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference


def find(active: ActiveRule, match: AttributeMatch, context: Context) -> Iterator[Usage]:
    """Every usage of the rule's attributes in the module."""
    inference = context.inference
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.names:
            continue
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if match.usage == "call" and call is None:
            continue
        if match.usage == "read" and not isinstance(node.ctx, ast.Load):
            continue
        found = inference.type_of(node.value, place)
        suspect = node.value if call is not None else None
        receiver = judge_receiver(found, node.attr, match.classes, inference, suspect, context.named_near)
        if receiver is None or is_guarded(place, node.attr):
            continue
        yield Usage(
            active,
            node,
            place,
            node.attr,
            receiver.owner if not receiver.certain else _class_of(found, receiver.owner, inference),
            parent,
            call,
            receiver.certain,
            receiver.whole,
        )
    if match.usage == "any":
        yield from _named_in_strings(active, match, context)


def _named_in_strings(active: ActiveRule, match: AttributeMatch, context: Context) -> Iterator[Usage]:
    inference = context.inference
    for constant, call, place in context.candidates.strings:
        found = named_in(constant, call)
        if found is None:
            continue
        owner, text = found
        path, _, name = text.rpartition(".")
        if name not in match.names or bool(path) == (owner is not None):
            continue
        of = inference.catalogue.find(path) if owner is None else inference.type_of(owner, place)
        receiver = judge_receiver(of, name, match.classes, inference)
        if receiver is not None and receiver.certain and not is_guarded(place, name):
            yield Usage(active, constant, place, name, receiver.owner, call, call, whole=receiver.whole)


def _class_of(found: Type, owner: str, inference: Inference) -> str:
    """The nearest class from outside the project that the receiver is of (FastAPI), else the rule's.

    Of several possible classes the most general one counts, since what is right for it is right for all.
    """
    nearest: list[tuple[int, str]] = []
    for member in members(found):
        cls = member if isinstance(member, ClassType) else getattr(member, "cls", None)
        if isinstance(cls, ClassType):
            line = inference.classes.line(cls)
            if any(base.name == owner for base in line):
                outside = [base.name for base in line if base.scope is None]
                nearest.append((len(outside), outside[0]))
    return min(nearest)[1] if nearest else owner
