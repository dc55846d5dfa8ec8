from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from packaging.version import Version

from starlette_upgrade.cli.next_step import after_check, after_fix
from starlette_upgrade.cli.request import Request
from starlette_upgrade.finding import FileChange, Finding, FixResult, Span
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.selection import find_rule

RELEASES = load_releases()
MOVE = Move(Version("0.40.0"), Version("1.10.0"))


def finding(fix: Any, rule: str = "SU101", confidence: Any = "certain") -> Finding:
    return Finding(
        Path("a.py"),
        Span(1, 1, 1, 2),
        find_rule(RELEASES, rule),
        Impact.BREAK,
        False,
        confidence,
        "m",
        fix,
        "now",
    )


def fixed(*remaining: Finding, changes: int = 0) -> FixResult:
    return FixResult(MOVE, (FileChange(Path("a.py"), b"", b"x", "utf-8", ()),) * changes, remaining, (), 1)


def test_what_can_be_fixed_is_shown_first() -> None:
    request = Request("check", paths=("my app", "tests"), old="0.40.0", select=("SU101", "x"), python=".venv")
    assert after_check(request, [finding("safe"), finding("unsafe")]) == (
        "starlette-upgrade fix --diff --from 0.40.0 --python .venv --select SU101,x 'my app' tests"
    )
    assert after_check(Request("check"), [finding("unsafe"), finding("manual")]) == (
        "starlette-upgrade fix --diff --unsafe ."
    )


def test_where_all_is_by_hand_the_commonest_rule_is_explained() -> None:
    findings = [finding("manual"), finding("none", "SU104"), finding("manual", "SU104")]
    assert after_check(Request("check"), findings) == "starlette-upgrade explain SU104"


def test_possible_findings_lead_nowhere_unless_they_count() -> None:
    possible = [finding("safe", confidence="possible")]
    assert after_check(Request("check"), possible) == ""
    assert after_check(Request("check", include_possible=True), possible) == (
        "starlette-upgrade fix --diff --include-possible ."
    )
    assert after_check(Request("check"), []) == ""


def test_after_the_diff_comes_the_writing() -> None:
    request = Request("fix", diff=True, unsafe=True, new="1.0.0")
    assert after_fix(request, fixed(changes=1)) == "starlette-upgrade fix --unsafe --to 1.0.0 ."
    tables = Request("fix", diff=True, unsafe=True, style="table")
    assert after_fix(tables, fixed(changes=1)) == "starlette-upgrade fix --unsafe --style table ."


def test_the_fastapi_that_a_person_named_is_named_again() -> None:
    request = Request("check", old="0.46.2", fastapi="0.150.0")
    wanted = "starlette-upgrade fix --diff --from 0.46.2 --fastapi 0.150.0 ."
    assert after_check(request, [finding("safe")]) == wanted


def test_after_the_writing_comes_what_is_left() -> None:
    left = fixed(finding("unsafe"), finding("manual"), changes=1)
    assert after_fix(Request("fix"), left) == "starlette-upgrade fix --diff --unsafe ."
    assert after_fix(Request("fix", unsafe=True), left) == "starlette-upgrade explain SU101"
    assert after_fix(Request("fix"), fixed(changes=1)) == ""


def test_what_a_person_declined_is_not_offered_again() -> None:
    left = fixed(finding("safe"), finding("unsafe"), finding("manual", "SU104"), changes=1)
    assert after_fix(Request("fix", interactive=True), left) == "starlette-upgrade fix --diff --unsafe ."
    assert after_fix(Request("fix", interactive=True, unsafe=True), left) == "starlette-upgrade explain SU104"
    shown = Request("fix", interactive=True, unsafe=True, diff=True)
    assert after_fix(shown, left) == "starlette-upgrade fix --unsafe --interactive ."


def test_what_came_from_stdin_cannot_be_named_again() -> None:
    assert after_check(Request("check", paths=("-",)), [finding("safe")]) == "starlette-upgrade explain SU101"
    shown = Request("fix", paths=("-",), stdin_filename="a.py", diff=True)
    assert after_fix(shown, fixed(changes=1)) == ""
    assert after_fix(shown, fixed(finding("unsafe"), changes=1)) == "starlette-upgrade explain SU101"


def test_after_what_runs_today_comes_what_waits_for_the_bump() -> None:
    later = replace(finding("safe"), when="bump")
    request = Request("fix", old="0.27.0", ahead=True)
    assert after_fix(request, fixed(later)) == "starlette-upgrade fix --diff --from 0.27.0 ."
    assert after_fix(request, fixed(later, finding("unsafe"))) == (
        "starlette-upgrade fix --diff --ahead --unsafe --from 0.27.0 ."
    )
    assert after_fix(replace(request, diff=True), fixed(later, changes=1)) == (
        "starlette-upgrade fix --ahead --from 0.27.0 ."
    )


def test_nobody_types_a_hundred_paths() -> None:
    paths = tuple(f"app/m{number}.py" for number in range(100))
    assert after_check(Request("check", paths=paths), [finding("safe")]) == "starlette-upgrade fix --diff app"
    assert after_check(Request("check", paths=("-x.py",)), [finding("safe")]).endswith(" fix --diff -- -x.py")
