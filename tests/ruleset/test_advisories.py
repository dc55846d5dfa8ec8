"""The strict schema of the published vulnerabilities, and what they mean for an upgrade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.advisories import load_advisories
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.lifecycle import Impact, Move, Verdict, judge
from starlette_upgrade.ruleset.rule import Advisory, BehaviourMatch
from starlette_upgrade.ruleset.selection import find_rule, labels

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Rule

GOOD = """
[[advisory]]
code = "SU598"
name = "range-dos"
ids = ["CVE-2025-1234", "GHSA-2222-3333-4444"]
summary = "A header keeps the server busy"
message = "`{name}` spends much time on a header"
severity = "high"
score = "7.5 (CVSS 3.1)"
since = "0.39.0"
fixed = "0.49.1"
condition = "only on Windows"
why = "The time grows with the square."
advice = "Upgrade."
sources = "https://example.org/advisory"
pull = 7
tags = "security"
proof = "assert True"

[[advisory.match]]
kind = "behaviour"
function = "file_served"
names = "FileResponse"
"""
MOVE = Move(Version("0.40.0"), Version("1.10.0"))


def load(folder: Path, text: str = GOOD) -> tuple[Rule, ...]:
    (folder / "advisories.toml").write_text(text)
    return load_advisories(folder).rules


def test_a_good_file_becomes_rules(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)
    assert (rule.code, rule.nature, rule.release) == ("SU598", "advisory", None)
    assert (rule.since, rule.cured) == (Version("0.39.0"), Version("0.49.1"))
    assert rule.matches == (BehaviourMatch("file_served", names=("FileResponse",)),)
    assert rule.advisory == Advisory(
        ids=("CVE-2025-1234", "GHSA-2222-3333-4444"),
        severity="high",
        sources=("https://example.org/advisory",),
        score="7.5 (CVSS 3.1)",
        condition="only on Windows",
        proof="assert True",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fixed =", "fixd =", "`fixed` is missing"),
        ('severity = "high"', 'severity = "awful"', "is not one of critical, high, medium, low, unrated"),
        ("CVE-2025-1234", "CVE-25", "`CVE-25` is no identifier of a vulnerability"),
        ('since = "0.39.0"', 'since = "0.49.1"', "`fixed` 0.49.1 does not come after `since` 0.49.1"),
        ("condition =", 'dependency = "python-multipart"\ncondition =', "`dependency` and `safe` need each other"),
        ("pull = 7", "pulls = 7", "unknown key `pulls` (did you mean `pull`?)"),
        ("[[advisory.match]]", "[[advisory.matches]]", "unknown key `matches` (did you mean `match`?)"),
        (GOOD[GOOD.index("[[advisory.match]]") :], "", "no [[advisory.match]]"),
        ('proof = "assert True"', "", "`proof` is missing"),
        ("code = ", "x = 1\ncode = ", "unknown key `x`"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in GOOD
    with pytest.raises(RulesetError) as error:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(error.value).startswith("advisories.toml, rule SU598 range-dos: ")
    assert message in str(error.value)


def test_it_is_selected_and_found_by_each_of_its_identifiers(tmp_path: Path) -> None:
    load(tmp_path)
    group = load_advisories(tmp_path)
    (rule,) = group.rules
    assert {"kind:advisory", "cve-2025-1234", "ghsa-2222-3333-4444"} <= set(labels(rule))
    for word in ("CVE-2025-1234", "cve-2025-1234", "GHSA-2222-3333-4444", "su598", "range-dos"):
        assert find_rule([group], word) is rule


class TestOfAnotherPackage:
    SHIPPED = GOOD.replace("condition =", 'dependency = "python-multipart"\nsafe = "0.0.18"\ncondition =')

    @pytest.mark.parametrize(
        ("starlette", "multipart", "expected"),
        [
            pytest.param("0.40.0", None, Verdict(Impact.VULNERABLE, already=True, cured=True), id="unknown"),
            pytest.param("0.40.0", "0.0.18", None, id="known-to-be-safe"),
            pytest.param("0.40.0", "0.0.17", Verdict(Impact.VULNERABLE, already=True), id="known-to-be-open"),
            pytest.param("1.0.0", "0.0.17", Verdict(Impact.VULNERABLE, already=True), id="whatever-is-asked-for"),
            pytest.param("1.0.0", None, None, id="unknown-beside-a-starlette-that-asks"),
        ],
    )
    def test_what_is_there_decides(
        self, starlette: str, multipart: str | None, expected: Verdict | None, tmp_path: Path
    ) -> None:
        (rule,) = load(tmp_path, self.SHIPPED)
        known = Version(multipart) if multipart else None
        assert judge(rule, replace(MOVE, old=Version(starlette), multipart=known)) == expected
