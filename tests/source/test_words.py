"""A scan tells which words are in a file's bytes, with and without `ahocorasick_rs`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlette_upgrade.source.words import Scan, scan_for

WORDS = st.lists(st.text("ab_.(", min_size=1, max_size=6).map(str.encode), max_size=80)
DATA = st.text("ab_.( \n", max_size=60).map(str.encode)


def without_automata(words: list[bytes]) -> Scan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "ahocorasick_rs", None)
        return scan_for(words)


@pytest.mark.parametrize("make", [scan_for, without_automata])
@given(words=WORDS, data=DATA)
def test_the_words_that_are_there(make: Callable[[list[bytes]], Scan], words: list[bytes], data: bytes) -> None:
    assert make(words)(data) == {word for word in words if word in data}


@pytest.mark.parametrize("make", [scan_for, without_automata])
def test_one_word_in_another_and_across_two(make: Callable[[list[bytes]], Scan]) -> None:
    words = [b"Router", b"APIRouter", b"(Router", b"Routers"]
    assert make(words)(b"class A(Router): APIRouter()") == {b"Router", b"APIRouter", b"(Router"}
