"""Which of many words the bytes of a file hold: the question that most of a run's files are done with."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    _Steps = tuple[Callable[[bytes], object], Callable[[bytes], frozenset[bytes]]]

Scan = Callable[[bytes], frozenset[bytes]]

_NOTHING: frozenset[bytes] = frozenset()
_NAMES = re.compile(rb"\w+")
_STEM = 6
# Between these numbers of words, ahocorasick_rs searches with vector instructions: ten times as fast.
_FEW, _MANY = 4, 64


def scan_for(words: Iterable[bytes]) -> Scan:
    """A scan for the words, which are not empty. It is fast with `ahocorasick_rs`, and the same without."""
    wanted = tuple(dict.fromkeys(words))
    stems = _stems(wanted)
    has_stem, which = _with_automata(wanted, stems) or _without(stems)

    def scan(data: bytes) -> frozenset[bytes]:
        # Most files have no stem at all, which is found out faster than what they have.
        return which(data) if has_stem(data) else _NOTHING

    return scan


def _with_automata(words: tuple[bytes, ...], stems: Collection[bytes]) -> _Steps | None:
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

    if len(stems) > _MANY:
        return _always, which
    unused = [b"\0%d\0" % number for number in range(_FEW - len(stems))]
    return BytesAhoCorasick([*stems, *unused], matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes, which


def _without(stems: Mapping[bytes, Iterable[bytes]]) -> _Steps:
    def has_stem(data: bytes) -> bool:
        return any(map(data.__contains__, stems))

    def which(data: bytes) -> frozenset[bytes]:
        return frozenset([w for stem, words in stems.items() if stem in data for w in words if w in data])

    return has_stem, which


def _always(_data: bytes) -> bool:
    return True


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
