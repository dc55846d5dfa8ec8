"""waivers.toml is read strictly, and a waiver that is for nothing is a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from packaging.version import Version

from scripts.completeness.store import write
from scripts.completeness.verdict import judge
from scripts.completeness.waivers import load_waivers
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.rule import Note, Release

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.completeness.verdict import Verdict
    from tests.completeness.conftest import Releases

VERSIONS = (Version("1.0"), Version("2.0"))
RULESET = (Release(VERSIONS[1], "2020-01-01", (), (Note("floor", "text", ()),)),)
CLASSES = '[classes]\nsame = "It is the same."\n'


class Judge(Protocol):
    """What is found in two made-up releases, of which the second lost X and changed Y, with these waivers."""

    def __call__(self, text: str) -> Verdict: ...


def waiver(rest: str, release: str = "2.0", differences: str = "gone *") -> str:
    return f'[[waiver]]\nrelease = "{release}"\ndifferences = "{differences}"\n{rest}\n'


@pytest.fixture
def verdict_of(releases: Releases, tmp_path: Path) -> Judge:
    def verdict(text: str) -> Verdict:
        file, folder = tmp_path / "waivers.toml", tmp_path / "data"
        file.write_text(text)
        write(VERSIONS, [releases.surface("X = 1\nY = 2"), releases.surface("Y = 3")], folder)
        return judge(VERSIONS, RULESET, load_waivers(RULESET, file), folder)

    return verdict


def test_what_nothing_covers_is_told(verdict_of: Judge) -> None:
    verdict = verdict_of("")
    assert [str(one) for one in verdict.uncovered["2.0"]] == [
        "gone starlette.m:X: it was = 1",
        "value starlette.m:Y: 2 became 3",
    ]
    assert list(verdict.lines())[-1] == "    2 uncovered"


def test_a_waiver_covers_what_its_pattern_matches(verdict_of: Judge) -> None:
    verdict = verdict_of(CLASSES + waiver('class = "same"'))
    assert [one.kind for one in verdict.uncovered["2.0"]] == ["value"]
    assert (dict(verdict.waived), verdict.unused) == ({"same": 1}, [])


def test_a_waiver_may_name_a_note(verdict_of: Judge) -> None:
    verdict = verdict_of(waiver('note = "floor"\nreason = "It tells of X."'))
    assert verdict.by_notes == 1


@pytest.mark.parametrize(
    ("release", "differences"), [("2.0", "gone starlette.m:Z"), ("2.0", "gone *:x"), ("1.0", "gone *")]
)
def test_a_waiver_that_matches_nothing_is_told(verdict_of: Judge, release: str, differences: str) -> None:
    verdict = verdict_of(CLASSES + waiver('class = "same"', release, differences))
    assert verdict.unused == [f"waiver 1: no difference of {release} matches {differences!r}"]
    assert len(verdict.uncovered["2.0"]) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (waiver(""), "waiver 1: needs one of `class`, `rule`, `note`"),
        (CLASSES + waiver('class = "same"\nnote = "floor"'), "needs one of"),
        (CLASSES + waiver('class = "sam"'), "`class = 'sam'` is not one of same"),
        (CLASSES + waiver('class = "same"\nresaon = "x"'), "unknown key `resaon`"),
        (CLASSES, "no waiver is of class same"),
        (waiver('note = "floor"'), "`reason` is missing"),
        (waiver('note = "flor"\nreason = "x"'), "there is no flor"),
        (waiver('note = "floor"\nreason = "x"', "1.0"), "floor is not of 1.0"),
        (waiver('rule = "SU999"\nreason = "x"'), "there is no SU999"),
        ("[[waiver", "waivers.toml: "),
    ],
)
def test_a_mistake_is_named(verdict_of: Judge, text: str, told: str) -> None:
    with pytest.raises(RulesetError) as caught:
        verdict_of(text)
    assert told in str(caught.value)
