"""When a rule is taken to speak of a difference, and when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from scripts.completeness.comparison import compare
from scripts.completeness.coverage import Coverage
from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    Rule,
    SymbolMatch,
)

if TYPE_CHECKING:
    from starlette_upgrade.ruleset.rule import Match
    from tests.completeness.conftest import Releases

HERE, EARLIER = Version("2.0"), Version("1.0")
BASE = "class B:\n def f(self, a=1): ...\n def g(self): ...\nclass A(B):\n def h(self): ...\n"


class Covered:
    """Which differences of 2.0 a rule covers, by their subjects."""

    def __init__(self, releases: Releases, old: str, new: str) -> None:
        self._apis = releases.api(old), releases.api(new)

    def by(self, rule: Rule) -> list[str]:
        coverage = Coverage(HERE, [rule], *self._apis)
        found = [one for one in compare(*self._apis) if coverage.is_public(one)]
        return [f"{one.kind} {one.subject.removeprefix('starlette.m:')}" for one in found if coverage.rule_for(one)]


def rule_of(
    match: Match,
    *warnings: str,
    deprecated: Version | None = None,
    removed: Version | None = None,
    changed: Version | None = None,
) -> Rule:
    text = {"code": "SU999", "name": "x", "summary": "x", "message": "x", "advice": "x"}
    life = {"deprecated": deprecated, "removed": removed, "changed": changed, "reverted": None}
    rest = {"pulls": (), "tags": (), "matches": (match,), "fixes": (), "examples": (), "warnings": warnings}
    return Rule(release=HERE, **text, **life, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "match", "covered"),
    [
        pytest.param("X = 1", "", SymbolMatch(("starlette.m.X",)), ["gone X"], id="symbol"),
        pytest.param("X = 1", "", SymbolMatch(("starlette.m.Y",)), [], id="another-symbol"),
        pytest.param(
            BASE, "class A: ...", SymbolMatch(("starlette.m.B",)), ["gone B"], id="symbol-without-its-members"
        ),
        pytest.param(
            "class A:\n def f(self, a): ...",
            "class A:\n async def f(self): ...",
            AttributeMatch(("starlette.m.A",), ("f",)),
            ["async A.f"],
            id="attribute-without-its-parameters",
        ),
        pytest.param(
            "class A:\n def f(self, a): ...",
            "class A:\n async def f(self): ...",
            OverrideMatch(("starlette.m.A",), ("f",)),
            ["parameter A.f(a)", "position A.f@0", "async A.f"],
            id="override-with-its-parameters",
        ),
        pytest.param(
            BASE,
            BASE.replace(" def g(self): ...\n", ""),
            AttributeMatch(("starlette.m.A",), ("g",)),
            ["gone B.g"],
            id="attribute-by-a-subclass",
        ),
        pytest.param(
            "class B:\n def g(self): ...\nclass A(B): ...",
            "class B: ...\nclass A(B): ...",
            AttributeMatch(("starlette.m.A",), ("g",)),
            ["gone B.g"],
            id="attribute-by-a-subclass-without-members",
        ),
        pytest.param(
            BASE,
            BASE.replace(" def h(self): ...\n", " pass\n"),
            AttributeMatch(("starlette.m.B",), ("h",)),
            ["gone A.h"],
            id="attribute-by-a-base",
        ),
        pytest.param(
            "def f(a, b, c): ...",
            "def f(b, c): ...",
            ArgumentMatch(("starlette.m.f",), ("a",), 0),
            ["parameter f(a)", "position f@0"],
            id="argument",
        ),
        pytest.param(
            "def f(a, b, c): ...",
            "def f(b, c): ...",
            ArgumentMatch(("starlette.m.f",), ("a",)),
            ["parameter f(a)"],
            id="argument-without-its-position",
        ),
        pytest.param(
            "def f(a, b, c): ...",
            "def f(b, c): ...",
            ArgumentMatch(("starlette.m.f",), position=1),
            [],
            id="later-position",
        ),
        pytest.param(
            "class A:\n def __init__(self, a): ...",
            "class A: ...",
            ArgumentMatch(("starlette.m.A",), ("a",), 0),
            ["parameter A(a)", "position A@0"],
            id="argument-of-a-constructor",
        ),
        pytest.param(
            "def f(a=1): ...",
            "def f(a): ...",
            ArgumentMatch(("starlette.m.f",), ("a",), 0, missing=True),
            ["required f(a)"],
            id="missing-argument",
        ),
        pytest.param(
            "def f(a=1): ...",
            "def f(a): ...",
            ArgumentMatch(("starlette.m.f",), ("a",), 0),
            [],
            id="argument-that-is-given",
        ),
        pytest.param(
            "def f(a, **options): ...",
            "def f(a): ...",
            ArgumentMatch(("starlette.m.f",), known=("a",)),
            ["variadic f(**)"],
            id="all-keywords-but-the-known",
        ),
        pytest.param("X = 1", "", BehaviourMatch("x", names=("X",)), [], id="behaviours-say-nothing"),
    ],
)
def test_a_rule_covers_what_its_matches_name(
    releases: Releases, old: str, new: str, match: Match, covered: list[str]
) -> None:
    found = Covered(releases, old, new).by(rule_of(match, removed=HERE))
    assert sorted(found) == sorted(covered)


@pytest.mark.parametrize(
    ("life", "covered"),
    [
        ({"removed": HERE}, True),
        ({"changed": HERE}, True),
        ({"removed": EARLIER}, False),
        ({"deprecated": HERE}, False),
    ],
)
def test_what_breaks_is_covered_by_a_rule_that_breaks_there(
    releases: Releases, life: dict[str, Version], covered: bool
) -> None:
    rule = rule_of(SymbolMatch(("starlette.m.X",)), **life)
    assert bool(Covered(releases, "X = 1", "").by(rule)) is covered


OLD, NEW = "def f(): ...", "def f(x):\n warn(f'`{x}` is deprecated', DeprecationWarning)"


@pytest.mark.parametrize(
    ("warning", "covered"),
    [
        ("DeprecationWarning: `name` is deprecated", True),
        ("DeprecationWarning: is deprecated", True),
        ("UserWarning: `name` is deprecated", False),
        ("DeprecationWarning: `name` is gone", False),
    ],
)
def test_a_warning_is_covered_by_a_rule_that_tells_its_text(
    releases: Releases, warning: str, covered: bool
) -> None:
    rule = rule_of(SymbolMatch(("starlette.other.X",)), warning, deprecated=HERE)
    assert ("warning f" in Covered(releases, OLD, NEW).by(rule)) is covered


def test_a_warning_is_covered_by_a_rule_that_names_where_it_is_raised(releases: Releases) -> None:
    rule = rule_of(SymbolMatch(("starlette.m.f",)), deprecated=HERE)
    assert "warning f" in Covered(releases, OLD, NEW).by(rule)


def test_a_warning_on_import_is_covered_by_a_rule_about_a_name_of_the_module(releases: Releases) -> None:
    old, new = "X = 1", "X = 1\nwarn('the module is deprecated', DeprecationWarning)"
    rule = rule_of(SymbolMatch(("starlette.m.X",)), deprecated=HERE)
    assert Covered(releases, old, new).by(rule) == ["warning starlette.m"]


def test_a_private_name_counts_if_a_rule_names_it(releases: Releases) -> None:
    old, new = "class A:\n def _f(self): ...\n def _g(self): ...", "class A: ..."
    rule = rule_of(AttributeMatch(("starlette.m.A",), ("_f",)), removed=HERE)
    assert Covered(releases, old, new).by(rule) == ["gone A._f"]
