from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from starlette_upgrade.finding import CheckResult
from starlette_upgrade.report.concise import concise
from starlette_upgrade.report.explain import explain
from starlette_upgrade.report.full import full
from starlette_upgrade.report.left import left
from starlette_upgrade.report.place import View
from starlette_upgrade.report.styled import plain
from starlette_upgrade.report.summary import Scope, check_summary
from starlette_upgrade.ruleset.lifecycle import Impact, Move

if TYPE_CHECKING:
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.ruleset.rule import Rule
    from tests.report.conftest import MakeFinding, MakeRule


def exposed(
    finding: MakeFinding, rule: Rule, *places: tuple[str, int], used: str = "FileResponse"
) -> list[Finding]:
    source = f"    return {used}(path)\n"
    return [
        finding(
            source,
            (line, 12, line, 12 + len(used)),
            rule=rule,
            path=Path(path),
            impact=Impact.VULNERABLE,
            message="`FileResponse` spends much time on a header",
        )
        for path, line in places
    ]


def test_the_places_of_a_vulnerability_make_one_block(
    finding: MakeFinding, advisory: MakeRule, move: Move, view: View
) -> None:
    places = [("app/files.py", number) for number in range(1, 20)]
    assert plain(full(exposed(finding, advisory(), *places), move, view)) == (
        "Published vulnerabilities of 0.40.0 that this code is exposed to:\n"
        "\n"
        "SU598 range-dos  high 7.5  CVE-2025-1234, GHSA-2222-3333-4444\n"
        "   A header keeps the server busy; fixed in 0.49.1: the upgrade closes it.\n"
        "   exposed here: `FileResponse` in app/files.py:1, app/files.py:2, app/files.py:3, app/files.py:4\n"
        "     and 15 more places\n"
        "   condition: only on Windows\n"
        "   help: Upgrade to Starlette 0.49.1 or later.\n"
        "\n"
    )


def test_the_worst_comes_first_and_after_what_breaks(
    finding: MakeFinding, advisory: MakeRule, move: Move, view: View
) -> None:
    rules = [
        advisory("SU501", "a", severity="low", score="3.7 (CVSS 3.1)"),
        advisory("SU502", "b", severity="unrated", score=""),
        advisory("SU503", "c", score="7.5 (CVSS 3.1)"),
        advisory("SU504", "d", score="8.7 (CVSS 4.0)"),
        advisory("SU505", "e", severity="critical", score="9.1 (CVSS 3.1)"),
    ]
    every = [one for rule in rules for one in exposed(finding, rule, ("a.py", 1))]
    text = plain(full([*every, finding()], move, view))
    order = ["SU101", "Published", "SU505", "SU504", "SU503", "SU501", "SU502"]
    assert sorted(order, key=text.index) == order


def test_each_name_is_told_once_and_tests_come_last(
    finding: MakeFinding, advisory: MakeRule, move: Move, view: View
) -> None:
    rule = advisory()
    every = [
        *exposed(finding, rule, ("app/test_a.py", 1)),
        *exposed(finding, rule, ("app/b.py", 2), used="StaticFiles"),
        *exposed(finding, rule, ("app/c.py", 3), ("app/c.py", 3)),
    ]
    text = plain(full(every, move, view))
    assert "here: `StaticFiles` in app/b.py:2, `FileResponse` in app/c.py:3, app/test_a.py:1\n" in text


def test_a_method_is_told_by_its_name(finding: MakeFinding, advisory: MakeRule, move: Move, view: View) -> None:
    method = finding(
        "    async def _show(self, request):\n        pass\n",
        (5, 5, 6, 13),
        rule=advisory(),
        impact=Impact.VULNERABLE,
    )
    assert "exposed here: `_show` in app/main.py:5\n" in plain(full([method], move, view))


def test_what_the_upgrade_does_not_reach_is_still_open(
    finding: MakeFinding, advisory: MakeRule, view: View
) -> None:
    move = Move(Version("0.40.0"), Version("0.47.0"))
    text = plain(full(exposed(finding, advisory(), ("a.py", 1)), move, view))
    assert "busy; still open on 0.47.0, fixed in 0.49.1.\n" in text


