"""Whole programs do after `fix` what they did before it: the old one on its release, the new one on the target.

A case is a program, a probe, and what the probe prints on both. Where a file stands twice, the second one is what
becomes of the first. `With --unsafe.` says how it is fixed. All of it is, unless it says `Left:` with the codes
that remain. `Refused:` stands before the reason why nothing of it is; then it runs on its old release only. What an
unsafe rewrite is meant to change is printed in a second block.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.lifecycle import Move
from tests.conftest import Case, as_parameters, read_cases
from tests.proofs.stacks import SERIES, interpreter
from tests.rewrite.trial import fixed, prints, program_of

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only"),
]

CASES = read_cases(Path(__file__).parent / "behaviour")
USUAL = Move(Version("0.49.3"), Version("1.10.0"))
PROBE = "probe"
_REFUSED = re.compile(r"^Refused: (.+)\.$", re.MULTILINE)
_LEFT = re.compile(r"^Left: (.+)\.$", re.MULTILINE)


@pytest.mark.parametrize("case", as_parameters(CASES))
def test_a_program_does_what_it_did(case: Case) -> None:
    move = case.move_or(USUAL)
    before, after, probe = parts_of(case)
    old = program_of(before)
    new, result = fixed(old, move, unsafe="With --unsafe." in case.prose)

    assert prints(old, probe, move.old) == case.printed[0]
    assert not result.problems
    assert sorted({f.why_not for f in result.remaining if f.fix == "none"}) == sorted(_REFUSED.findall(case.prose))
    left = sorted({f.rule.code for f in result.remaining if f.fix != "none"})
    assert left == [code for codes in _LEFT.findall(case.prose) for code in codes.split(", ")]
    texts = {name: data.decode() for name, data in new.items()}
    assert {name: texts[name] for name in after} == after
    if _REFUSED.search(case.prose):
        assert new == old
    else:
        assert new != old
        assert prints(new, probe, move.new) == case.printed[-1]
    assert not fixed(new, move, unsafe="With --unsafe." in case.prose)[1].changes


def parts_of(case: Case) -> tuple[dict[str, str], dict[str, str], str]:
    """The files before, those of which the case says what becomes of them, and the probe."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for block in case.blocks:
        if block.name in before:
            after[block.name] = block.text
        else:
            before[block.name] = block.text
    return before, after, before.pop(PROBE)


def test_no_case_stands_twice() -> None:
    assert [title for title, count in Counter(case.title for case in CASES).items() if count > 1] == []
