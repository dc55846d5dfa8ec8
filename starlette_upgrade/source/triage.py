"""Triage: a scan of the bytes that tells which files can hold a finding at all.

The words come from the active rules. A file without a root word (`starlette`, `fastapi`) can still use an app
or a client that another module made: it counts if it lies beside a root file, or names a package that has one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.rule import ArgumentMatch, AttributeMatch, BehaviourMatch, OverrideMatch, SymbolMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.ruleset.rule import Match, Rule
    from starlette_upgrade.ruleset.selection import ActiveRule

# Classes that so many others derive from that their own name says nothing about where they are used.
_EVERYWHERE = frozenset({"Starlette", "Router"})
_NAMES = re.compile(rb"[A-Za-z_]\w{3,}")
# Where imports stand: a file without a root word, in a package without a root file, is judged by its head.
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Test:
    """What a file must hold to be able to have a usage: one of `words`, and `pattern`, and an owner.

    The owner is the class that the usage is about: one of `owners` in the file itself, or one of `near` in a
    file that it can import from. No pattern, or no owners: nothing is asked. `forms` maps the identifier in each
    word to the words that hold it: most files do not even have the identifier.
    """

    words: tuple[bytes, ...]
    pattern: bytes = b""
    owners: tuple[bytes, ...] = ()
    near: frozenset[bytes] = frozenset()
    forms: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()


def _holds(data: bytes, test: Test) -> bool:
    for name, words in test.forms:
        if name in data and any(word in data for word in words):
            return not test.pattern or re.search(test.pattern, data) is not None
    return False


@dataclass(slots=True)
class Unit:
    """Files that can import each other without naming a package: a top-level package, or a folder of scripts.

    `owners` are the traces of interesting classes that its root files hold.
    """

    folder: str
    owners: set[bytes] = field(default_factory=set)
    is_root: bool = False


def is_root(data: bytes) -> bool:
    """Whether the bytes name Starlette or FastAPI."""
    return b"starlette" in data or b"fastapi" in data


class Triage:
    """Decides file by file; root files have to be shown to it (`note`) before others are asked about."""

    def __init__(self, rules: Iterable[ActiveRule]) -> None:
        found = [test for active in rules for match in active.rule.matches for test in _tests(active.rule, match)]
        self.tests = _merged(found)
        self._owners = frozenset(owner for test in self.tests for owner in test.near)
        self._units: dict[str, Unit] = {}
        self._of_folder: dict[str, Unit] = {}
        self._named: list[tuple[Unit, bytes]] = []

    def note(self, path: str, data: bytes) -> None:
        """Takes a root file's surroundings into account."""
        unit = self._unit(path)
        unit.is_root = True
        if len(unit.owners) < len(self._owners):
            unit.owners.update(owner for owner in self._owners if owner in data)

    def can_hold(self, path: str, data: bytes, *, root: bool) -> bool:
        """Whether a file can hold a finding, as far as its bytes and its surroundings tell."""
        near: list[Unit] | None = None if root else self._near(path, data)
        if near == []:
            return False
        for test in self.tests:
            if not _holds(data, test):
                continue
            if not test.owners or any(owner in data for owner in test.owners):
                return True
            if near is None:
                near = self._near(path, data)
            if any(not test.near.isdisjoint(unit.owners) for unit in near):
                return True
        return False

    def _near(self, path: str, data: bytes) -> list[Unit]:
        """The units with root files that a file can import from: its own, and those that its imports name."""
        own = self._unit(path)
        if own.is_root and not own.owners < self._owners:
            return [own]
        head = data[:_HEAD]
        return [
            unit
            for unit, name in self._roots()
            if own is unit or name in head or own.folder.startswith(f"{unit.folder}/")
        ]

    def _roots(self) -> list[tuple[Unit, bytes]]:
        if not self._named:
            self._named = [
                (unit, os.path.basename(unit.folder).encode()) for unit in self._units.values() if unit.is_root
            ]
        return self._named

    def _unit(self, path: str) -> Unit:
        """The topmost package around the file, or else its folder."""
        folder = os.path.dirname(os.path.abspath(path))
        unit = self._of_folder.get(folder)
        if unit is None:
            top, found = folder, folder
            while os.path.exists(f"{top}/__init__.py"):
                found, top = top, os.path.dirname(top)
            unit = self._units.setdefault(found, Unit(found))
            self._of_folder[folder] = unit
        return unit


