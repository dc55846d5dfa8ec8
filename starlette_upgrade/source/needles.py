"""Needles: what a file must hold, byte for byte, to be able to have a usage that a rule speaks of.

They are derived from the rules, so that a new rule needs no word here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    SymbolMatch,
    WarningMatch,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette_upgrade.ruleset.rule import Match, Rule

# FastAPI's classes derive from these, so that a file with FastAPI alone can have their attributes as well.
APPLICATIONS = {
    "starlette.applications.Starlette": "fastapi.applications.FastAPI",
    "starlette.routing.Router": "fastapi.routing.APIRouter",
}
# What sets up a filter of warnings, or expects one.
WARNING_CALLS = ("filterwarnings", "simplefilter", "warns", "deprecated_call", "assertWarns", "assertWarnsRegex")
# How a class is written where `Router` must not be the end of `APIRouter`; what a test client gives is not written
# at all, but the client is.
_BEFORE = (b" ", b"(", b".", b"[", b",", b'"', b"'", b"\t")
_ENDINGS = ("Router", "Middleware", "State", "Host", "Response")
_GIVEN = ("TestClientResponse", "TestClientCookies", "TestClientRequest", "WebSocketTestSession")
_WRITTEN = {
    **{name: tuple(before + name.encode() for before in _BEFORE) for name in _ENDINGS},
    **dict.fromkeys(_GIVEN, (b"TestClient",)),
}


@dataclass(frozen=True, slots=True)
class Test:
    """What a file must hold to be able to have a usage: one of `words`, one of `patterns`, all `needed`, an owner.

    The owner is the class that the usage is about: one of `owners` in the file itself, or one of `near` in a
    file that it can import from. No patterns, or no owners: nothing is asked. `roots_only`: only a file that
    names Starlette or FastAPI can have it. `rule` is the code of the one that asks.
    """

    words: tuple[bytes, ...]
    patterns: tuple[bytes, ...] = ()
    needed: tuple[bytes, ...] = ()
    owners: tuple[bytes, ...] = ()
    near: frozenset[bytes] = frozenset()
    roots_only: bool = False
    rule: str = ""


# Whether a class has an attribute, or an argument, of that name for itself in place of the one that its base lost.
Kept = Callable[[str, str], bool]
Uses = dict[bytes, list[Test]]


def tests_of(rules: Iterable[Rule], kept: Kept) -> tuple[Test, ...]:
    """The tests of all matches of the rules. `kept` tells which attributes FastAPI's classes have of their own."""
    words: dict[Test, set[bytes]] = {}
    for rule in rules:
        for match in rule.matches:
            for test in _tests(rule, match, kept):
                words.setdefault(replace(test, words=(), rule=rule.code), set()).update(test.words)
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
            yield replace(_test_of_objects(words, () if inherited else match.classes), needed=_needed(match))
    elif isinstance(match, ArgumentMatch):
        yield from _argument_tests(match, kept)
    elif isinstance(match, OverrideMatch):
        yield _test_of_objects(match.names, match.classes)
    elif isinstance(match, BehaviourMatch):
        starts = [written.decode() for name in match.names for written in _written(name)]
        words = [word for start in starts for word in (f"{start}(", f"{start} (")]
        words += [word for name in match.attributes for word in _attribute_words(name, "any")]
        words += [*match.members, *match.words]
        needed = _needed(match)
        if words:
            yield replace(_test_of_objects(words, match.classes), needed=needed)
        for keyword in match.keywords:
            patterns = tuple(pattern.replace(b"NAME", keyword.encode()) for pattern in _KEYWORD)
            yield replace(_test_of_objects([keyword], match.classes), patterns=patterns, needed=needed)

    elif isinstance(match, WarningMatch):
        words = [f"{name}(" for name in WARNING_CALLS]
        patterns = (match.category.encode(), b"deprecated_call")
        yield replace(_test_of_objects(words, ()), patterns=patterns, roots_only=True)


def _needed(match: AttributeMatch | BehaviourMatch) -> tuple[bytes, ...]:
    return tuple(f"(?m){pattern}".encode() for pattern in match.patterns)


def _argument_tests(match: ArgumentMatch, kept: Kept) -> Iterator[Test]:
    methods: dict[str, list[str]] = {}
    for name in match.callables:
        last = _last(name)
        is_method = last[0].islower() and _last(_owner(name))[:1].isupper()
        owner = _owner(name) if is_method else name
        if match.missing:
            yield replace(_test_of_objects([last], [owner]), patterns=_without(match, last))
            continue
        if is_method:
            methods.setdefault(owner, []).append(last)
        else:
            yield from _keyword_tests(match, name, kept)
        if match.known:
            yield _test_of_objects([last], [owner])
        elif match.position is not None:
            forms = _positional(match.position)
            if ".middleware." in name:
                forms = (*forms, *_HANDED_OVER)
            patterns = tuple(pattern.replace(b"NAME", last.encode()) for pattern in forms)
            yield replace(_test_of_objects([], [owner]), words=_written(name), patterns=patterns)
    for owner, names in methods.items():
        for keyword in match.keywords:
            yield replace(_test_of_objects([keyword], [owner]), patterns=_in_calls(names, keyword))


