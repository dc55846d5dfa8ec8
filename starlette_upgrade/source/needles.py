"""Needles: what a file must hold, byte for byte, to be able to have a usage that a rule speaks of.

They are derived from the rules, so that a new rule needs no word here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.rule import ArgumentMatch, AttributeMatch, BehaviourMatch, OverrideMatch, SymbolMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.ruleset.rule import Match, Rule

# FastAPI's classes derive from these, so that a file with FastAPI alone can have their attributes as well.
APPLICATIONS = {
    "starlette.applications.Starlette": "fastapi.applications.FastAPI",
    "starlette.routing.Router": "fastapi.routing.APIRouter",
}
# How a class is written where `Router` must not be the end of `APIRouter`; what a test client gives is not written
# at all, but the client is.
_WRITTEN = {
    "Router": tuple(before + b"Router" for before in (b" ", b"(", b".", b"[", b",", b'"', b"'")),
    **dict.fromkeys(
        ("TestClientResponse", "TestClientCookies", "TestClientRequest", "WebSocketTestSession"), (b"TestClient",)
    ),
}


@dataclass(frozen=True, slots=True)
class Test:
    """What a file must hold to be able to have a usage: one of `words`, and one of `patterns`, and an owner.

    The owner is the class that the usage is about: one of `owners` in the file itself, or one of `near` in a
    file that it can import from. No patterns, or no owners: nothing is asked. `roots_only`: only a file that
    names Starlette or FastAPI can have it.
    """

    words: tuple[bytes, ...]
    patterns: tuple[bytes, ...] = ()
    owners: tuple[bytes, ...] = ()
    near: frozenset[bytes] = frozenset()
    roots_only: bool = False


# Whether a class has its own attribute of that name in place of the one that its base lost.
Kept = Callable[[str, str], bool]
Uses = dict[bytes, list[Test]]


def tests_of(rules: Iterable[Rule], kept: Kept) -> tuple[Test, ...]:
    """The tests of all matches of the rules. `kept` tells which attributes FastAPI's classes have of their own."""
    words: dict[Test, set[bytes]] = {}
    for rule in rules:
        for match in rule.matches:
            for test in _tests(rule, match, kept):
                words.setdefault(replace(test, words=()), set()).update(test.words)
    return tuple(replace(test, words=tuple(sorted(found))) for test, found in words.items())


def by_word(tests: Iterable[Test]) -> Uses:
    """Each word with the tests that ask for it."""
    found: dict[bytes, list[Test]] = {}
    for test in tests:
        for word in test.words:
            found.setdefault(word, []).append(test)
    return found


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
        words = [word for name in match.names for word in (f"{name}(", f"{name} (")]
        words += [word for name in match.attributes for word in _attribute_words(name, "any")]
        if match.keywords:
            yield from _keyword_tests(match)
        if words := [*words, *match.members, *match.words]:
            yield _test_of_objects(words, match.classes)


def _keyword_tests(match: BehaviourMatch) -> Iterator[Test]:
    for keyword in match.keywords:
        patterns = tuple(pattern.replace(b"NAME", keyword.encode()) for pattern in _KEYWORD)
        yield replace(_test_of_objects([keyword], match.classes), patterns=patterns)


def _argument_tests(match: ArgumentMatch) -> Iterator[Test]:
    for name in match.callables:
        last = _last(name)
        is_method = last[0].islower() and _last(_owner(name))[:1].isupper()
        owner = _owner(name) if is_method else name
        for keyword in () if match.missing else match.keywords:
            test = (
                _test_of_class(keyword, last) if last[0].isupper() else _test_of_objects([keyword], [_owner(name)])
            )
            patterns = tuple(pattern.replace(b"NAME", keyword.encode()) for pattern in _KEYWORD)
            yield replace(test, patterns=patterns)
        if match.known or match.missing:
            yield _test_of_objects([last], [owner])
        elif match.position is not None:
            patterns = tuple(pattern.replace(b"NAME", last.encode()) for pattern in _positional(match.position))
            yield replace(_test_of_objects([], [owner]), words=_written(name), patterns=patterns)


def _test_of_objects(words: Iterable[str], classes: Iterable[str]) -> Test:
    """For what is used on an object: its class need be named only where the object is made."""
    owners = tuple(sorted(word for name in classes for word in _written(name)))
    return Test(tuple(word.encode() for word in words), (), owners, frozenset(owners))


def _test_of_class(word: str, name: str) -> Test:
    """For what is used on a class: it is named in the file, or has a subclass or other name near it."""
    traces = (f"({name}", f"= {name}", f"{name} as")
    return Test((word.encode(),), (), _written(name), frozenset(trace.encode() for trace in traces))


def _written(name: str) -> tuple[bytes, ...]:
    """The byte strings of which one is there wherever the class is named."""
    last = _last(name)
    return _WRITTEN.get(last, (last.encode(),))


# `name=`, `{"name": …}`, `options["name"] = …`, `options.setdefault("name", …)`
_KEYWORD = (
    rb"NAME(?:\s*=(?!=)|[\"'](?:\s*:|\]\s*=(?!=)))",
    rb"setdefault\(\s*[\"']NAME[\"']",
)
# The end of what a call has by position; and an argument that surely is only one.
_NO_MORE = rb"(?:\w+\s*=[^=]|\)|\*\*)"
_PLAIN = rb"(?:[a-z]{0,2}\"[^\"\n]*\"|[a-z]{0,2}'[^'\n]*'|[\w.]+)\s*"


def _positional(position: int) -> tuple[bytes, bytes]:
    """A call with so much by position, or another name for the class; and a subclass, whose calls may have it.

    A call counts unless it plainly has less. Each pattern begins with plain text, which makes a search fast.
    """
    fewer = _NO_MORE
    for _ in range(position):
        fewer = rb"(?:%b|%b(?:\)|,\s*%b))" % (_NO_MORE, _PLAIN, fewer)
    return (
        rb"NAME(?:\s*\((?!\s*%b)|\s+as\b)" % fewer,
        rb"class\s+\w+\s*\([^)]*\bNAME\b",
    )


_IMPORTED = (
    rb"MODULE(?:\s+import\b(?:\s*\*|(?:\s*\([^)]*|[^\n]*(?:\\\r?\n[^\n]*)*)\bNAME\b)|\.NAME\b|\s+as\b|\s*,\s*[\"']NAME\b)",
)


def _symbol_test(symbol: str, rule: Rule) -> Test:
    """A name that changes is telling; one that only moves is told by the module that it comes from."""
    module, _, name = symbol.rpartition(".")
    if all(_last(dict(fix.replaces).get(symbol, "")) != name for fix in rule.fixes):
        return Test((name.encode(),))
    patterns = tuple(
        pattern.replace(b"MODULE", _last(module).encode()).replace(b"NAME", name.encode()) for pattern in _IMPORTED
    )
    return Test((name.encode(),), patterns, roots_only=True)


def _attribute_words(name: str, usage: str) -> list[str]:
    """How an attribute is written; a name with an underscore may stand in a string for `setattr` or `patch`."""
    if usage == "call":
        return [f".{name}(", f".{name} ("]
    return [f".{name}", f'"{name}"', f"'{name}'"] if "_" in name else [f".{name}"]


def _owner(method: str) -> str:
    return method.rpartition(".")[0]


def _last(name: str) -> str:
    return name.rpartition(".")[2]