def _merged(tests: Iterable[Test]) -> tuple[Test, ...]:
    """The tests, with the words of those that ask for the same put together; the simple ones first."""
    words: dict[Test, set[bytes]] = {}
    for test in tests:
        words.setdefault(replace(test, words=()), set()).update(test.words)
    merged = []
    for test, found in words.items():
        forms: dict[bytes, list[bytes]] = {}
        for word in _shortest(found):
            forms.setdefault(_NAMES.findall(word)[0], []).append(word)
        pairs = tuple((name, tuple(together)) for name, together in forms.items())
        merged.append(replace(test, words=tuple(sorted(found)), forms=pairs))
    return tuple(sorted(merged, key=lambda test: (bool(test.pattern), bool(test.owners))))


def _tests(rule: Rule, match: Match) -> Iterator[Test]:
    if isinstance(match, SymbolMatch):
        yield from (_symbol_test(symbol, rule) for symbol in match.symbols)
    elif isinstance(match, AttributeMatch):
        words = [word for name in match.names for word in _attribute_words(name, match.usage)]
        yield _test_of_objects(words, match.classes)
    elif isinstance(match, ArgumentMatch):
        yield from _argument_tests(match)
    elif isinstance(match, OverrideMatch | BehaviourMatch):
        yield _test_of_objects(match.names, match.classes)


def _argument_tests(match: ArgumentMatch) -> Iterator[Test]:
    for name in match.callables:
        last = _last(name)
        for keyword in match.keywords:
            test = (
                _test_of_class(keyword, last) if last[0].isupper() else _test_of_objects([keyword], [_owner(name)])
            )
            yield replace(test, pattern=_KEYWORD.replace(b"NAME", keyword.encode()))
        if match.known:
            yield Test((last.encode(),))
        elif match.position is not None:
            yield Test((last.encode(),), _POSITIONAL.replace(b"NAME", last.encode()))


def _test_of_objects(words: Iterable[str], classes: Iterable[str]) -> Test:
    """For what is used on an object: its class need be named only where the object is made."""
    tails = {_last(name) for name in classes}
    if tails & _EVERYWHERE:
        tails = set()
    owners = tuple(sorted(tail.encode() for tail in tails))
    return Test(tuple(word.encode() for word in words), b"", owners, frozenset(owners))


def _test_of_class(word: str, name: str) -> Test:
    """For what is used on a class: it is named in the file, or has a subclass or other name near it."""
    if name in _EVERYWHERE:
        return Test((word.encode(),))
    traces = (f"({name}", f"= {name}", f"{name} as")
    return Test((word.encode(),), b"", (name.encode(),), frozenset(trace.encode() for trace in traces))


_KEYWORD = rb"NAME(?:\s*=(?!=)|[\"']\s*:)"
# A call with something by position, a subclass (whose own calls may have it), or another name for the class.
_POSITIONAL = rb"\bNAME\s*\(\s*(?!\w+\s*=[^=]|\)|\*\*)|class\s+\w+\s*\([^)]*\bNAME\b|\bNAME\s+as\b"
_IMPORTED = (
    rb"\bMODULE\s+import\b(?:\s*\([^)]*|[^\n]*(?:\\\r?\n[^\n]*)*)\bNAME\b"
    rb"|\bMODULE\.NAME\b|\bMODULE\s+as\b"
)


def _symbol_test(symbol: str, rule: Rule) -> Test:
    """A name that changes is telling; one that only moves is told by the module that it comes from."""
    module, _, name = symbol.rpartition(".")
    if all(_last(dict(fix.replaces).get(symbol, "")) != name for fix in rule.fixes):
        return Test((name.encode(),))
    pattern = _IMPORTED.replace(b"MODULE", _last(module).encode()).replace(b"NAME", name.encode())
    return Test((name.encode(),), pattern)


def _attribute_words(name: str, usage: str) -> list[str]:
    """How an attribute is written; a name with an underscore may stand in a string for `setattr` or `patch`."""
    if usage == "call":
        return [f".{name}(", f".{name} ("]
    return [f".{name}", f'"{name}"', f"'{name}'"] if "_" in name else [f".{name}"]


def _owner(method: str) -> str:
    return method.rpartition(".")[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _shortest(words: set[bytes]) -> tuple[bytes, ...]:
    """The words without those that hold another one: where they are, that one is."""
    return tuple(sorted(word for word in words if not any(other != word and other in word for other in words)))