def _keyword_tests(match: ArgumentMatch, name: str, kept: Kept) -> Iterator[Test]:
    """For the keywords of a function, or of a class's constructor."""
    for keyword in match.keywords:
        heir = APPLICATIONS.get(name, "")
        heirs = [] if not heir or kept(heir, keyword) else [_last(heir)]
        last = _last(name)
        test = _test_of_class(keyword, last, *heirs) if last[0].isupper() else _test_of_objects([keyword], [])
        yield replace(test, patterns=tuple(pattern.replace(b"NAME", keyword.encode()) for pattern in _KEYWORD))


def _without(match: ArgumentMatch, name: str) -> tuple[bytes, ...]:
    """A call that does not begin with the argument, where that is the first one; else any call."""
    if match.position != 0:
        return ()
    given = "|".join(match.keywords) or "-"
    named = (pattern.replace(b"NAME", name.encode()) for pattern in _WITHOUT)
    return tuple(pattern.replace(b"GIVEN", given.encode()) for pattern in named)


def _in_calls(methods: Sequence[str], keyword: str) -> tuple[bytes, ...]:
    """A call of one of the methods with the keyword: among arguments with brackets of their own, or on one line.

    And a dict with such a key, which may be unpacked into a call.
    """
    word = keyword.encode()
    start = rb"\.(?:%b)\s*\(" % "|".join(methods).encode()
    made = rb"\b(?:dict|update|partial)\("
    named = rb"\b%b\s*=(?!=)" % word
    written = (pattern.replace(b"NAME", word) for pattern in _KEY)
    return (start + _ARGUMENTS + named, start + rb"[^\n]*" + named, made + _ARGUMENTS + named, *written)


def _test_of_objects(words: Iterable[str], classes: Iterable[str]) -> Test:
    """For what is used on an object: its class need be named only where the object is made."""
    owners = tuple(sorted(word for name in classes for word in _written(name)))
    return Test(tuple(word.encode() for word in words), owners=owners, near=frozenset(owners))


def _test_of_class(word: str, *names: str) -> Test:
    """For what is used on a class: it is named in the file, or has a subclass or other name near it."""
    traces = (trace for name in names for trace in (f"({name}", f"= {name}", f"{name} as"))
    owners = tuple(word for name in names for word in _written(name))
    return Test((word.encode(),), owners=owners, near=frozenset(trace.encode() for trace in traces))


def _written(name: str) -> tuple[bytes, ...]:
    """The byte strings of which one is there wherever the class is named."""
    last = _last(name)
    return _WRITTEN.get(last, (last.encode(),))


# `name=`, `{"name": …}`, `options["name"] = …`, `options.setdefault("name", …)`
_KEYWORD = (
    rb"NAME(?:\s*=(?!=)|[\"'](?:\s*:|\]\s*=(?!=)))",
    rb"setdefault\(\s*[\"']NAME[\"']",
)
# The last three of these, in a file that unpacks something: asked once, from its beginning.
_KEY = (
    rb"\A(?=[\s\S]*?\*\*)[\s\S]*?[\"']NAME[\"'](?:\s*:|\]\s*=(?!=))",
    rb"setdefault\(\s*[\"']NAME[\"']",
)
# What can stand before an argument, with brackets up to the third level.
_ARGUMENTS = rb"(?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*?"
# `Middleware(NAME, "secret")`, `app.add_middleware(NAME, "secret")`
_HANDED_OVER = (rb"NAME\s*,\s*(?!\w+\s*=[^=]|\)|\*\*)",)
# A call that begins with a keyword, or has nothing in it; another name; a subclass.
_WITHOUT = (
    rb"NAME(?:\s*\(\s*(?:\)|(?!(?:GIVEN)\b)\w+\s*=[^=])|\s+as\b)",
    rb"class\s+\w+\s*\([^)]*\bNAME\b",
)
# The end of what a call has by position; and an argument that surely is only one.
_NO_MORE = rb"(?:\w+\s*=[^=]|\)|\*\*)"
_PLAIN = rb"(?:[a-z]{0,2}\"[^\"\n]*\"|[a-z]{0,2}'[^'\n]*'|[\w.]+)\s*"


def _positional(position: int) -> tuple[bytes, ...]:
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
    rb"MODULE\.?[\"']\s*[\"']\.?NAME\b",
)


def _symbol_test(symbol: str, rule: Rule) -> Test:
    """A name that becomes another is telling; one that goes or only moves is told by the module that it is of."""
    module, _, name = symbol.rpartition(".")
    if any(_last(dict(fix.replaces).get(symbol, name)) != name for fix in rule.fixes):
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
