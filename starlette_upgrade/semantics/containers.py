"""Containers: what lists, tuples, dicts and iterators give, by position, by key, by method or in a loop."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.types import OPAQUE, UNKNOWN, Holding, Returning, Type, members, union

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.scopes import Module

_CHANGES = re.compile(
    r"\b(\w+)\b(?:\[[^\]\n]*\]\s*=(?!=)|\s*\+=|\.(?:append|appendleft|extend|insert|update|setdefault|add)\()"
)
_DEEPEST = 3
_ITEM_METHODS = frozenset({"get", "pop", "popleft", "setdefault", "__getitem__", "__next__", "__anext__"})
_ITSELF_METHODS = frozenset({"copy", "values", "__iter__", "__aiter__"})


def shallow(found: Type) -> Type:
    """As it is, but for a container of containers of containers: what is deeper is not followed."""
    return union(UNKNOWN if _depth(member) >= _DEEPEST else member for member in members(found))


def _depth(found: Type) -> int:
    return 1 + max(map(_depth, members(found.item))) if isinstance(found, Holding) else 0


def unless_changed(found: Type, name: str, module: Module) -> Type:
    """A container as it was written out, unless the module puts something else into it after it was made."""
    if any(isinstance(member, Holding) for member in members(found)) and name in _changed(module.document.text):
        return union(replace(m, item=UNKNOWN, items=()) if isinstance(m, Holding) else m for m in members(found))
    return found


@lru_cache(maxsize=64)
def _changed(text: str) -> frozenset[str]:
    """The last names of the containers that something is put into."""
    return frozenset(_CHANGES.findall(text))


def element(found: Type) -> Type:
    """What a loop over it gives."""
    return union(_element(member) for member in members(found))


def _element(found: Type) -> Type:
    if not isinstance(found, Holding):
        return UNKNOWN
    return OPAQUE if found.keyed else found.item


def item_at(found: Type, index: object) -> Type:
    """What a subscript or an unpacking gives: `index` is the position where that is known."""
    if not isinstance(found, Holding):
        return UNKNOWN
    if found.items and isinstance(index, int):
        return found.items[index] if index < len(found.items) else UNKNOWN
    return found.item


def method(found: Holding, name: str) -> Type:
    """A method of a container."""
    if name in _ITEM_METHODS:
        return Returning(found.item)
    if name in _ITSELF_METHODS:
        return Returning(Holding(found.item))
    if name == "items" and found.keyed:
        return Returning(Holding(row((OPAQUE, found.item))))
    return UNKNOWN


def row(types: Sequence[Type]) -> Holding:
    """A tuple of these."""
    return Holding(union(types), tuple(types))


def built(name: str, arguments: Sequence[Type]) -> Type | None:
    """What one of Python's own functions makes of containers; None for another function."""
    if name == "builtins.zip":
        return Holding(row([element(argument) for argument in arguments]))
    if not arguments:
        return None
    if name in _PASSING_ON:
        given = (m.item if isinstance(m, Holding) else m for m in members(arguments[0]))
        return union((*given, *arguments[1:]))  # next(items, default)
    if name in _SAME_ELEMENTS:
        return Holding(element(arguments[0]))
    if name == "builtins.enumerate":
        return Holding(row((OPAQUE, element(arguments[0]))))
    return None


_PASSING_ON = frozenset({"builtins.next", "builtins.anext", "builtins.iter", "copy.copy", "copy.deepcopy"})
_SAME_ELEMENTS = frozenset({
    "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted", "builtins.reversed",
})  # fmt: skip
