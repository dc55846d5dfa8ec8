from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from starlette_upgrade.report.place import View
from starlette_upgrade.report.release import page
from starlette_upgrade.report.releases import closing, sections, table
from starlette_upgrade.report.releases_json import releases_json
from starlette_upgrade.report.styled import plain
from starlette_upgrade.ruleset.history import Chapter, Published, tell
from starlette_upgrade.ruleset.rule import Note, Release
from tests.report.conftest import make_rule

NARROW = View(Path("/project"), width=80)


def published(version: str, date: str, line: str, **changes: Any) -> Published:
    values: dict[str, Any] = {"python": ">=3.9", "fixes": 0, "features": 0}
    return Published(version=Version(version), date=date, line=line, **(values | changes))


@pytest.fixture
def history() -> tuple[Chapter, ...]:
    """One that deprecates, one that was withdrawn, one that takes a change back, a pre-release and its release."""
    links = make_rule(
        "SU130",
        "links",
        summary="Links are followed.",
        message="links",
        deprecated=None,
        removed=None,
        changed=Version("0.41.1"),
        reverted=Version("0.41.2"),
    )
    releases = (
        Release(Version("0.41.1"), "2024-10-24", (links,), ()),
        Release(
            Version("1.0.0rc1"),
            "2026-02-23",
            (make_rule(deprecated=Version("0.41.0")),),
            (Note("python-floor", "Python 3.10 or later is needed.", (3061,)),),
        ),
    )
    chapters = tell(
        (
            published("0.40.0", "2024-10-15", "Where it starts."),
            published("0.41.0", "2024-10-15", "Early errors.", features=1, by_hand=True),
            published("0.41.1", "2024-10-24", "A new import.", fixes=2, yanked="it was broken"),
            published("0.41.2", "2024-10-27", "The import is taken back.", fixes=1),
            published(
                "1.0.0rc1", "2026-02-23", "What was deprecated is gone.", fixes=8, features=1, python=">=3.10"
            ),
            published("1.0.0", "2026-03-22", "The first stable release.", fixes=13, python=">=3.10"),
        ),
        releases,
    )
    return chapters[1:]


def test_a_row_for_each_release(history: tuple[Chapter, ...], view: View) -> None:
    assert plain(table(history, view)) == (
        "release   date        break  silent  warns  notes  fixes  new\n"
        "0.41.0    2024-10-15      -       -      1      -      -    1  Early errors.\n"
        "0.41.1    2024-10-24      -       1      -      -      2    -  Yanked (it was broken). A new import.\n"
        "0.41.2    2024-10-27      -       -      -      -      1    -  The import is taken back.\n"
        "1.0.0rc1  2026-02-23      1       -      -      1      8    1  Pre-release. What was deprecated is gone.\n"
        "1.0.0     2026-03-22      -       -      -      -     13    -  The first stable release.\n"
    )


def test_on_a_narrow_terminal_the_line_goes_below(history: tuple[Chapter, ...]) -> None:
    text = plain(table(history[:2], NARROW))
    assert text == (
        "release  date        break  silent  warns  notes  fixes  new\n"
        "0.41.0   2024-10-15      -       -      1      -      -    1\n"
        "         Early errors.\n"
        "0.41.1   2024-10-24      -       1      -      -      2    -\n"
        "         Yanked (it was broken). A new import.\n"
    )


def test_each_release_with_its_rules_and_notes(history: tuple[Chapter, ...], view: View) -> None:
    assert plain(sections(history[1:4], view)) == (
        "0.41.1 of 2024-10-24, yanked (it was broken)\n"
        "  A new import.\n"
        "  SU130 links  silent  Links are followed.\n"
        "\n"
        "0.41.2 of 2024-10-27\n"
        "  The import is taken back.\n"
        "  SU130 links  as before  Links are followed.\n"
        "\n"
        "1.0.0rc1 of 2026-02-23, pre-release\n"
        "  What was deprecated is gone.\n"
        "  SU101 on-event-removed  break    `on_event` is gone.\n"
        "  note  python-floor      to know  Python 3.10 or later is needed.\n"
    )


def test_nothing_is_wider_than_the_terminal(history: tuple[Chapter, ...]) -> None:
    lines = [*table(history, NARROW), *sections(history, NARROW), *closing(history, "", NARROW)]
    lines += [text for place in range(len(history)) for text in page(history, place, "on your way", NARROW)]
    assert max(map(len, plain(lines).splitlines())) <= 80


