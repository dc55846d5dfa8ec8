from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from starlette_upgrade.finding import CheckResult, FileChange, FixResult, Problem
from starlette_upgrade.report.styled import plain
from starlette_upgrade.report.summary import Scope, check_summary, fix_summary
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.rule import Fix

if TYPE_CHECKING:
    from starlette_upgrade.finding import Finding
    from tests.report.conftest import MakeFinding, MakeRule

LOCKED = "locked in uv.lock"


def of_check(
    move: Move,
    *findings: Finding,
    problems: tuple[Problem, ...] = (),
    files: int = 120,
    origin: str = LOCKED,
    step: str = "",
    possible_count: bool = False,
    selected: bool = False,
) -> str:
    result = CheckResult(move, findings, problems, files)
    return plain(check_summary(result, Scope(origin, selected, possible_count), step))


def of_fix(
    move: Move,
    *remaining: Finding,
    changes: tuple[FileChange, ...] = (),
    written: bool = True,
    step: str = "",
) -> str:
    result = FixResult(move, changes, remaining, (), 120)
    return plain(fix_summary(result, Scope(LOCKED), step, written=written))


def test_counts_impacts_fixes_and_files_and_names_the_next_command(finding: MakeFinding, move: Move) -> None:
    findings = [
        *[finding(fix="safe", when="now")] * 2,
        finding(already=True, path=Path("b.py"), fix="unsafe", when="now"),
        *[finding(impact=Impact.SILENT, fix="safe", when="bump")] * 3,
        finding(impact=Impact.DEPRECATED, fix="none"),
        finding(impact=Impact.HAZARD),
    ]
    assert of_check(move, *findings, step="starlette-upgrade fix --diff .") == (
        "From 0.40.0 (locked in uv.lock) to 1.10.0: 3 break (1 already broken on 0.40.0), "
        "3 change silently, 1 deprecated, 1 hazard, in 2 of 120 files.\n"
        "Fixable: 3 now (1 of them with --unsafe), 3 with the bump; 2 by hand.\n"
        "\n"
        "Next: starlette-upgrade fix --diff .\n"
    )


def test_one_is_not_many(finding: MakeFinding, move: Move) -> None:
    assert of_check(move, finding(), finding(impact=Impact.SILENT), files=1, origin="") == (
        "From 0.40.0 to 1.10.0: 1 breaks, 1 changes silently, in 1 of 1 file.\nFixable: none; 2 by hand.\n"
    )


def test_possible_findings_are_never_counted_with_the_certain_ones(finding: MakeFinding, move: Move) -> None:
    possible = finding(confidence="possible")
    text = of_check(move, finding(), possible, possible)
    assert "1 breaks, in 1 of" in text
    assert "Possible: 2 more, which the code does not say for certain.\n" in text
    assert "because of --include-possible" in of_check(move, possible, possible_count=True)
    assert of_check(move, possible).startswith("Nothing is certain to break between 0.40.0")


def test_clean_is_said_in_one_friendly_line(move: Move) -> None:
    assert of_check(move) == (
        "All checks passed: nothing here breaks between 0.40.0 (locked in uv.lock) and 1.10.0 (120 files).\n"
    )
    assert of_check(Move(move.new, move.new), origin="", files=1) == (
        "All checks passed: nothing here breaks on 1.10.0 (1 file).\n"
    )
    assert of_check(move, origin="", selected=True) == (
        "All checks passed: nothing here breaks between 0.40.0 and 1.10.0 (120 files, by the selected rules).\n"
    )
    assert of_check(move, files=0) == "Nothing to check: no Python files found.\n"


def test_what_could_not_be_read_spoils_the_good_news(move: Move) -> None:
    problems = (Problem(Path("a.py"), "syntax error"), Problem(Path("b.py"), "not UTF-8"))
    text = of_check(move, problems=problems)
    assert "All checks passed" not in text
    assert "2 files or paths could not be used: see the errors.\n" in text


