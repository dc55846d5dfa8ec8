"""Usages of an attribute or method on an object of a class, written out or named in a string."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, Type, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import AttributeMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference

_BY_NAME = frozenset({"setattr", "getattr", "delattr", "object"})


def find(active: ActiveRule, match: AttributeMatch, context: Context) -> Iterator[Usage]:
    """Every usage of the rule's attributes in the module."""
    inference = context.inference
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.names:
            continue
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if match.usage == "call" and call is None:
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
        text = str(constant.value)
        path, _, name = text.rpartition(".")
        if name not in match.names:
            continue
        tail = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if path:
            owned = inference.catalogue.find(path)
            patched = tail in ("patch", "setattr", "delattr") and call.args and call.args[0] is constant
            if not patched or not isinstance(owned, ClassType):
                continue
        elif tail in _BY_NAME and len(call.args) in (2, 3) and call.args[1] is constant:
            if tail == "getattr" and len(call.args) == 3:
                continue
            found = inference.type_of(call.args[0], place)
            receiver = judge_receiver(found, name, match.classes, inference)
            if receiver is None or not receiver.certain:
                continue
            yield Usage(active, constant, place, name, receiver.owner, call, call, whole=receiver.whole)
            continue
        else:
            continue
        receiver = judge_receiver(owned, name, match.classes, inference)
        if receiver is not None and not is_guarded(place, name):
            yield Usage(active, constant, place, name, receiver.owner, call, call)


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
