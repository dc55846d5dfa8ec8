from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.report.concise import concise
from starlette_upgrade.report.styled import plain
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from starlette_upgrade.report.place import View
    from tests.report.conftest import MakeFinding, MakeRule


def test_one_line_each_the_certain_ones_first(finding: MakeFinding, view: View) -> None:
    findings = [
        finding(confidence="possible", path=Path("a.py")),
        finding(already=True, fix="safe", when="now"),
        finding(impact=Impact.DEPRECATED, already=True, fix="safe", when="bump"),
        finding(fix="none", why_not="the name is\ncomputed"),
    ]
    message = "SU101 on-event-removed `Starlette.on_event` was removed in 1.0.0rc1"
    assert plain(concise(findings, view)).splitlines() == [
        f"app/main.py:12:2: {message} [already broken, fixable now]",
        f"app/main.py:12:2: {message} [deprecated, fixable with the bump]",
        f"app/main.py:12:2: {message} [break, no automatic fix here: the name is computed]",
        f"a.py:12:2: {message} [possible, break, by hand]",
    ]


def test_a_security_side_is_one_word(finding: MakeFinding, rule: MakeRule, view: View) -> None:
    found = finding(rule=rule(tags=("security",)), impact=Impact.SILENT)
    assert plain(concise([found], view)).rstrip().endswith("[silent, security, by hand]")
    vulnerable = finding(rule=rule(tags=("security",)), impact=Impact.VULNERABLE)
    assert plain(concise([vulnerable], view)).rstrip().endswith("[vulnerable, by hand]")