def test_fix_says_what_it_did_and_what_remains(finding: MakeFinding, move: Move) -> None:
    change = FileChange(Path("a.py"), b"", b"x", "utf-8", (finding(), finding()))
    assert of_fix(move, changes=(change,)) == (
        "Fixed 2 findings in 1 file.\n"
        "Nothing is left that breaks between 0.40.0 (locked in uv.lock) and 1.10.0 (120 files).\n"
    )
    assert of_fix(move, finding(), changes=(change,), step="starlette-upgrade explain SU101") == (
        "Fixed 2 findings in 1 file.\n"
        "What remains from 0.40.0 (locked in uv.lock) to 1.10.0: 1 breaks, in 1 of 120 files.\n"
        "   1  by hand: SU101 on-event-removed\n"
        "\n"
        "Next: starlette-upgrade explain SU101\n"
    )
    assert of_fix(move).startswith("All checks passed")
    assert of_fix(move, finding()).startswith("Nothing fixed. From 0.40.0")


def test_a_diff_says_that_nothing_is_written(finding: MakeFinding, move: Move) -> None:
    change = FileChange(Path("a.py"), b"", b"x", "utf-8", (finding(),))
    assert of_fix(move, changes=(change,), written=False).startswith(
        "Would fix 1 finding in 1 file; nothing is written.\n"
    )


def test_versions_print_as_published(finding: MakeFinding) -> None:
    move = Move(Version("0.26.0.post1"), Version("1.0.0rc1"))
    assert of_check(move, finding(), origin="").startswith("From 0.26.0.post1 to 1.0.0rc1: ")


def test_sentences_fold_at_the_edge_of_the_screen_but_the_command_does_not(
    finding: MakeFinding, move: Move
) -> None:
    result = CheckResult(move, (finding(),), (), 120)
    command = "starlette-upgrade fix --diff --from 0.40.0 --to 1.10.0 src tests"
    lines = plain(check_summary(result, Scope(LOCKED, width=40), command)).splitlines()
    assert lines[:3] == [
        "From 0.40.0 (locked in uv.lock) to",
        "1.10.0: 1 breaks, in 1 of 120 files.",
        "Fixable: none; 1 by hand.",
    ]
    assert lines[-1] == f"Next: {command}"


def test_what_is_broken_already_names_both_packages(finding: MakeFinding, rule: MakeRule, move: Move) -> None:
    beside = Move(move.old, move.new, Move(Version("0.115.0"), Version("0.165.0")))
    findings = (finding(already=True), finding(rule=rule(package="fastapi"), already=True))
    text = plain(check_summary(CheckResult(beside, findings, (), 1), Scope(), ""))
    assert "2 break (all already broken on 0.40.0 and FastAPI 0.115.0)" in text


def test_a_bump_is_one_of_the_package_that_brings_the_new_form(
    finding: MakeFinding, rule: MakeRule, move: Move
) -> None:
    beside = Move(move.old, move.new, Move(Version("0.115.0"), Version("0.165.0")))
    resolved = (finding(when="bump", rule=rule(package="fastapi")),)
    change = FileChange(Path("a.py"), b"", b"", "utf-8", resolved)
    text = plain(fix_summary(FixResult(beside, (change,), (), (), 1), Scope(), "", written=True))
    assert "1 of these needs a newer FastAPI than 0.115.0: raise the requirement (to 0.165.0)" in text


def test_a_package_that_the_new_code_needs_is_named(finding: MakeFinding, rule: MakeRule, move: Move) -> None:
    moved = rule(fixes=(Fix("replace-symbol", "unsafe", unsafe_because="threads", requires="a2wsgi"),))
    change = FileChange(Path("a.py"), b"", b"", "utf-8", (finding(fix="unsafe", when="now", rule=moved),) * 2)
    text = of_fix(move, changes=(change,))
    assert text.count("The new code needs a2wsgi: add it to your requirements.") == 1
    assert "a2wsgi" not in of_fix(move, finding(fix="none", rule=moved))
