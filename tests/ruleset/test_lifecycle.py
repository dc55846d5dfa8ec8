"""From a rule's versions and a move to what it means: design §3's table, row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.lifecycle import Impact, Move, Verdict, judge, when
from starlette_upgrade.ruleset.rule import Example, Fix, Nature, Package, Rule, Safety, SymbolMatch

BREAK, SILENT, DEPRECATED = Impact.BREAK, Impact.SILENT, Impact.DEPRECATED
OLD, DEPRECATES, BETWEEN, REMOVES, NEW = "0.40.0", "0.43.0", "0.45.0", "1.0.0", "1.10.0"


def rule(package: Package = "starlette", **life: str) -> Rule:
    def version(key: str) -> Version | None:
        return Version(life[key]) if key in life else None

    return Rule(
        code="SU901",
        name="old-gone",
        release=Version(REMOVES),
        summary="`old` was removed",
        message="`old` was removed",
        advice="Write `new`.",
        deprecated=version("deprecated"),
        removed=version("removed"),
        changed=version("changed"),
        reverted=version("reverted"),
        pulls=(),
        tags=(),
        matches=(SymbolMatch(("a.old",)),),
        fixes=(Fix("manual", "manual"),),
        examples=(Example("a", "b"),),
        reused=version("reused"),
        package=package,
    )


def move(old: str, new: str) -> Move:
    return Move(Version(old), Version(new))


def verdict(old: str, new: str, **life: str) -> Verdict | None:
    return judge(rule("starlette", **life), move(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(OLD, NEW, Verdict(BREAK), id="gone-on-the-way"),
        pytest.param(OLD, REMOVES, Verdict(BREAK), id="gone-at-the-target"),
        pytest.param(BETWEEN, REMOVES, Verdict(BREAK), id="deprecated-before-gone-at-the-target"),
        pytest.param(REMOVES, NEW, Verdict(BREAK, already=True), id="already-gone"),
        pytest.param(NEW, NEW, Verdict(BREAK, already=True), id="already-gone-without-a-move"),
        pytest.param(OLD, BETWEEN, Verdict(DEPRECATED), id="deprecated-on-the-way"),
        pytest.param(OLD, DEPRECATES, Verdict(DEPRECATED), id="deprecated-at-the-target"),
        pytest.param(DEPRECATES, BETWEEN, Verdict(DEPRECATED, already=True), id="already-deprecated"),
        pytest.param(OLD, "0.42.9", None, id="not-yet-deprecated"),
        pytest.param(OLD, OLD, None, id="no-move-before-all"),
    ],
)
def test_an_api_that_is_deprecated_and_then_removed(old: str, new: str, expected: Verdict | None) -> None:
    assert verdict(old, new, deprecated=DEPRECATES, removed=REMOVES) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(OLD, "0.99.9", None, id="still-there"),
        pytest.param(OLD, REMOVES, Verdict(BREAK), id="gone"),
        pytest.param(REMOVES, NEW, Verdict(BREAK, already=True), id="already-gone"),
    ],
)
def test_an_api_that_is_removed_without_warning(old: str, new: str, expected: Verdict | None) -> None:
    assert verdict(old, new, removed=REMOVES) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(OLD, "0.42.0", None, id="not-yet"),
        pytest.param(OLD, NEW, Verdict(DEPRECATED), id="deprecated"),
        pytest.param(BETWEEN, NEW, Verdict(DEPRECATED, already=True), id="already-deprecated"),
    ],
)
def test_an_api_that_is_deprecated_and_stays(old: str, new: str, expected: Verdict | None) -> None:
    assert verdict(old, new, deprecated=DEPRECATES) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(OLD, "0.42.0", None, id="not-yet"),
        pytest.param(OLD, DEPRECATES, Verdict(SILENT), id="changed-at-the-target"),
        pytest.param(OLD, NEW, Verdict(SILENT), id="changed-on-the-way"),
        pytest.param(DEPRECATES, NEW, None, id="was-so-before"),
        pytest.param(NEW, NEW, None, id="no-move"),
    ],
)
def test_an_api_that_does_something_else(old: str, new: str, expected: Verdict | None) -> None:
    assert verdict(old, new, changed=DEPRECATES) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(OLD, DEPRECATES, Verdict(SILENT), id="into-the-change"),
        pytest.param(OLD, "0.44.9", Verdict(SILENT), id="into-the-last-release-that-has-it"),
        pytest.param(OLD, BETWEEN, None, id="to-the-release-that-takes-it-back"),
        pytest.param(OLD, NEW, None, id="across-both"),
        pytest.param("0.44.0", "0.44.5", None, id="within-the-change"),
        pytest.param("0.44.0", NEW, None, id="out-of-the-change"),
        pytest.param(BETWEEN, NEW, None, id="after-both"),
    ],
)
def test_a_change_that_was_taken_back(old: str, new: str, expected: Verdict | None) -> None:
    assert verdict(old, new, changed=DEPRECATES, reverted=BETWEEN) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("0.52.1", "1.0.0rc1", Verdict(BREAK), id="to-the-candidate-itself"),
        pytest.param("0.52.1", "1.0.0", Verdict(BREAK), id="to-the-final"),
        pytest.param("1.0.0rc1", "1.0.0", Verdict(BREAK, already=True), id="from-the-candidate"),
        pytest.param("0.52.1", "1.0.0b1", None, id="to-an-earlier-pre-release"),
        pytest.param("0.52.1", "0.52.1.post1", None, id="to-a-post-release"),
    ],
)
def test_what_a_release_candidate_removed_is_gone_from_it_on(old: str, new: str, expected: Verdict | None) -> None:
    assert verdict(old, new, removed="1.0.0rc1") == expected


def test_what_a_final_release_removed_is_still_in_its_candidate() -> None:
    assert verdict("0.52.1", "1.0.0rc1", removed="1.0.0") is None


@pytest.mark.parametrize("written", ["1.0", "1", "v1.0.0", "1.0.0.0"])
def test_a_version_may_be_written_short(written: str) -> None:
    assert verdict(OLD, written, removed=REMOVES) == Verdict(BREAK)


@pytest.mark.parametrize(
    ("safety", "since", "expected"),
    [
        pytest.param("safe", None, "now", id="no-replacement-needed"),
        pytest.param("safe", "0.39.0", "now", id="replacement-older"),
        pytest.param("safe", OLD, "now", id="replacement-in-the-old-release"),
        pytest.param("safe", "0.40.1", "bump", id="replacement-newer"),
        pytest.param("safe", "0.40.0rc1", "now", id="replacement-in-the-candidate"),
        pytest.param("unsafe", OLD, "now", id="unsafe-is-a-question-of-trust-not-of-time"),
        pytest.param("unsafe", NEW, "bump", id="unsafe-with-the-bump"),
        pytest.param("manual", OLD, "hand", id="manual"),
    ],
)
def test_when_a_finding_can_be_fixed(safety: Safety, since: str | None, expected: str) -> None:
    fix = Fix("replace-symbol", safety, replacement_since=Version(since) if since else None)
    assert when(fix, move(OLD, NEW)) == expected


def test_without_a_fix_it_is_by_hand() -> None:
    assert when(None, move(OLD, NEW)) == "hand"


class TestRaisesForAWhile:
    LIFE: ClassVar = {"deprecated": DEPRECATES, "removed": BETWEEN, "reverted": REMOVES}

    def test_breaks_on_the_releases_between(self) -> None:
        assert verdict(OLD, "0.52.1", **self.LIFE) == Verdict(BREAK)
        assert verdict(BETWEEN, "0.52.1", **self.LIFE) == Verdict(BREAK, already=True)

    def test_means_nothing_afterwards(self) -> None:
        assert verdict(OLD, NEW, **self.LIFE) is None
        assert verdict(BETWEEN, REMOVES, **self.LIFE) is None

    def test_is_new_to_those_who_go_back_to_it(self) -> None:
        assert verdict(NEW, "0.52.1", **self.LIFE) == Verdict(BREAK)


class TestANameThatMeansSomethingElseLater:
    LIFE: ClassVar = {"removed": DEPRECATES, "reused": BETWEEN}

    def test_breaks_for_who_comes_from_before(self) -> None:
        assert verdict(OLD, NEW, **self.LIFE) == Verdict(BREAK)
        assert verdict(DEPRECATES, NEW, **self.LIFE) == Verdict(BREAK, already=True)

    def test_is_not_meant_by_who_starts_later(self) -> None:
        assert verdict(BETWEEN, NEW, **self.LIFE) is None


class TestTwoPackages:
    """A rule of FastAPI's is judged by the releases of FastAPI, and by nothing where nobody knows them."""

    BESIDE = Move(Version("0.40.0"), Version("1.10.0"), Move(Version("0.115.0"), Version("0.140.0")))

    def test_starlettes_rules_do_not_ask_for_fastapi(self) -> None:
        assert judge(rule(removed="0.120.0"), self.BESIDE) == Verdict(BREAK)
        assert judge(rule(removed="0.120.0"), move("0.40.0", "1.10.0")) == Verdict(BREAK)

    @pytest.mark.parametrize(
        ("removed", "expected"),
        [
            ("0.137.0", Verdict(BREAK)),
            ("0.140.0", Verdict(BREAK)),
            ("0.115.0", Verdict(BREAK, already=True)),
            ("0.145.0", None),
            ("1.0.0", None),
        ],
    )
    def test_fastapis_rules_ask_for_nothing_else(self, removed: str, expected: Verdict | None) -> None:
        assert judge(rule("fastapi", removed=removed), self.BESIDE) == expected

    def test_nobody_knows(self) -> None:
        assert judge(rule("fastapi", removed="0.137.0"), move("0.40.0", "1.10.0")) is None

    def test_a_fix_is_to_be_had_by_the_releases_of_the_rules_package(self) -> None:
        fix = Fix("rename-argument", "safe", replacement_since=Version("0.110.0"), to="new")
        assert when(fix, self.BESIDE.of("fastapi")) == "now"
        assert when(fix, self.BESIDE.of("starlette")) == "bump"
        later = Fix("rename-argument", "safe", replacement_since=Version("0.120.0"), to="new")
        assert when(later, self.BESIDE.of("fastapi")) == "bump"
        assert when(later, move("0.40.0", "1.10.0").of("fastapi")) == "bump"


