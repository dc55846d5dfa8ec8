"""Which of many words the bytes of a file hold: the question that most of a run's files are done with."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    _Steps = tuple[Callable[[bytes], object], Callable[[bytes], frozenset[bytes]]]

Scan = Callable[[bytes], frozenset[bytes]]

_NOTHING: frozenset[bytes] = frozenset()
_NAMES = re.compile(rb"\w+")
_STEM = 6
# Between these numbers of words, ahocorasick_rs searches with vector instructions: ten times as fast.
_FEW, _MANY = 4, 64
# Of so many words, more than `_MANY` hold no other one.
_TOO_MANY = 128


def scan_for(words: Iterable[bytes]) -> Scan:
    """A scan for the words, which are not empty. It is fast with `ahocorasick_rs`, and the same without."""
    wanted = tuple(dict.fromkeys(words))
    has_any, which = _with_automata(wanted) or _without(wanted)

    def scan(data: bytes) -> frozenset[bytes]:
        # Most files have none of them, which is found out faster than which they have.
        return which(data) if has_any(data) else _NOTHING

    return scan


def _with_automata(words: tuple[bytes, ...]) -> _Steps | None:
    try:
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind
    except ImportError:
        return None

    @cache
    def automaton() -> BytesAhoCorasick:
        return BytesAhoCorasick(words, implementation=Implementation.DFA)

    def which(data: bytes) -> frozenset[bytes]:
        matches = automaton().find_matches_as_indexes(data, overlapping=True)
        return frozenset([words[number] for number, _, _ in matches])

    if len(words) > _TOO_MANY:
        return _always, which
    shortest = [word for word in words if not any(other != word and other in word for other in words)]
    if len(shortest) > _MANY:
        return _always, which
    unused = [b"\0%d\0" % number for number in range(_FEW - len(shortest))]
    return BytesAhoCorasick([*shortest, *unused], matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes, which


def _always(_data: bytes) -> bool:
    return True


def _without(words: tuple[bytes, ...]) -> _Steps:
    stems = _stems(words)

    def has_any(data: bytes) -> bool:
        return any(map(data.__contains__, stems))

    def which(data: bytes) -> frozenset[bytes]:
        return frozenset([w for stem, longer in stems.items() if stem in data for w in longer if w in data])

    return has_any, which


def _stems(words: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """The words by a stem that each holds: stems are fewer than words."""
    names = {word: max(_NAMES.findall(word) or [word], key=len) for word in words}
    distinct = set(names.values())
    stems: dict[bytes, list[bytes]] = {}
    for word, name in names.items():
        stems.setdefault(_stem(name, distinct), []).append(word)
    return stems


def _stem(name: bytes, names: set[bytes]) -> bytes:
    """The shortest of the names that `name` holds, cut to the start that it shares with others."""
    shortest = min((other for other in names if other in name), key=len)
    start = shortest[:_STEM]
    return start if sum(other.startswith(start) for other in names) > 1 else shortest
