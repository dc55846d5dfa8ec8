"""What `fix` leaves, by the reason why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.left import left, left_lines
from starlette_upgrade.report.styled import plain

if TYPE_CHECKING:
    from tests.report.conftest import MakeFinding, MakeRule


def test_each_reason_is_a_row_and_what_a_command_can_change_comes_first(
    finding: MakeFinding, rule: MakeRule
) -> None:
    other = rule("SU104", "route-decorator-removed")
    findings = [
        finding(),
        finding(rule=other, fix="none", why_not="the receiver may also be something else"),
        finding(fix="unsafe"),
        finding(),
        finding(rule=other),
    ]
    assert plain(left_lines(left(findings, unsafe=False, asked=False), 0)) == (
        "   1  with --unsafe: SU101 on-event-removed\n"
        "   1  the receiver may also be something else: SU104 route-decorator-removed\n"
        "   3  by hand: SU101 on-event-removed ×2, SU104 route-decorator-removed\n"
    )


def test_what_could_have_been_rewritten_was_declined_or_could_not_be_written(finding: MakeFinding) -> None:
    both = [finding(fix="safe"), finding(fix="unsafe")]
    assert [one.why for one in left(both, unsafe=True, asked=True)] == ["declined"]
    assert [one.why for one in left(both, unsafe=False, asked=True)] == ["unsafe", "declined"]
    assert [one.why for one in left(both, unsafe=True, asked=False)] == ["unwritten"]


def test_a_refusal_without_a_reason_is_told_as_one(finding: MakeFinding) -> None:
    [only] = left([finding(fix="none")], unsafe=False, asked=False)
    assert (only.why, only.text, only.number) == ("refused", "no automatic fix here", 1)


def test_of_many_rules_the_most_frequent_are_named(finding: MakeFinding, rule: MakeRule) -> None:
    findings = [finding(rule=rule(f"SU{200 + number}", "name")) for number in range(8) for _ in range(number + 1)]
    assert plain(left_lines(left(findings, unsafe=False, asked=False), 0)) == (
        "  36  by hand: SU207 name ×8, SU206 name ×7, SU205 name ×6, SU204 name ×5, SU203 name ×4 "
        "and 3 other rules\n"
    )


def test_a_row_is_folded_below_its_reason(finding: MakeFinding, rule: MakeRule) -> None:
    findings = [finding(), finding(rule=rule("SU104", "route-decorator-removed"))]
    assert plain(left_lines(left(findings, unsafe=False, asked=False), 44)) == (
        "   2  by hand: SU101 on-event-removed, SU104\n      route-decorator-removed\n"
    )
