"""Poetry's version syntax, as its documentation defines it."""

from __future__ import annotations

import pytest

from starlette_upgrade.requirements.poetry_constraints import parse_constraint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", [">=1.2.3,<2"]),
        ("^1.2", [">=1.2,<2"]),
        ("^1", [">=1,<2"]),
        ("^0.37.2", [">=0.37.2,<0.38"]),
        ("^0.37", [">=0.37,<0.38"]),
        ("^0.0.3", [">=0.0.3,<0.0.4"]),
        ("^0.0", [">=0.0,<0.1"]),
        ("^0", [">=0,<1"]),
        ("~1.2.3", [">=1.2.3,<1.3"]),
        ("~0.37", [">=0.37,<0.38"]),
        ("~1", [">=1,<2"]),
        ("~=0.37.1", ["~=0.37.1"]),
        ("0.37.2", ["==0.37.2"]),
        ("=0.37.2", ["==0.37.2"]),
        ("==0.37.2", ["==0.37.2"]),
        ("v0.37.2", ["==0.37.2"]),
        ("0.37.*", ["==0.37.*"]),
        ("*", [""]),
        ("", [""]),
        (">=0.37,<0.40", [">=0.37,<0.40"]),
        (">=0.37 <0.40", [">=0.37,<0.40"]),
        (">= 0.37, != 0.38.0", [">=0.37,!=0.38.0"]),
        ("^0.36 || ^0.38", [">=0.36,<0.37", ">=0.38,<0.39"]),
        ("^0.36|^0.38", [">=0.36,<0.37", ">=0.38,<0.39"]),
        ("^1.0.0rc1", [">=1.0.0rc1,<2"]),
    ],
)
def test_means(text: str, expected: list[str]) -> None:
    # A version written `v0.37.2` is the same version.
    found = [{str(one).replace("v", "") for one in alternative} for alternative in parse_constraint(text)]
    assert found == [set(filter(None, one.split(","))) for one in expected]


@pytest.mark.parametrize("text", ["latest", "^", "^^1", ">=", "1.2 and up", "^abc", "0.37.x", "@dev"])
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_constraint(text)
