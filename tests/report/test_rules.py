from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from starlette_upgrade.report.place import View
from starlette_upgrade.report.rules import rules
from starlette_upgrade.report.styled import plain
from starlette_upgrade.ruleset.rule import Fix, Release

if TYPE_CHECKING:
    from starlette_upgrade.ruleset.lifecycle import Move
    from tests.report.conftest import MakeRule


def releases(rule: MakeRule) -> tuple[Release, ...]:
    safe = Fix("replace-symbol", "safe", replacement_since=Version("0.48.0"))
    renamed = rule(
        "SU118",
        "status-names",
        summary="Four names changed.",
        removed=None,
        deprecated=Version("0.48.0"),
        fixes=(safe,),
    )
    gone = rule("SU110", "old-thing", summary="Gone long ago.", deprecated=None, removed=Version("0.13.0"))
    return (
        Release(Version("0.13.0"), "2020-01-01", (gone,), ()),
        Release(Version("0.48.0"), "2025-09-13", (renamed,), ()),
        Release(Version("1.0.0rc1"), "2026-02-23", (rule(),), ()),
    )


def test_a_row_for_each_rule_below_its_release(rule: MakeRule, move: Move, view: View) -> None:
    chosen = {"SU101", "SU110", "SU118"}
    assert plain(rules(releases(rule), chosen, move, "locked in uv.lock", view)) == (
        "0.13.0 of 2020-01-01\n"
        "  SU110 old-thing         broken already  by hand    Gone long ago.\n"
        "\n"
        "0.48.0 of 2025-09-13\n"
        "  SU118 status-names      deprecated      with bump  Four names changed.\n"
        "\n"
        "1.0.0rc1 of 2026-02-23\n"
        "  SU101 on-event-removed  break           by hand    `on_event` is gone.\n"
        "\n"
        "3 of 3 rules mean something from 0.40.0 (locked in uv.lock) to 1.10.0.\n"
        "`starlette-upgrade explain CODE` tells all about one of them.\n"
    )


def test_only_what_is_chosen(rule: MakeRule, move: Move, view: View) -> None:
    text = plain(rules(releases(rule), {"SU118"}, move, "", view))
    assert "SU118" in text
    assert "SU101" not in text
    assert "1.0.0rc1" not in text
    assert "1 of 1 rule means something" in text
    assert "0 of 0 rules mean something" in plain(rules(releases(rule), (), move, "", view))


def test_on_a_narrow_terminal_the_summary_goes_below(rule: MakeRule, move: Move) -> None:
    text = plain(rules(releases(rule), {"SU118"}, move, "", View(Path("/project"), width=60)))
    assert "  SU118 status-names  deprecated  with bump\n        Four names changed.\n" in text
