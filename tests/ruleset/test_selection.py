"""Which rules a person asked for: by code, name or tag."""

from __future__ import annotations

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.selection import activate, find_rule, labels

RELEASES = load_releases()
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
ALL = {active.rule.code for active in activate(RELEASES, MOVE)}


def codes(select: tuple[str, ...] = (), ignore: tuple[str, ...] = (), move: Move = MOVE) -> set[str]:
    return {active.rule.code for active in activate(RELEASES, move, select, ignore)}


def test_without_a_wish_all_rules_count_that_mean_something() -> None:
    assert codes() == ALL
    assert {"SU101", "SU118", "SU125"} <= ALL
    assert "SU122" not in ALL, "taken back before the target"


@pytest.mark.parametrize("word", ["SU101", "su101", "Su101", "on-event-removed", "ON-EVENT-REMOVED"])
def test_one_rule_goes_by_code_or_name_in_any_case(word: str) -> None:
    assert codes((word,)) == {"SU101"}
    assert codes(ignore=(word,)) == ALL - {"SU101"}
    assert find_rule(RELEASES, word).code == "SU101"


@pytest.mark.parametrize(
    ("tag", "inside", "outside"),
    [
        ("release:1.0.0rc1", "SU101", "SU118"),
        ("release:0.48.0", "SU118", "SU101"),
        ("kind:removed", "SU101", "SU118"),
        ("kind:deprecated", "SU118", "SU101"),
        ("kind:changed", "SU112", "SU101"),
        ("fix:manual", "SU262", "SU118"),
        ("fix:safe", "SU118", "SU262"),
        ("fix:unsafe", "SU123", "SU101"),
        ("area:testclient", "SU125", "SU101"),
        ("security", "SU112", "SU101"),
        ("AREA:TestClient", "SU125", "SU101"),
    ],
)
def test_a_tag_selects_and_ignores_every_rule_that_has_it(tag: str, inside: str, outside: str) -> None:
    chosen = codes((tag,))
    assert inside in chosen
    assert outside not in chosen
    assert codes(ignore=(tag,)) == ALL - chosen


def test_several_words_select_what_any_of_them_does() -> None:
    assert codes(("SU101", "area:testclient")) == codes(("SU101",)) | codes(("area:testclient",))


def test_ignoring_goes_before_selecting() -> None:
    assert codes(("SU101", "SU104"), ("SU101",)) == {"SU104"}
    assert codes(("release:1.0.0rc1",), ("kind:removed",)) == codes(("release:1.0.0rc1",)) - codes(
        ("kind:removed",)
    )
    assert codes(("SU101",), ("SU101",)) == set()


def test_a_selected_rule_that_means_nothing_for_the_move_stays_silent() -> None:
    assert codes(("SU101",), move=Move(Version("0.12.0"), Version("0.22.0"))) == set()


def test_an_active_rule_knows_its_meaning() -> None:
    (active,) = activate(RELEASES, Move(Version("0.40.0"), Version("0.52.1")), ("SU101",))
    assert (active.verdict.impact, active.verdict.already) == (Impact.DEPRECATED, True)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param(
            "SU1011",
            "unknown rule or tag `SU1011`; did you mean `SU101`?",
            marks=pytest.mark.xfail(strict=True, reason="compares a word in capitals with words in small letters"),
        ),
        ("on-events-removed", "unknown rule or tag `on-events-removed`; did you mean `on-event-removed`?"),
        ("kind:remove", "unknown rule or tag `kind:remove`; did you mean `kind:removed`?"),
        ("zzzzzzzzzzzzz", "unknown rule or tag `zzzzzzzzzzzzz`; `starlette-upgrade rules` lists them"),
        ("", "unknown rule or tag ``; `starlette-upgrade rules` lists them"),
    ],
)
def test_a_word_that_means_no_rule_is_named_with_what_it_may_mean(word: str, said: str) -> None:
    for select, ignore in (((word,), ()), ((), (word,))):
        with pytest.raises(RulesetError) as caught:
            codes(select, ignore)
        assert str(caught.value) == said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("on-event", "unknown rule `on-event`; did you mean `on-event-removed`?"),
        ("kind:removed", "unknown rule `kind:removed`"),
    ],
)
def test_explaining_takes_one_rule_never_a_tag(word: str, said: str) -> None:
    with pytest.raises(RulesetError) as caught:
        find_rule(RELEASES, word)
    assert str(caught.value).startswith(said)


def test_labels_are_all_the_words_that_select_a_rule() -> None:
    assert labels(find_rule(RELEASES, "SU123")) == (
        "SU123",
        "websocket-close-code-constants",
        "release:0.45.0",
        "kind:removed",
        "fix:unsafe",
        "area:status",
    )


def test_labels_of_fastapis_rules_say_so() -> None:
    assert labels(find_rule(RELEASES, "SU300"))[2:4] == ("package:fastapi", "release:fastapi-0.137.0")
    known = Move(Version("0.46.2"), Version("1.10.0"), Move(Version("0.115.0"), Version("0.165.0")))
    active = activate(RELEASES, known, select=("release:fastapi-0.137.0",))
    assert [rule.rule.code for rule in active] == ["SU300", "SU301"]
    assert not any(
        rule.rule.package == "fastapi" for rule in activate(RELEASES, known, ignore=("package:fastapi",))
    )
