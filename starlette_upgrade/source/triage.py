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

from starlette_upgrade.source.needles import by_word, tests_of
from starlette_upgrade.source.packages import Packages
from starlette_upgrade.source.words import scan_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.source.needles import Kept, Test, Uses
    from starlette_upgrade.source.words import Scan

FRAMEWORK = "starlette"
# Where imports stand: a file without a root word, in a package without a root file, is judged by its head.
_HEAD = 8192


@dataclass(slots=True, eq=False)
class Unit:
    """Files that can import each other without naming a package: a top-level package, or a folder of scripts.

    `owners` are the traces of interesting classes that its root files hold, `heads` the beginnings of these.
    `names_framework`: Starlette or FastAPI itself is named. `builds_on_it`: a package that is built on one is
    imported, whose classes have names of their own.
    """

    folder: str
    owners: set[bytes] = field(default_factory=set)
    heads: list[bytes] = field(default_factory=list)
    names_framework: bool = False
    builds_on_it: bool = False

    @property
    def is_root(self) -> bool:
        return self.names_framework or self.builds_on_it

    @property
    def has_other_names(self) -> bool:
        """Whether its classes go by names that no rule knows: it never speaks of Starlette itself."""
        return self.builds_on_it and not self.names_framework


_ROOT_WORDS = (b"starlette", b"fastapi")
_SHORT = 4
_PLAIN = frozenset(_ROOT_WORDS)
_root_words = scan_for(_ROOT_WORDS)


def is_root(data: bytes) -> bool:
    """Whether the bytes name Starlette or FastAPI."""
    return bool(_root_words(data))


