"""Triage: a scan of the bytes that tells which files can hold a finding at all.

The words come from the active rules. A file without a root word (`starlette`, `fastapi`) can still use an app
or a client that another module made: it counts if it lies beside a root file, or names a package that has one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from starlette_upgrade.source.needles import by_stem, tests_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.source.needles import Kept, Test, Uses

FRAMEWORK = "starlette"
# Where imports stand: a file without a root word, in a package without a root file, is judged by its head.
_HEAD = 8192


@dataclass(slots=True, eq=False)
class Unit:
    """Files that can import each other without naming a package: a top-level package, or a folder of scripts.

    `owners` are the traces of interesting classes that its root files hold, `heads` the beginnings of these.
    """

    folder: str
    owners: set[bytes] = field(default_factory=set)
    heads: list[bytes] = field(default_factory=list)
    is_root: bool = False


def is_root(data: bytes) -> bool:
    """Whether the bytes name Starlette or FastAPI."""
    return b"starlette" in data or b"fastapi" in data


class Triage:
    """Decides file by file; root files have to be shown to it (`note`) before others are asked about."""

    def __init__(self, rules: Iterable[ActiveRule], kept: Kept) -> None:
        self._rules = tuple(rules)
        self._kept = kept
        self._near_tests: dict[tuple[Unit, ...], Uses] = {}
        self._near_unit: dict[Unit, tuple[Unit, ...]] = {}
        self._units: dict[str, Unit] = {}
        self._of_folder: dict[str, Unit] = {}
        self._named: list[tuple[Unit, bytes, str]] = []
        self._root_names: tuple[bytes, ...] = ()
        self._root_folders: tuple[str, ...] = ()

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """What the rules ask of a file. They are made for the first file that names Starlette or FastAPI."""
        return tests_of((active.rule for active in self._rules), self._kept)

    @cached_property
    def _by_stem(self) -> Uses:
        return by_stem(self.tests)

    @cached_property
    def _owners(self) -> frozenset[bytes]:
        return frozenset(owner for test in self.tests for owner in test.near)

    @property
    def everything(self) -> frozenset[str]:
        """All interesting classes: what may be near a file of which nothing is known."""
        return frozenset((FRAMEWORK, *map(_class_name, self._owners)))

    def note(self, path: str, data: bytes) -> None:
        """Takes a root file's surroundings into account."""
        unit = self._unit(path)
        unit.is_root = True
        unit.heads.append(data[:_HEAD])
        unit.owners.update(self._owners_in(data))

    def _owners_in(self, data: bytes) -> list[bytes]:
        return [
            owner
            for name, traces in self._owners_by_class.items()
            if name in data
            for owner in traces
            if owner in data
        ]

    @cached_property
    def _owners_by_class(self) -> dict[bytes, list[bytes]]:
        found: dict[bytes, list[bytes]] = {}
        for owner in self._owners:
            found.setdefault(_class_name(owner).encode(), []).append(owner)
        return found

    def adopt(self, path: str, data: bytes) -> None:
        """Makes a conftest.py that imports from a root unit one itself: its fixtures reach what lies below it."""
        near = self._near(path, data)
        if near:
            unit = self._unit(path)
            unit.is_root = True
            unit.owners.update(owner for other in near for owner in other.owners)
            self._named.clear()
            self._near_unit.clear()

    def can_hold(self, path: str, data: bytes, *, root: bool) -> bool:
        """Whether a file can hold a finding, as far as its bytes and its surroundings tell."""
        near = self._near(path, data)
        if root:
            uses = self._by_stem
        elif near:
            uses = self._by_stem_near(near)
        else:
            return False
        # Most files have no stem at all: `map` finds that out without a step of Python for each.
        if not any(map(data.__contains__, uses)):
            return False
        for stem, tests in uses.items():
            if stem in data and any(_passes(test, words, data, near) for test, words in tests):
                return True
        return False

    def can_hold_alone(self, data: bytes) -> bool:
        """Whether a file of whose surroundings nothing is known can hold a finding."""
        for stem, tests in self._by_stem.items():
            if stem in data and any(_has_word(test, words, data) for test, words in tests):
                return True
        return False

    def named_near(self, path: str, data: bytes) -> frozenset[str]:
        """The interesting classes that a file, or one that it can import from, names.

        `FRAMEWORK` is among them where Starlette or FastAPI is named at all.
        """
        near = self._near(path, data)
        if not near and not is_root(data):
            return frozenset()
        owners = {owner for unit in near for owner in unit.owners}
        owners.update(self._owners_in(data))
        return frozenset((FRAMEWORK, *map(_class_name, owners)))

    def _by_stem_near(self, near: tuple[Unit, ...]) -> Uses:
        """The tests that a file without a root word can pass beside these units."""
        if near not in self._near_tests:
            owners = frozenset(owner for unit in near for owner in unit.owners)
            possible = [test for test in self.tests if not test.roots_only and _is_owned(test, owners)]
            self._near_tests[near] = by_stem(possible)
        return self._near_tests[near]

    def _near(self, path: str, data: bytes) -> tuple[Unit, ...]:
        """The units with root files that a file can import from: its own with those that this names, or else
        those that the file's own imports name.
        """
        own = self._unit(path)
        if own.is_root:
            if own not in self._near_unit:
                self._near_unit[own] = self._named_in(own, b"\n".join(own.heads))
            return self._near_unit[own]
        return self._named_in(own, data[:_HEAD])

    def _named_in(self, own: Unit, text: bytes) -> tuple[Unit, ...]:
        roots = self._roots()
        if not any(map(text.__contains__, self._root_names)) and not own.folder.startswith(self._root_folders):
            return (own,) if own.is_root else ()
        return tuple(
            unit for unit, name, inside in roots if own is unit or name in text or own.folder.startswith(inside)
        )

    def _roots(self) -> list[tuple[Unit, bytes, str]]:
        """The units with root files, each with its name and with how the folders inside it begin."""
        if not self._named:
            roots = [unit for unit in self._units.values() if unit.is_root]
            self._named = [(unit, os.path.basename(unit.folder).encode(), f"{unit.folder}/") for unit in roots]
            self._root_names = tuple(name for _, name, _ in self._named)
            self._root_folders = tuple(folder for _, _, folder in self._named)
        return self._named

    def _unit(self, path: str) -> Unit:
        """The topmost package around the file, or else its folder."""
        folder = os.path.dirname(path)
        unit = self._of_folder.get(folder)
        if unit is None:
            top = found = os.path.abspath(folder)
            while os.path.exists(f"{top}/__init__.py"):
                found, top = top, os.path.dirname(top)
            unit = self._units.setdefault(found, Unit(found))
            self._of_folder[folder] = unit
        return unit


def _class_name(owner: bytes) -> str:
    """The class of which a byte string is a trace: `Router` of ` Router`, `FileResponse` of `FileResponse as`."""
    return re.sub(r"\W", "", owner.decode().removesuffix(" as"))


def _has_word(test: Test, words: tuple[bytes, ...], data: bytes) -> bool:
    if not any(word in data for word in words):
        return False
    return not test.patterns or any(re.search(pattern, data) for pattern in test.patterns)


def _passes(test: Test, words: tuple[bytes, ...], data: bytes, near: tuple[Unit, ...]) -> bool:
    if not _has_word(test, words, data):
        return False
    if not test.owners or any(owner in data for owner in test.owners):
        return True
    return any(not test.near.isdisjoint(unit.owners) for unit in near)


def _is_owned(test: Test, owners: frozenset[bytes]) -> bool:
    return not test.owners or not test.near.isdisjoint(owners)
