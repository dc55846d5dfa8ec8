"""The history: what its file may hold, what the rules say of each release, and what is shipped."""

from __future__ import annotations

import itertools
import re
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.history import Published, load_history, tell
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.rule import Note, Release
from tests.report.conftest import make_rule

HISTORY = load_history()
RELEASES = tuple(release for release in load_releases() if release.package == "starlette")
KNOWN = load_known()
GOOD = """
[[release]]
version = "1.0.0"
date = 2026-03-22
python = ">=3.10"
fixes = 3
features = 1
line = "Stable."
"""

each_release = pytest.mark.parametrize("published", HISTORY, ids=[str(published.version) for published in HISTORY])


def published(version: str) -> Published:
    return Published(Version(version), "2026-01-01", ">=3.10", 0, 0, "A release.")


def test_a_release_is_read(tmp_path: Path) -> None:
    file = tmp_path / "history.toml"
    file.write_text(GOOD)
    assert load_history(file) == (Published(Version("1.0.0"), "2026-03-22", ">=3.10", 3, 1, "Stable."),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + GOOD, "must be in order, oldest first, without repetition"),
        (GOOD + GOOD.replace("1.0.0", "0.9"), "must be in order"),
        (GOOD.replace("fixes = 3\n", ""), "history.toml, 1.0.0: `fixes` is missing"),
        (GOOD.replace("= 1", "= -1"), "`features` must be a number from 0 on"),
        (GOOD.replace("Stable.", ""), "`line` is empty"),
        (GOOD.replace('"1.0.0"', '"one"'), "'one'` is not a version"),
        (GOOD + "withdrawn = true", "unknown key `withdrawn`"),
        ("[[release", "history.toml: "),
    ],
)
def test_a_broken_history_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "history.toml"
    file.write_text(text)
    with pytest.raises(RulesetError, match=re.escape(message)):
        load_history(file)


def test_a_rule_is_told_where_it_begins_and_where_it_becomes_worse() -> None:
    rule = make_rule(deprecated=Version("0.26.0"), removed=Version("1.0.0"))
    history = [published(version) for version in ("0.25.0", "0.26.0", "0.27.0", "1.0.0", "1.0.1")]
    chapters = tell(history, [Release(Version("1.0.0"), "2026-01-01", (rule,), ())])
    told = {str(chapter.version): [impact for _, impact in chapter.effects] for chapter in chapters}
    assert told == {
        "0.25.0": [],
        "0.26.0": [Impact.DEPRECATED],
        "0.27.0": [],
        "1.0.0": [Impact.BREAK],
        "1.0.1": [],
    }


def test_a_change_that_is_taken_back_is_told_twice() -> None:
    rule = make_rule(deprecated=None, removed=None, changed=Version("0.2"), reverted=Version("0.4"))
    history = [published(version) for version in ("0.1", "0.2", "0.3", "0.4")]
    _, changed, between, undone = tell(history, [Release(Version("0.2"), "2026-01-01", (rule,), ())])
    assert (changed.effects, changed.undone) == (((rule, Impact.SILENT),), ())
    assert (between.effects, between.undone) == ((), ())
    assert (undone.effects, undone.undone) == ((), (rule,))


def test_the_gravest_come_first_and_notes_stand_with_their_release() -> None:
    at = Version("1.0.0")
    soft = make_rule("SU901", "soft", deprecated=at, removed=None)
    quiet = make_rule("SU902", "quiet", deprecated=None, removed=None, changed=at)
    hard = make_rule("SU903", "hard", deprecated=None, removed=at)
    note = Note("floor", "Python 3.10 is needed.", ())
    [_, chapter] = tell(
        [published("0.9"), published("1.0.0")], [Release(at, "2026-01-01", (soft, quiet, hard), (note,))]
    )
    assert [rule.code for rule, _ in chapter.effects] == ["SU903", "SU902", "SU901"]
    assert chapter.of(Impact.SILENT) == (quiet,)
    assert chapter.notes == (note,)


def test_what_sets_a_release_apart() -> None:
    assert published("1.0.0rc1").mark == "pre-release"
    assert published("1.0.0.post1").mark == ""
    withdrawn = Published(Version("0.20.2"), "2022-06-07", ">=3.7", 2, 0, "Links.", yanked="Security")
    assert withdrawn.mark == "yanked (Security)"


def test_the_history_holds_every_published_release_in_order() -> None:
    assert tuple(each.version for each in HISTORY) == KNOWN.releases


def test_the_same_releases_are_yanked() -> None:
    assert {each.version for each in HISTORY if each.yanked} == KNOWN.yanked


@pytest.mark.parametrize("release", RELEASES, ids=[str(release.version) for release in RELEASES])
def test_a_file_of_rules_has_the_date_of_the_history(release: Release) -> None:
    [told] = [each for each in HISTORY if each.version == release.version]
    assert release.date == told.date


def test_every_rule_and_note_is_told() -> None:
    chapters = tell(HISTORY, RELEASES)
    told = {rule.code for chapter in chapters for rule, _ in chapter.effects}
    assert told == {rule.code for release in RELEASES for rule in release.rules}
    notes = [note.name for chapter in chapters for note in chapter.notes]
    assert sorted(notes) == sorted(note.name for release in RELEASES for note in release.notes)


def test_dates_and_floors_never_go_back() -> None:
    for before, after in itertools.pairwise(HISTORY):
        assert date.fromisoformat(before.date) <= date.fromisoformat(after.date), after.version
        assert _floor(before) <= _floor(after), after.version


def _floor(published: Published) -> Version:
    assert published.python.startswith(">=")
    return Version(published.python[2:])


@each_release
def test_a_line_is_one_sentence_or_two_for_people(published: Published) -> None:
    line = published.line
    assert line[0].isupper() or line[0] == "`"
    assert line.endswith(".")
    assert len(line) <= 116
    assert line.count("`") % 2 == 0
    assert line == " ".join(line.split())