def test_the_end_says_how_much_that_was_and_what_to_type(history: tuple[Chapter, ...], view: View) -> None:
    assert plain(closing(history, "starlette-upgrade check --from 0.40.0 --to 1.0.0", view)) == (
        "\n"
        "5 releases, 0.41.0 to 1.0.0: 1 break, 1 change silently, 1 deprecated.\n"
        "`starlette-upgrade explain VERSION` tells all about one of them.\n"
        "\n"
        "Next: starlette-upgrade check --from 0.40.0 --to 1.0.0\n"
    )
    assert plain(closing(history[:1], "", view)).startswith("\n1 release, 0.41.0: 0 break")


def test_the_page_of_a_release(history: tuple[Chapter, ...], view: View) -> None:
    assert plain(page(history, 3, "on your way from 0.40.0 to 1.10.0", view)) == (
        "1.0.0rc1, pre-release\n"
        "What was deprecated is gone.\n"
        "\n"
        "  Published   2026-02-23\n"
        "  Python      >=3.10 (>=3.9 before)\n"
        "  Brings      8 fixes, 1 feature\n"
        "  For you     on your way from 0.40.0 to 1.10.0\n"
        "\n"
        "Breaks\n"
        "  SU101 on-event-removed  #3117\n"
        "        `on_event` is gone.\n"
        "\n"
        "Good to know\n"
        "  python-floor  #3061\n"
        "        Python 3.10 or later is needed.\n"
        "\n"
        "`starlette-upgrade explain CODE` tells all about one of these rules.\n"
    )


def test_the_page_of_a_final_release_names_its_pre_releases(history: tuple[Chapter, ...], view: View) -> None:
    assert plain(page(history, 4, "", view)) == (
        "1.0.0\n"
        "The first stable release.\n"
        "\n"
        "  Published   2026-03-22\n"
        "  Python      >=3.10\n"
        "  Brings      13 fixes, 0 features\n"
        "  With it     all of 1.0.0rc1 (1 break), which `explain 1.0.0rc1` tells\n"
        "\n"
        "Nothing else in it is known to break code, or to change what code does.\n"
    )


def test_a_page_says_what_was_withdrawn_taken_back_and_counted_by_hand(
    history: tuple[Chapter, ...], view: View
) -> None:
    assert "  Brings      0 fixes, 1 feature (counted by hand)\n" in plain(page(history, 0, "", view))
    assert plain(page(history, 1, "", view)).startswith("0.41.1, yanked (it was broken)\n")
    assert "\nAs it was before\n  SU130 links  #3117\n" in plain(page(history, 2, "", view))


def test_pull_requests_are_links_where_the_terminal_opens_them(history: tuple[Chapter, ...]) -> None:
    lines = page(history, 3, "", View(Path("/project"), width=100, links=True))
    styles = {text: style for pieces in lines for text, style in pieces}
    assert styles["#3061"] == "dim link https://github.com/Kludex/starlette/pull/3061"


def test_the_history_for_programs(history: tuple[Chapter, ...]) -> None:
    report = json.loads(releases_json(history[1:3], Version("0.41.0"), Version("0.41.2")))
    links = {"code": "SU130", "rule": "links", "summary": "Links are followed.", "pulls": [3117]}
    usual = {"python": ">=3.9", "prerelease": False, "features": 0, "counted_by_hand": False, "notes": []}
    assert report == {
        "version": 1,
        "from": "0.41.0",
        "to": "0.41.2",
        "releases": [
            {
                "release": "0.41.1",
                "date": "2024-10-24",
                "yanked": True,
                "yanked_reason": "it was broken",
                "fixes": 2,
                "line": "A new import.",
                "rules": [{**links, "effect": "silent"}],
                **usual,
            },
            {
                "release": "0.41.2",
                "date": "2024-10-27",
                "yanked": False,
                "yanked_reason": "",
                "fixes": 1,
                "line": "The import is taken back.",
                "rules": [{**links, "effect": "reverted"}],
                **usual,
            },
        ],
    }


def test_json_says_null_where_the_history_starts_at_its_beginning(history: tuple[Chapter, ...]) -> None:
    report = json.loads(releases_json(history[3:], None, Version("1.0.0")))
    assert report["from"] is None
    assert report["releases"][0]["prerelease"] is True
    assert report["releases"][0]["notes"] == [
        {"name": "python-floor", "text": "Python 3.10 or later is needed.", "pulls": [3061]}
    ]