HAZARD, VULNERABLE = Impact.HAZARD, Impact.VULNERABLE
CURED = Verdict(HAZARD, already=True, cured=True)


def danger(
    nature: Nature, old: str, new: str, life: dict[str, str] | None = None, *, assumed: bool = False
) -> Verdict | None:
    since, cured = (Version(life[key]) if life and key in life else None for key in ("since", "cured"))
    one = replace(rule("starlette"), release=None, nature=nature, since=since, cured=cured)
    return judge(one, replace(move(old, new), assumed=assumed))


@pytest.mark.parametrize(
    ("old", "new", "life", "expected"),
    [
        pytest.param(OLD, NEW, {}, Verdict(HAZARD, already=True), id="whatever-the-versions"),
        pytest.param(NEW, NEW, {}, Verdict(HAZARD, already=True), id="without-a-move"),
        pytest.param(OLD, NEW, {"since": REMOVES}, Verdict(HAZARD), id="comes-on-the-way"),
        pytest.param(OLD, BETWEEN, {"since": REMOVES}, None, id="comes-later"),
        pytest.param(
            OLD, NEW, {"cured": REMOVES}, Verdict(HAZARD, already=True, cured=True), id="cured-on-the-way"
        ),
        pytest.param(REMOVES, NEW, {"cured": REMOVES}, None, id="cured-before"),
    ],
)
def test_a_hazard_is_there_at_either_end(
    old: str, new: str, life: dict[str, str], expected: Verdict | None
) -> None:
    assert danger("hazard", old, new, life) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(OLD, NEW, Verdict(VULNERABLE, already=True, cured=True), id="closed-by-the-upgrade"),
        pytest.param(OLD, BETWEEN, Verdict(VULNERABLE, already=True), id="open-after-it"),
        pytest.param("0.12.0", BETWEEN, None, id="not-yet-there-where-one-comes-from"),
        pytest.param(REMOVES, NEW, None, id="closed-before"),
    ],
)
def test_a_vulnerability_is_that_of_the_older_end(old: str, new: str, expected: Verdict | None) -> None:
    assert danger("advisory", old, new, {"since": "0.39.0", "cured": REMOVES}) == expected


def test_what_an_assumed_release_had_is_not_told() -> None:
    assert danger("advisory", OLD, NEW, assumed=True, life={"cured": REMOVES}) is None
    assert danger("hazard", OLD, NEW, assumed=True, life={"cured": REMOVES}) is None
    assert danger("hazard", OLD, NEW, assumed=True) == Verdict(HAZARD, already=True)