class _Roots:
    """The units with root files, each with its name and with how the folders inside it begin."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = [
            (unit, os.path.basename(unit.folder).encode(), f"{unit.folder}/")
            for unit in dict.fromkeys(units)
            if unit.is_root
        ]
        # The frameworks' own source, where that is in the tree, is not what an import of them leads to.
        self.scan = scan_for(name for _, name, _ in self.units if name and name not in _ROOT_WORDS)
        self.insides = tuple(inside for _, _, inside in self.units)


class Triage:
    """Decides file by file; root files have to be shown to it (`note`) before others are asked about."""

    def __init__(self, rules: Iterable[ActiveRule], kept: Kept, built_on: Iterable[str] = ()) -> None:
        self._rules = tuple(active.rule for active in rules)
        self._kept = kept
        self._words: dict[str, frozenset[bytes]] = {}
        self._near_uses: dict[tuple[Unit, ...], tuple[Scan, Uses]] = {}
        self._near_unit: dict[Unit, tuple[Unit, ...]] = {}
        self._packages = Packages()
        self._units: dict[str, Unit] = {}
        self._of_folder: dict[str, Unit] = {}
        self._roots: _Roots | None = None
        names = [name.encode() for name in built_on if name.encode() not in _ROOT_WORDS]
        self._root_words = scan_for([*_ROOT_WORDS, *(word for name in names for word in _traces(name))])
        self._builders: set[str] = set()

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """What the rules ask of a file. They are made for the first file that names Starlette or FastAPI."""
        return tests_of(self._rules, self._kept)

    @cached_property
    def _uses(self) -> Uses:
        return by_word(self.tests)

    @cached_property
    def _scan(self) -> Scan:
        return scan_for(word for test in self.tests for word in (*test.words, *test.owners, *test.near))

    @cached_property
    def _owners(self) -> frozenset[bytes]:
        return frozenset(owner for test in self.tests for owner in test.near)

    @property
    def everything(self) -> frozenset[str]:
        """All interesting classes: what may be near a file of which nothing is known."""
        return frozenset((FRAMEWORK, *map(_class_name, self._owners)))

    def is_root(self, data: bytes) -> bool:
        """Whether a file names Starlette or FastAPI, or imports a package that is built on one."""
        found = self._root_words(data)
        return bool(found) and (not found.isdisjoint(_PLAIN) or _imports(data, found))

    def _builds_on(self, data: bytes) -> bool:
        return _imports(data, self._root_words(data) - _PLAIN)

    @property
    def root_files(self) -> Collection[str]:
        """The files that name Starlette or FastAPI, as far as they were shown."""
        return self._words.keys()

    def note(self, path: str, data: bytes) -> None:
        """Takes a root file and what it gives to its surroundings into account."""
        words = self._words[path] = self._scan(data)
        unit = self._unit(path)
        unit.names_framework |= is_root(data)
        if self._builds_on(data):
            unit.builds_on_it = True
            self._builders.add(path)
        unit.heads.append(data[:_HEAD])
        unit.owners.update(words & self._owners)

    def adopt(self, path: str, data: bytes) -> None:
        """Makes a conftest.py that imports from a root unit one itself: its fixtures reach what lies below it."""
        near = self._near(path, data)
        if near:
            unit = self._unit(path)
            unit.names_framework |= any(other.names_framework for other in near)
            unit.builds_on_it |= any(other.builds_on_it for other in near)
            unit.owners.update(owner for other in near for owner in other.owners)
            self._roots = None
            self._near_unit.clear()

    def rules_for(self, path: str, data: bytes) -> frozenset[str]:
        """The rules that a file can hold a finding of, as far as its words and its surroundings tell."""
        words = self._words.get(path)
        if words is not None:
            return _asking(words, self._uses, data, self._near(path, data), any_class=path in self._builders)
        near = self._near(path, data)
        if not near:
            return frozenset()
        scan, uses = self._uses_near(near)
        return _asking(scan(data), uses, data, near)

    def rules_for_lone(self, data: bytes) -> frozenset[str]:
        """The rules that a file of whose surroundings nothing is known can hold a finding of."""
        return _asking(self._scan(data), self._uses, data, (), any_class=True)

    def named_near(self, path: str, data: bytes) -> frozenset[str]:
        """The interesting classes that a file, or one that it can import from, names.

        `FRAMEWORK` is among them where Starlette or FastAPI is named at all.
        """
        near = self._near(path, data)
        if not near and not is_root(data):
            return frozenset()
        owners = {owner for unit in near for owner in unit.owners}
        owners.update(self._scan(data) & self._owners)
        is_named = is_root(data) or any(unit.names_framework for unit in near)
        return frozenset((*((FRAMEWORK,) if is_named else ()), *map(_class_name, owners)))

    def _uses_near(self, near: tuple[Unit, ...]) -> tuple[Scan, Uses]:
        """The tests that a file without a root word can pass beside these units, and the scan for their words."""
        if near not in self._near_uses:
            owners = frozenset(owner for unit in near for owner in unit.owners)
            any_class = any(unit.has_other_names for unit in near)
            possible = [
                test for test in self.tests if not test.roots_only and (any_class or _can_be_owned(test, owners))
            ]
            words = [word for test in possible for word in (*test.words, *test.owners)]
            self._near_uses[near] = scan_for(words), by_word(possible)
        return self._near_uses[near]

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
        roots = self._roots = self._roots or _Roots(self._units.values())
        found = roots.scan(text)
        if not found and not own.folder.startswith(roots.insides):
            return (own,) if own.is_root else ()
        return tuple(
            unit
            for unit, name, inside in roots.units
            if own is unit or name in found or own.folder.startswith(inside)
        )

    def _unit(self, path: str) -> Unit:
        """The topmost package around the file, or else its folder."""
        folder, _, _ = path.rpartition(os.sep)
        unit = self._of_folder.get(folder)
        if unit is None:
            absolute = os.path.abspath(folder)
            top = self._packages.top(absolute) or absolute
            unit = self._of_folder[folder] = self._units.setdefault(top, Unit(top))
        return unit


def _traces(name: bytes) -> tuple[bytes, ...]:
    """What a scan looks for: a short name stands in other words everywhere."""
    return (name,) if len(name) > _SHORT else (b"from %s " % name, b"from %s." % name, b"import %s" % name)


def _imports(data: bytes, traces: Iterable[bytes]) -> bool:
    """Whether a file imports one of the packages: `from air` is none of `airflow`."""
    names = {trace.split()[-1].rstrip(b".") for trace in traces}
    for word in (way + name for name in names for way in (b"from ", b"import ")):
        position = data.find(word)
        while position >= 0:
            after = data[position + len(word) : position + len(word) + 1]
            if not after.isalnum() and after != b"_":
                return True
            position = data.find(word, position + 1)
    return False


def _class_name(owner: bytes) -> str:
    """The class of which a byte string is a trace: `Router` of ` Router`, `FileResponse` of `FileResponse as`."""
    return re.sub(r"\W", "", owner.decode().removesuffix(" as"))


def _asking(
    words: frozenset[bytes], uses: Uses, data: bytes, near: tuple[Unit, ...], *, any_class: bool = False
) -> frozenset[str]:
    """The rules of the tests that a file passes."""
    tests = {id(test): test for word in words for test in uses.get(word, ())}.values()
    found: set[str] = set()
    known: dict[bytes, bool] = {}  # rules of one family have patterns in common

    def holds(pattern: bytes) -> bool:
        if pattern not in known:
            known[pattern] = re.search(pattern, data) is not None
        return known[pattern]

    for test in tests:
        if test.rule in found or not (any_class or _has_owner(test, words, near)):
            continue
        if (not test.patterns or any(map(holds, test.patterns))) and all(map(holds, test.needed)):
            found.add(test.rule)
    return frozenset(found)


def _has_owner(test: Test, words: frozenset[bytes], near: tuple[Unit, ...]) -> bool:
    if not test.owners or not words.isdisjoint(test.owners):
        return True
    return any(unit.has_other_names or not test.near.isdisjoint(unit.owners) for unit in near)


def _can_be_owned(test: Test, owners: frozenset[bytes]) -> bool:
    return not test.owners or not test.near.isdisjoint(owners)
