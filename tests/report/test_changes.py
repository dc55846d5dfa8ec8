"""What `fix` says it has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import FileChange
from starlette_upgrade.report.changes import changed
from starlette_upgrade.report.styled import plain

if TYPE_CHECKING:
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.report.place import View
    from tests.report.conftest import MakeFinding, MakeRule


def change(name: str, *findings: Finding) -> FileChange:
    return FileChange(Path(name), b"", b"x", "utf-8", findings)


def test_of_one_file_the_rules_say_all(finding: MakeFinding, rule: MakeRule, view: View) -> None:
    other = finding(rule=rule("SU104", "route-decorator-removed"))
    assert plain(changed([change("a.py", other, finding(), other)], view)) == (
        "fixed a.py\n   2  SU104 route-decorator-removed\n   1  SU101 on-event-removed\n"
    )


def test_of_several_files_each_names_its_codes(finding: MakeFinding, rule: MakeRule, view: View) -> None:
    other = finding(rule=rule("SU104", "route-decorator-removed"))
    changes = [change("app/a.py", finding(), other, other), change("b.py", other)]
    assert plain(changed(changes, view)) == (
        "fixed app/a.py  SU101, SU104 ×2\n"
        "fixed b.py      SU104\n"
        "\n"
        "   3  SU104 route-decorator-removed\n"
        "   1  SU101 on-event-removed\n"
    )


def test_on_a_narrow_screen_codes_fold_beside_the_name_or_below_a_long_one(
    finding: MakeFinding, rule: MakeRule, view: View
) -> None:
    many = [finding(rule=rule(f"SU{200 + number}")) for number in range(6)]
    rows = plain(changed([change("a.py", *many), change("app/main.py", *many)], replace(view, width=44)))
    assert rows.splitlines()[:4] == [
        "fixed a.py         SU200, SU201, SU202,",
        "                   SU203, SU204, SU205",
        "fixed app/main.py  SU200, SU201, SU202,",
        "                   SU203, SU204, SU205",
    ]
    long = change("app/" + "deep/" * 6 + "main.py", *many)
    rows = plain(changed([long, change("a.py", *many)], replace(view, width=44)))
    assert rows.splitlines()[:3] == [
        f"fixed {long.path.as_posix()}",
        "      SU200, SU201, SU202, SU203, SU204,",
        "      SU205",
    ]


def test_a_name_can_do_nothing_to_the_terminal(finding: MakeFinding, view: View) -> None:
    assert "\x1b" not in plain(changed([change("a\x1b[2J.py", finding())], view))
