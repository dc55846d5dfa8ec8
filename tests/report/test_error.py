from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import CheckResult
from starlette_upgrade.recognition.recognise import Fit
from starlette_upgrade.report.error import error_page, in_code, others
from starlette_upgrade.report.styled import plain
from starlette_upgrade.ruleset.reported import ReportedError

if TYPE_CHECKING:
    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.lifecycle import Move
    from tests.report.conftest import MakeFinding, MakeRule

ERROR = ReportedError(
    name="body-received-twice",
    title="The body was received already",
    says=("RuntimeError: Stream consumed", "b", "c", "d", "e"),
    cause="A body comes once.",
    cure="Receive it once.",
    rules=("SU400",),
    sources=("https://github.com/a/b/issues/1",),
)


def test_the_page_of_an_error(rule: MakeRule, view: View) -> None:
    hazard = rule(
        code="SU400", name="stream-consumed", nature="hazard", deprecated=None, removed=None, release=None
    )
    text = plain(error_page(ERROR, [hazard, rule()], view))
    assert text == (
        "The body was received already\n"
        "\n"
        "  Name        body-received-twice\n"
        "  Says        RuntimeError: Stream consumed, or b, or c, or 2 more\n"
        "\n"
        "What happens\n"
        "  A body comes once.\n"
        "\n"
        "Cure\n"
        "  Receive it once.\n"
        "\n"
        "Hazards behind it\n"
        "  SU400 stream-consumed  `on_event` is gone.\n"
        "\n"
        "Changes behind it\n"
        "  SU101 on-event-removed  `on_event` is gone.\n"
        "\n"
        "Reported in\n"
        "  https://github.com/a/b/issues/1\n"
    )


def test_an_error_without_rules_and_threads_has_no_such_heading(view: View) -> None:
    text = plain(error_page(ReportedError("a", "A", ("b",), "C.", "D."), [], view))
    assert "behind it" not in text
    assert "Reported in" not in text


def test_what_the_code_has_comes_with_the_certain_first(finding: MakeFinding, move: Move, view: View) -> None:
    possible = finding(confidence="possible", message="maybe")
    certain = finding(message="surely", path=Path("b.py"))
    other = finding(rule=replace(certain.rule, code="SU999"))
    result = CheckResult(move, (possible, certain, other), (), 3)
    rows = plain(in_code(result, [certain.rule], view)).splitlines()
    assert rows[:2] == ["", "In this code"]
    assert [row.partition(": SU101 ")[2] for row in rows[2:]] == ["surely", "maybe (possible)"]


def test_what_lies_on_the_way_of_a_traceback_comes_before_all(finding: MakeFinding, move: Move, view: View) -> None:
    first, second = finding(message="certain"), finding(message="met", path=Path("app/c.py"), confidence="possible")
    result = CheckResult(move, (first, second), (), 2)
    rows = plain(in_code(result, [first.rule], view, {("c.py", second.span.line)})).splitlines()
    assert [row.partition(": SU101 ")[2] for row in rows[2:]] == ["met (in this traceback, possible)", "certain"]


def test_where_nothing_is_found_the_files_are_counted(rule: MakeRule, move: Move, view: View) -> None:
    text = plain(in_code(CheckResult(move, (), (), 2), [rule()], view))
    assert text == "\nIn this code\n  nothing of it is seen in 2 files\n"


def test_the_others_that_fit_have_a_line_each(rule: MakeRule, view: View) -> None:
    text = plain(others([Fit(ERROR, 1, 0), Fit(rule(), 1, 0)], view))
    assert text == (
        "\nWhat you gave fits these as well\n"
        "  body-received-twice  The body was received already\n"
        "  SU101                `on_event` is gone.\n"
    )
    assert others([], view) == []
