"""What differs between two releases, and what is none of anybody's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.completeness.comparison import compare

if TYPE_CHECKING:
    from tests.completeness.conftest import Releases

CASES = [
    pytest.param("def f(): ...", "", ["gone f"], id="function-gone"),
    pytest.param("class A: x = 1", "class A: ...", ["gone A.x"], id="attribute-gone"),
    pytest.param("import typing", "", ["foreign typing"], id="import-of-another-package-gone"),
    pytest.param("def f(): ...", "class f: ...", ["kind f"], id="function-became-class"),
    pytest.param("class A(B): ...", "class A(C): ...", ["base A"], id="other-base"),
    pytest.param("class A: ...", "class A:\n def __eq__(self, o): ...", ["special A.__eq__"], id="new-equality"),
    pytest.param("def f(): ...", "async def f(): ...", ["async f"], id="became-async"),
    pytest.param(
        "class A:\n def f(self): ...", "class A:\n async def f(self): ...", ["async A.f"], id="async-method"
    ),
    pytest.param(
        "class A:\n def f(self): ...",
        "class A:\n @property\n def f(self): ...",
        ["property A.f"],
        id="became-property",
    ),
    pytest.param(
        "class A:\n def __init__(self):\n  self.x = 1",
        "class A:\n @property\n def x(self): ...",
        ["property A.x"],
        id="attribute-became-property",
    ),
    pytest.param("X = 1", "X = 2", ["value X"], id="other-value"),
    pytest.param("class A: x = 1", "class A: x: int", ["value A.x"], id="class-attribute-became-one-of-instances"),
    pytest.param("def f(a): ...", "def f(): ...", ["parameter f(a)", "position f@0"], id="parameter-gone"),
    pytest.param("def f(a=1): ...", "def f(a): ...", ["required f(a)"], id="default-gone"),
    pytest.param("def f(): ...", "def f(a): ...", ["required f(a)"], id="new-required-parameter"),
    pytest.param("def f(): ...", "def f(*, a): ...", ["required f(a)"], id="new-required-keyword"),
    pytest.param("def f(a=1): ...", "def f(a=2): ...", ["default f(a)"], id="other-default"),
    pytest.param("def f(a, b=1): ...", "def f(a, c=1, b=1): ...", ["position f@1"], id="parameter-put-in-between"),
    pytest.param("def f(a, b): ...", "def f(a, *, b): ...", ["position f@1"], id="became-keyword-only"),
    pytest.param("def f(a): ...", "def f(a, /): ...", ["parameter f(a)"], id="became-positional-only"),
    pytest.param("def f(a): ...", "def f(b): ...", ["parameter f(a)"], id="renamed"),
    pytest.param("def f(*args): ...", "def f(): ...", ["variadic f(*)"], id="arbitrary-positional-gone"),
    pytest.param("def f(**kwargs): ...", "def f(): ...", ["variadic f(**)"], id="arbitrary-keywords-gone"),
    pytest.param(
        "class A:\n def __init__(self, a): ...",
        "class A: ...",
        ["parameter A(a)", "position A@0"],
        id="constructor-gone",
    ),
    pytest.param(
        "class A: ...", "class A:\n def __init__(self, a): ...", ["required A(a)"], id="constructor-asks-for-more"
    ),
    pytest.param(
        "class A(Exception): ...",
        "class A(Exception):\n def __init__(self, a=1): ...",
        ["variadic A(*)", "variadic A(**)"],
        id="constructor-of-an-unknown-base-replaced",
    ),
    pytest.param(
        "class B: ...\nclass A(B):\n def f(self): ...",
        "class B:\n def f(self): ...\nclass A(B): ...",
        ["inherited A.f"],
        id="method-moved-to-the-base",
    ),
    pytest.param(
        "class B:\n def f(self): ...\nclass A(B): ...",
        "class B:\n def f(self): ...\nclass A: ...",
        ["base A", "gone A.f"],
        id="base-gone-with-what-it-gave",
    ),
    pytest.param(
        "class B:\n def f(self): ...\nclass A(B): ...",
        "class B: ...\nclass A(B): ...",
        ["gone B.f"],
        id="what-a-base-lost-is-told-once",
    ),
    pytest.param(
        "class B:\n def f(self, a): ...\nclass A(B): ...",
        "class B:\n def f(self, a): ...\nclass A(B):\n def f(self, a, b): ...",
        ["required A.f(b)"],
        id="override-asks-for-more-than-the-base",
    ),
    pytest.param("def f(): ...", "def f():\n warn('old', DeprecationWarning)", ["warning f"], id="new-warning"),
    pytest.param(
        "def f():\n warn('old', DeprecationWarning)",
        "def f():\n warn('old', UserWarning)",
        ["warning f"],
        id="category",
    ),
    pytest.param(
        "def f():\n warn('see a')", "def f():\n warn('see b')", ["wording f"], id="other-text-of-a-warning"
    ),
    pytest.param(
        "X = 1",
        "def __getattr__(name):\n if name == 'X': warn('old')",
        ["deprecated X", "star X"],
        id="answered-with-warning",
    ),
    pytest.param("X = 1\nY = 2", "X = 1\nY = 2\n__all__ = ['X']", ["star Y"], id="left-out-of-all"),
]

SILENT = [
    pytest.param("", "def f(): ...", id="new-function"),
    pytest.param("", "class A:\n def f(self): ...", id="new-class"),
    pytest.param("class A: ...", "class A:\n def f(self): ...", id="new-method"),
    pytest.param("def f(a): ...", "def f(a, b=1): ...", id="trailing-optional-parameter"),
    pytest.param("def f(a): ...", "def f(a, *, b=1): ...", id="optional-keyword"),
    pytest.param("def f(a): ...", "def f(a, *rest, **more): ...", id="takes-arbitrary-arguments"),
    pytest.param("def f(a): ...", "def f(a=1): ...", id="no-longer-required"),
    pytest.param("def f(a): ...", "def f(a: int) -> None: ...", id="annotated"),
    pytest.param("def f(a, /): ...", "def f(b, /): ...", id="other-name-of-what-has-no-name"),
    pytest.param("def f(*a, **b): ...", "def f(*c, **d): ...", id="other-names-of-variadic-parameters"),
    pytest.param("def _f(): ...", "", id="private-function"),
    pytest.param("class A: _x = 1", "class A: ...", id="private-attribute"),
    pytest.param("class A:\n x: int = 1", "class A:\n x = 1", id="annotation-of-an-attribute-gone"),
    pytest.param("X = Union[a, b]", "X = a | b", id="alias-written-in-another-way"),
    pytest.param("class A(Mapping[str, str]): ...", "class A(Mapping): ...", id="parameters-of-a-base"),
    pytest.param("class A(object): ...", "class A: ...", id="object"),
    pytest.param(
        "class A:\n @property\n def x(self): ...",
        "class A:\n @property\n def x(self): ...\n @x.setter\n def x(self, v): ...",
        id="property-that-can-be-set-now",
    ),
    pytest.param(
        "class B: ...\nclass A(B):\n x = 1", "class B:\n x = 1\nclass A(B): ...", id="value-moved-to-the-base"
    ),
    pytest.param("def f():\n warn('old')", "def f(): ...", id="warning-gone"),
]


@pytest.mark.parametrize(("old", "new", "found"), CASES)
def test_a_difference_is_found_once(releases: Releases, old: str, new: str, found: list[str]) -> None:
    assert releases.between(old, new) == found


@pytest.mark.parametrize(("old", "new"), SILENT)
def test_what_hurts_nobody_is_no_difference(releases: Releases, old: str, new: str) -> None:
    assert releases.between(old, new) == []


def test_a_release_does_not_differ_from_itself(releases: Releases) -> None:
    source = "\n".join(case.values[0] for case in CASES if isinstance(case.values[0], str))
    assert releases.between(source, source) == []


def test_a_module_that_is_gone_is_told_without_its_names(releases: Releases) -> None:
    assert releases.between({"m": "", "n": "def f(): ..."}, {"m": ""}) == ["gone starlette.n"]


def test_a_class_that_moved_and_is_still_imported_is_compared_where_it_is(releases: Releases) -> None:
    old = {"m": "class A:\n def f(self): ...\n def g(self): ..."}
    new = {"m": "from starlette.n import A", "n": "class A:\n def f(self): ..."}
    assert releases.between(old, new) == ["gone A.g"]


def test_a_name_that_is_imported_and_means_another_thing_now_is_told(releases: Releases) -> None:
    old = {"m": "from starlette.n import A", "n": "class A: ..."}
    new = {"m": "from starlette.o import A", "n": "class A: ...", "o": "A = Union[int, str]"}
    assert releases.between(old, new) == ["kind A"]


def test_a_base_that_moved_is_the_same_base(releases: Releases) -> None:
    old = {"m": "class B: ...\nclass A(B): ..."}
    new = {"m": "from starlette.n import B\nclass A(B): ...", "n": "class B: ..."}
    assert releases.between(old, new) == []


def test_positions_are_told_from_the_first_that_differs(releases: Releases) -> None:
    old = "class A:\n def __init__(self, app, key, site='lax', https=False): ..."
    new = "class A:\n def __init__(self, app, key, path='/', site='lax', https=False): ..."
    (difference,) = releases.differences(old, new)
    assert (difference.subject, difference.position) == ("starlette.m:A@2", 2)
    assert difference.said == "2 was site, is path; 3 was https, is site"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Requires-Python: >=3.8\n", "Requires-Python: >=3.9\n", "floor python: >=3.8 became >=3.9"),
        ("", "Requires-Dist: a>=1\n", "floor requires a: not needed became >=1"),
        ("Requires-Dist: a\n", "", "floor requires a: any became not needed"),
    ],
)
def test_a_floor_that_moved_is_told(releases: Releases, old: str, new: str, said: str) -> None:
    found = compare(releases.api("", f"Name: s\n{old}"), releases.api("", f"Name: s\n{new}"))
    assert [str(one) for one in found] == [said]
