"""Triage: a scan of the bytes that tells which files can hold a finding at all.

The words come from the active rules. A file without a root word (`starlette`, `fastapi`) can still use an app
or a client that another module made: it counts if it lies beside a root file, or names a package that has one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.rule import ArgumentMatch, AttributeMatch, BehaviourMatch, OverrideMatch, SymbolMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.ruleset.rule import Match, Rule
    from starlette_upgrade.ruleset.selection import ActiveRule

# FastAPI's classes derive from these, so that a file with FastAPI alone can have their attributes as well.
APPLICATIONS = {
    "starlette.applications.Starlette": "fastapi.applications.FastAPI",
    "starlette.routing.Router": "fastapi.routing.APIRouter",
}
FRAMEWORK = "starlette"
# How a class is written where `Router` must not be the end of `APIRouter`.
_WRITTEN = {"Router": tuple(before + b"Router" for before in (b" ", b"(", b".", b"[", b",", b'"', b"'"))}
_NAMES = re.compile(rb"[A-Za-z_]\w{3,}")
# Where imports stand: a file without a root word, in a package without a root file, is judged by its head.
_HEAD = 4096
_STEM = 6


@dataclass(frozen=True, slots=True)
class Test:
    """What a file must hold to be able to have a usage: one of `words`, and `pattern`, and an owner.

    The owner is the class that the usage is about: one of `owners` in the file itself, or one of `near` in a
    file that it can import from. No pattern, or no owners: nothing is asked. `roots_only`: only a file that
    names Starlette or FastAPI can have it.
    """

    words: tuple[bytes, ...]
    pattern: bytes = b""
    owners: tuple[bytes, ...] = ()
    near: frozenset[bytes] = frozenset()
    roots_only: bool = False


# Whether a class has its own attribute of that name in place of the one that its base lost.
Kept = Callable[[str, str], bool]
Uses = tuple[tuple[bytes, tuple[tuple[Test, tuple[bytes, ...]], ...]], ...]


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

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """What the rules ask of a file. They are made for the first file that names Starlette or FastAPI."""
        rules = [active.rule for active in self._rules]
        return _merged(
            [test for rule in rules for match in rule.matches for test in _tests(rule, match, self._kept)]
        )

    @cached_property
    def _by_stem(self) -> Uses:
        return _by_stem(self.tests)

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
        if len(unit.owners) < len(self._owners):
            unit.owners.update(owner for owner in self._owners if owner in data)

    def can_hold(self, path: str, data: bytes, *, root: bool) -> bool:
        """Whether a file can hold a finding, as far as its bytes and its surroundings tell."""
        near = self._near(path, data)
        if root:
            uses = self._by_stem
        elif near:
            uses = self._by_stem_near(near)
        else:
            return False
        for stem, tests in uses:
            if stem in data and any(_passes(test, words, data, near) for test, words in tests):
                return True
        return False

    def can_hold_alone(self, data: bytes) -> bool:
        """Whether a file of whose surroundings nothing is known can hold a finding."""
        for stem, tests in self._by_stem:
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
        owners.update(owner for owner in self._owners if owner in data)
        return frozenset((FRAMEWORK, *map(_class_name, owners)))

    def _by_stem_near(self, near: tuple[Unit, ...]) -> Uses:
        """The tests that a file without a root word can pass beside these units."""
        if near not in self._near_tests:
            owners = frozenset(owner for unit in near for owner in unit.owners)
            possible = [test for test in self.tests if not test.roots_only and _is_owned(test, owners)]
            self._near_tests[near] = _by_stem(possible)
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
        return tuple(
            unit
            for unit, name, inside in self._roots()
            if own is unit or name in text or own.folder.startswith(inside)
        )

    def _roots(self) -> list[tuple[Unit, bytes, str]]:
        """The units with root files, each with its name and with how the folders inside it begin."""
        if not self._named:
            roots = [unit for unit in self._units.values() if unit.is_root]
            self._named = [(unit, os.path.basename(unit.folder).encode(), f"{unit.folder}/") for unit in roots]
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


def _merged(tests: Iterable[Test]) -> tuple[Test, ...]:
    """The tests, with the words of those that ask for the same put together; the simple ones first."""
    words: dict[Test, set[bytes]] = {}
    for test in tests:
        words.setdefault(replace(test, words=()), set()).update(test.words)
    merged = [replace(test, words=_shortest(found)) for test, found in words.items()]
    return tuple(sorted(merged, key=lambda test: (bool(test.pattern), bool(test.owners))))


def _class_name(owner: bytes) -> str:
    """The class of which a byte string is a trace: `Router` of ` Router`, `FileResponse` of `FileResponse as`."""
    return re.sub(r"\W", "", owner.decode().removesuffix(" as"))


def _has_word(test: Test, words: tuple[bytes, ...], data: bytes) -> bool:
    if not any(word in data for word in words):
        return False
    return not test.pattern or re.search(test.pattern, data) is not None


def _passes(test: Test, words: tuple[bytes, ...], data: bytes, near: tuple[Unit, ...]) -> bool:
    if not _has_word(test, words, data):
        return False
    if not test.owners or any(owner in data for owner in test.owners):
        return True
    return any(not test.near.isdisjoint(unit.owners) for unit in near)


def _is_owned(test: Test, owners: frozenset[bytes]) -> bool:
    return not test.owners or not test.near.isdisjoint(owners)


def _by_stem(tests: Iterable[Test]) -> Uses:
    """A stem that words share to their tests: most files do not even have the stem, and stems are few."""
    found: dict[bytes, dict[Test, list[bytes]]] = {}
    names = {word: _NAMES.findall(word)[0] for test in tests for word in test.words}
    stems = {name: _stem(name, set(names.values())) for name in names.values()}
    for test in tests:
        for word in test.words:
            found.setdefault(stems[names[word]], {}).setdefault(test, []).append(word)
    return tuple((stem, tuple((t, tuple(w)) for t, w in uses.items())) for stem, uses in found.items())


def _stem(name: bytes, names: set[bytes]) -> bytes:
    """The shortest of the names that `name` holds, cut to the start that it shares with others."""
    shortest = min((other for other in names if other in name), key=len)
    start = shortest[:_STEM]
    return start if sum(other.startswith(start) for other in names) > 1 else shortest


def _tests(rule: Rule, match: Match, kept: Kept) -> Iterator[Test]:
    if isinstance(match, SymbolMatch):
        yield from (_symbol_test(symbol, rule) for symbol in match.symbols)
    elif isinstance(match, AttributeMatch):
        for name in match.names:
            words = _attribute_words(name, match.usage)
            inherited = any(cls in APPLICATIONS and not kept(APPLICATIONS[cls], name) for cls in match.classes)
            yield _test_of_objects(words, () if inherited else match.classes)
    elif isinstance(match, ArgumentMatch):
        yield from _argument_tests(match)
    elif isinstance(match, OverrideMatch):
        yield _test_of_objects(match.names, match.classes)
    elif isinstance(match, BehaviourMatch):
        yield _test_of_objects([word for name in match.names for word in (f"{name}(", f"{name} (")], match.classes)


def _argument_tests(match: ArgumentMatch) -> Iterator[Test]:
    for name in match.callables:
        last = _last(name)
        for keyword in match.keywords:
            test = (
                _test_of_class(keyword, last) if last[0].isupper() else _test_of_objects([keyword], [_owner(name)])
            )
            yield replace(test, pattern=_KEYWORD.replace(b"NAME", keyword.encode()))
        if match.known:
            yield _test_of_objects([last], [name])
        elif match.position is not None:
            yield replace(_test_of_objects([last], [name]), pattern=_POSITIONAL.replace(b"NAME", last.encode()))


def _test_of_objects(words: Iterable[str], classes: Iterable[str]) -> Test:
    """For what is used on an object: its class need be named only where the object is made."""
    owners = tuple(sorted(word for name in classes for word in _written(name)))
    return Test(tuple(word.encode() for word in words), b"", owners, frozenset(owners))


def _test_of_class(word: str, name: str) -> Test:
    """For what is used on a class: it is named in the file, or has a subclass or other name near it."""
    traces = (f"({name}", f"= {name}", f"{name} as")
    return Test((word.encode(),), b"", _written(name), frozenset(trace.encode() for trace in traces))


def _written(name: str) -> tuple[bytes, ...]:
    """The byte strings of which one is there wherever the class is named."""
    last = _last(name)
    return _WRITTEN.get(last, (last.encode(),))


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
    return Test((name.encode(),), pattern, roots_only=True)


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
