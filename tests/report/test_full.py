from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from starlette_upgrade.finding import Reason
from starlette_upgrade.report.full import full
from starlette_upgrade.report.place import View
from starlette_upgrade.report.styled import plain
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.rule import Fix

if TYPE_CHECKING:
    from tests.report.conftest import MakeFinding, MakeRule


def test_says_where_what_and_what_to_do(finding: MakeFinding, move: Move, view: View) -> None:
    assert plain(full([finding()], move, view)) == (
        "app/main.py:12:2: SU101 on-event-removed  `Starlette.on_event` was removed in 1.0.0rc1\n"
        "   |\n"
        '12 | @app.on_event("startup")\n'
        "   |  ^^^^^^^^^^^^\n"
        "   = breaks on 1.10.0 · by hand\n"
        "   = help: Write a `lifespan` and pass it to the application.\n"
        "\n"
    )


def test_gives_the_advice_of_a_rule_once_and_then_points_to_it(
    finding: MakeFinding, move: Move, view: View
) -> None:
    text = plain(full([finding(), finding(span=(40, 2, 40, 14))], move, view))
    assert text.count("Write a `lifespan`") == 1
    assert "   = breaks on 1.10.0 · by hand · help at app/main.py:12\n\n" in text


def test_says_that_a_change_has_a_security_side(
    finding: MakeFinding, rule: MakeRule, move: Move, view: View
) -> None:
    found = finding(rule=rule(tags=("area:templates", "security")), impact=Impact.SILENT)
    assert "   = runs, but does something else on 1.10.0 · security · by hand\n" in plain(full([found], move, view))


def test_says_why_where_it_is_known(finding: MakeFinding, move: Move, view: View) -> None:
    reason = Reason("`app` is a `Starlette` because `make()` {place} returns one", view.cwd / "app/make.py", 8)
    text = plain(full([finding(reason=reason)], move, view))
    assert "   = why: `app` is a `Starlette` because `make()` in app/make.py:8 returns one\n   = help: " in text


def test_wraps_the_advice_to_the_width_and_aligns_it(finding: MakeFinding, rule: MakeRule, move: Move) -> None:
    found = finding(rule=rule(advice="One two three four five six seven eight."))
    narrow = View(Path("/project"), width=40)
    assert plain(full([found], move, narrow)).endswith(
        "   = help: One two three four five six\n           seven eight.\n\n"
    )


def test_possible_findings_come_last_under_a_heading(finding: MakeFinding, move: Move, view: View) -> None:
    findings = [finding(confidence="possible", path=Path("a.py")), finding()]
    text = plain(full(findings, move, view))
    certain, heading, possible = (text.index(part) for part in ("app/main.py:12", "Possible:", "a.py:12:2"))
    assert certain < heading < possible
    assert "the type of a receiver is not known" in " ".join(text.split())
    assert "fail the gate only with --include-possible" in " ".join(text.split())


def test_possible_findings_that_count_are_said_to_count(finding: MakeFinding, move: Move, view: View) -> None:
    text = plain(full([finding(confidence="possible")], move, view, possible_count=True))
    assert "because of --include-possible" in " ".join(text.split())
    assert "never fail" not in text


def test_says_why_a_usage_is_not_fixed(finding: MakeFinding, move: Move, view: View) -> None:
    found = finding(fix="none", why_not="the handler is a\nlambda")
    assert "= breaks on 1.10.0 · no automatic fix here: the handler is a lambda\n" in plain(
        full([found], move, view)
    )


def test_says_what_an_unsafe_fix_risks(finding: MakeFinding, rule: MakeRule, move: Move, view: View) -> None:
    unsafe = rule(fixes=(Fix("rename-argument", "unsafe", unsafe_because="The order can change."),))
    text = plain(full([finding(rule=unsafe, fix="unsafe", when="now")] * 2, move, view))
    assert "· fixable now with --unsafe\n" in text
    assert text.count("   = unsafe: The order can change.\n") == 1


def test_says_what_was_broken_before(finding: MakeFinding, move: Move, view: View) -> None:
    assert "= already broken on 0.40.0 ·" in plain(full([finding(already=True)], move, view))


def test_each_impact_has_its_words(finding: MakeFinding, move: Move, view: View) -> None:
    for impact in Impact:
        text = plain(full([finding(impact=impact)], move, view))
        assert f"   = {impact.value}" not in text or impact is Impact.BREAK or impact is Impact.DEPRECATED
        assert "   = " in text


def test_a_span_of_several_lines_shows_both_ends(finding: MakeFinding, move: Move, view: View) -> None:
    source = "app = Starlette(\n    debug=True,\n    on_startup=[a],\n)\n"
    assert " 98 | app = Starlette(\n    |       ^^^^^^^^^^\n...\n101 | )\n    | ^\n" in plain(
        full([finding(source, (98, 7, 101, 2))], move, view)
    )


def test_without_source_there_is_no_empty_frame(finding: MakeFinding, move: Move, view: View) -> None:
    assert "|" not in plain(full([finding("")], move, view))


def test_a_name_made_of_escape_codes_can_not_reach_the_terminal(
    finding: MakeFinding, move: Move, view: View
) -> None:
    evil = finding("x = '\x1b[2J\u202e'\n", (1, 1, 1, 2), path=Path("a\x1b]0;x\x07\n.py"), message="a\x1b[31m")
    text = plain(full([evil], move, view))
    assert not set(text) & set("\x1b\x07\u202e")
    assert text.startswith("a\N{REPLACEMENT CHARACTER}]0;x")


def test_on_a_narrow_screen_the_message_goes_below(finding: MakeFinding, move: Move) -> None:
    text = plain(full([finding()], move, View(Path("/project"), width=50)))
    assert text.startswith(
        "app/main.py:12:2: SU101 on-event-removed\n  `Starlette.on_event` was removed in 1.0.0rc1\n   |\n"
    )


def test_a_finding_of_fastapis_names_its_release(
    finding: MakeFinding, rule: MakeRule, move: Move, view: View
) -> None:
    beside = Move(move.old, move.new, Move(Version("0.115.0"), Version("0.165.0")))
    own = rule(package="fastapi")
    assert "= breaks on FastAPI 0.165.0" in plain(full([finding(rule=own)], beside, view))
    assert "= already broken on FastAPI 0.115.0" in plain(full([finding(rule=own, already=True)], beside, view))
    assert "= breaks on 1.10.0" in plain(full([finding()], beside, view))
