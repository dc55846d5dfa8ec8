"""A surface, read: what each name is, which class has a member, and from which base."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASS = re.compile(r"class\((?P<bases>.*)\)")


@dataclass
class Api:
    """One release.

    surface: what was read. said: what is said of each key.
    warned, offered: the warnings of a function, the `__all__` of a module.
    floors: the Python, and each requirement (with its marker), to the versions that will do.
    names: of each module, members: of each class, its own names. classes: all of them.
    """

    surface: frozenset[str] = frozenset()
    said: dict[str, str] = field(default_factory=dict)
    warned: dict[str, set[str]] = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=dict)
    floors: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    _orders: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, surface: frozenset[str]) -> Api:
        """The lines of a surface as what they mean."""
        api = cls(surface)
        for line in surface:
            key, _, said = line.partition(" ")
            if key == "python":
                api.floors[key] = said
            elif key == "requires":
                name, _, rest = said.partition(" ")
                versions, _, marker = rest.partition(";")
                api.floors[f"{key} {name}{marker and ';' + marker}"] = versions
            elif said.startswith("warns "):
                api.warned.setdefault(key, set()).add(said.removeprefix("warns "))
            elif said.startswith("offers "):
                api.offered.setdefault(key.partition(":")[0], set()).add(said.removeprefix("offers "))
            else:
                api.said[key] = said
        for key, said in api.said.items():
            api._place(key, said)
        return api

    def _place(self, key: str, said: str) -> None:
        module, colon, name = key.partition(":")
        if said.startswith("class("):
            self.classes.append(key)
        if not colon:
            self.names.setdefault(module, [])
        elif "." not in name:
            self.names.setdefault(module, []).append(name)
        else:
            owner, _, member = key.rpartition(".")
            self.members.setdefault(owner, {})[member] = said

    def resolve(self, key: str) -> str:
        """The key under which something is defined that modules import from each other."""
        said = self.said.get(key, "")
        target = said.removeprefix("import ")
        return self.resolve(target) if said != target and target != key and target in self.said else key

    def is_class(self, key: str) -> bool:
        return self.said.get(key, "").startswith("class(")

    def bases(self, key: str) -> list[str]:
        """The bases of a class; those of the package by their keys."""
        found = _CLASS.fullmatch(self.said.get(key, ""))
        return found["bases"].split(", ") if found and found["bases"] else []

    def order(self, key: str) -> tuple[str, ...]:
        """The classes of the package in which a member of this class is looked for; the class itself first."""
        known = self._orders.get(key)
        if known is None:
            above = [order for base in self.bases(key) if self.is_class(base) for order in self.order(base)]
            known = self._orders[key] = tuple(dict.fromkeys([key, *above]))
        return known

    def outside(self, key: str) -> Iterator[str]:
        """The bases of a class and of those above it that are not of the package."""
        for owner in self.order(key):
            yield from (base for base in self.bases(owner) if not self.is_class(base))

    def owner(self, key: str, member: str) -> str | None:
        """The class from which a class has this member; None if no class of the package defines it."""
        return next((owner for owner in self.order(key) if member in self.members.get(owner, ())), None)

    def all_members(self, key: str) -> set[str]:
        return {member for owner in self.order(key) for member in self.members.get(owner, ())}