def test_a_vulnerability_of_another_package_is_closed_by_that(
    finding: MakeFinding, advisory: MakeRule, move: Move, view: View
) -> None:
    rule = advisory(dependency="python-multipart", safe=Version("0.0.18"), condition="unless it is newer")
    found = exposed(finding, rule, ("a.py", 1))
    unknown = plain(full(found, move, view))
    assert "fixed in python-multipart 0.0.18, which" in unknown
    assert "condition: unless it is newer\n" in unknown
    known = plain(full(found, replace(move, multipart=Version("0.0.5")), view))
    assert "; python-multipart 0.0.5 has it, fixed in python-multipart 0.0.18.\n" in known
    assert "condition" not in known
    assert plain(concise(found, view)).endswith("[vulnerable, fixed in python-multipart 0.0.18]\n")


def test_one_line_says_where_it_is_fixed(finding: MakeFinding, advisory: MakeRule, view: View) -> None:
    text = plain(concise(exposed(finding, advisory(), ("a.py", 1)), view))
    assert text == (
        "a.py:1:12: SU598 range-dos `FileResponse` spends much time on a header [vulnerable, fixed in 0.49.1]\n"
    )


def test_on_a_narrow_screen_the_identifiers_go_below(finding: MakeFinding, advisory: MakeRule, move: Move) -> None:
    view = View(Path("/project"), width=50)
    rows = plain(full(exposed(finding, advisory(), ("a.py", 1)), move, view)).splitlines()
    assert rows[3:5] == ["SU598 range-dos  high 7.5", "   CVE-2025-1234, GHSA-2222-3333-4444"]
    assert max(map(len, rows)) <= 50


class TestTheSummary:
    def result(self, move: Move, findings: list[Finding], *published: Rule) -> CheckResult:
        return CheckResult(move, tuple(findings), (), 20, published=published)

    def test_it_counts_vulnerabilities_and_not_their_places(
        self, finding: MakeFinding, advisory: MakeRule, move: Move
    ) -> None:
        rule, other = advisory(), advisory("SU599", "other", ids=("CVE-2025-4321",))
        found = [finding(), *exposed(finding, rule, ("a.py", 1), ("a.py", 2), ("b.py", 3))]
        assert plain(check_summary(self.result(move, found, rule, other), Scope(), "")) == (
            "From 0.40.0 to 1.10.0: 1 breaks, in 1 of 20 files; 1 published vulnerability, exposed in 2 files.\n"
            "Fixable: none; 1 by hand.\n"
            "0.40.0 has 1 more published vulnerability that nothing here is seen to be exposed to: CVE-2025-4321.\n"
        )

    def test_alone_they_are_nothing_to_fix(self, finding: MakeFinding, advisory: MakeRule, move: Move) -> None:
        rule = advisory()
        found = exposed(finding, rule, ("a.py", 1))
        assert plain(check_summary(self.result(move, found, rule), Scope(), "")) == (
            "From 0.40.0 to 1.10.0: 1 published vulnerability, exposed in 1 file.\n"
        )

    def test_those_that_nothing_is_exposed_to_are_told_where_nothing_is_found(
        self, advisory: MakeRule, move: Move
    ) -> None:
        result = self.result(move, [], advisory(), advisory("SU599", "other", ids=()))
        rows = plain(check_summary(result, Scope(), "")).splitlines()
        assert rows[1] == (
            "0.40.0 has 2 published vulnerabilities that nothing here is seen to be exposed to: "
            "CVE-2025-1234, SU599."
        )
        assert len(plain(check_summary(result, Scope(unexposed=False), "")).splitlines()) == 1

    def test_what_fix_leaves_to_the_upgrade_is_one_group(self, finding: MakeFinding, advisory: MakeRule) -> None:
        both = [finding(), *exposed(finding, advisory(), ("a.py", 1), ("b.py", 2))]
        assert [(one.why, one.number) for one in left(both, unsafe=False, asked=False)] == [
            ("hand", 1),
            ("upgrade", 2),
        ]


def test_explain_tells_what_is_published(advisory: MakeRule, move: Move, view: View) -> None:
    text = plain(explain(advisory(), move, "", view))
    assert "  Known as    CVE-2025-1234, GHSA-2222-3333-4444\n" in text
    assert "  Severity    high 7.5 (CVSS 3.1)\n" in text
    assert "  Exposed     only on Windows\n" in text
    assert "  Fixed       in 0.49.1\n" in text
    assert "  For you     open on 0.40.0, fixed in 0.49.1: the upgrade closes it, from 0.40.0 to 1.10.0\n" in text
    assert text.endswith("\nSources\n  https://example.org/advisory\n")
    assert "cve-2025-1234" not in text
