"""What FastAPI implies: the table covers every release, pins take the highest, ranges the lowest."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from starlette_upgrade.requirements.evidence import Pin, Range
from starlette_upgrade.requirements.fastapi import (
    load_requirements,
    newest_beside,
    oldest_beside,
    requirement_of,
)
from starlette_upgrade.requirements.resolution import Detected, Knowledge, resolve
from starlette_upgrade.ruleset.known import load_known

RULES = Path(__file__).parents[2] / "rules"
TABLE = load_requirements(RULES)
RELEASES = tuple(
    Version(text)
    for text in [
        *("0.13.4", "0.27.0", "0.35.0", "0.35.1", "0.36.0", "0.36.3", "0.37.0", "0.37.2", "0.38.6", "0.40.0"),
        *("0.52.1", "1.0.0rc1", "1.6.0", "1.10.0"),
    ]
)
KNOWLEDGE = Knowledge(RELEASES, TABLE)


def test_the_rows_follow_each_other_without_overlap() -> None:
    assert all(row.first <= row.last for row in TABLE)
    assert all(before.last < after.first for before, after in pairwise(TABLE))


@pytest.mark.parametrize(
    ("fastapi", "starlette"),
    [
        ("0.60.0", "==0.13.4"),
        ("0.103.2", ">=0.27.0,<0.28.0"),
        ("0.110.0", ">=0.36.3,<0.37.0"),
        ("0.111.0", ">=0.37.2,<0.38.0"),
        ("0.142.3", ">=0.46.0"),
        ("0.999.0", ">=1.6.0"),
    ],
)
def test_a_release_requires(fastapi: str, starlette: str) -> None:
    row = requirement_of(Version(fastapi), TABLE)
    assert row is not None
    assert row.written == starlette


def test_a_release_before_the_table_requires_nothing_known() -> None:
    assert requirement_of(Version("0.30.0"), TABLE) is None


@pytest.mark.parametrize(
    ("fastapi", "starlette", "reason"),
    [
        ("0.110.0", "0.36.3", "implied by fastapi 0.110.0 (starlette >=0.36.3,<0.37.0)"),
        ("0.109.0", "0.35.1", "implied by fastapi 0.109.0 (starlette >=0.35.0,<0.36.0)"),
        ("0.60.0", "0.13.4", "implied by fastapi 0.60.0 (starlette ==0.13.4)"),
        ("0.133.0", "1.10.0", "implied by fastapi 0.133.0 (starlette >=0.40.0)"),
        ("0.128.8", "0.52.1", "implied by fastapi 0.128.8 (starlette >=0.40.0,<1.0.0)"),
        ("0.999.0", "1.10.0", "implied by fastapi 0.999.0 (starlette >=1.6.0, as fastapi 0.165.0 does)"),
    ],
)
def test_a_pin_implies_the_highest_starlette(fastapi: str, starlette: str, reason: str) -> None:
    found = resolve(Pin("fastapi", Version(fastapi), "uv.lock", "locked"), KNOWLEDGE)
    assert found == Detected(Version(starlette), "uv.lock", reason)


@pytest.mark.parametrize(
    ("written", "starlette", "needs"),
    [
        (">=0.109", "0.35.0", "fastapi 0.109.0 needs starlette >=0.35.0,<0.36.0"),
        (">=0.111,<0.116", "0.37.2", "fastapi 0.111 needs starlette >=0.37.2,<0.38.0"),
        (">0.112.0", "0.37.2", "fastapi 0.112.1 needs starlette >=0.37.2,<0.39.0"),
        ("~=0.115.3", "0.40.0", "fastapi 0.115.3 needs starlette >=0.40.0,<0.42.0"),
        ("==0.111.*", "0.37.2", "fastapi 0.111 needs starlette >=0.37.2,<0.38.0"),
        (">=0.20", "0.13.4", "fastapi 0.60.0 needs starlette ==0.13.4"),
        ("<0.100", "0.13.4", "fastapi 0.60.0 needs starlette ==0.13.4"),
    ],
)
def test_a_range_implies_the_lowest_starlette(written: str, starlette: str, needs: str) -> None:
    wanted = Range("fastapi", (SpecifierSet(written),), "pyproject.toml", f"fastapi{written}")
    found = resolve(wanted, KNOWLEDGE)
    reason = f"implied by `fastapi{written}` ({needs})"
    assert found == Detected(Version(starlette), "pyproject.toml", reason)


@pytest.mark.parametrize(
    "statement",
    [
        Pin("fastapi", Version("0.30.0"), "uv.lock", "locked"),
        Pin("fastapi", Version("0.85.0"), "uv.lock", "locked"),  # needs a release that this test does not know
        Range("fastapi", (SpecifierSet("<0.30"),), "pyproject.toml", "fastapi<0.30"),
        Range("fastapi", (SpecifierSet(">=2,<1"),), "pyproject.toml", "fastapi>=2,<1"),
    ],
)
def test_nothing_known_implies_nothing(statement: Pin | Range) -> None:
    found = resolve(statement, KNOWLEDGE)
    assert isinstance(found, str)
    assert found.startswith(f"{statement.source}: no known Starlette release goes with ")


@pytest.mark.parametrize(
    "statement",
    [
        Pin("fastapi", Version("0.110.0"), "a", "locked"),
        Range("fastapi", (SpecifierSet(">=0.110"),), "a", "b"),
    ],
)
def test_an_empty_table_implies_nothing(statement: Pin | Range) -> None:
    assert isinstance(resolve(statement, Knowledge(RELEASES, ())), str)


@pytest.mark.parametrize(
    ("starlette", "oldest", "newest"),
    [
        ("0.37.2", "0.110.1", "0.115.2"),
        ("0.40.0", "0.115.2", "0.133.1"),
        ("0.46.2", "0.115.10", "0.163.2"),
        ("0.52.1", "0.128.3", "0.163.2"),
        ("1.0.0rc1", "0.133.0", "0.163.2"),
        ("1.5.1", "0.133.0", "0.163.2"),
        ("1.10.0", "0.133.0", "0.165.0"),
    ],
)
def test_which_fastapi_admits_a_starlette(starlette: str, oldest: str, newest: str) -> None:
    assert oldest_beside(Version(starlette), TABLE) == Version(oldest)
    assert newest_beside(Version(starlette), TABLE) == Version(newest)


def test_some_starlettes_are_admitted_by_no_fastapi() -> None:
    assert oldest_beside(Version("0.34.0"), TABLE) is None
    assert newest_beside(Version("0.34.0"), TABLE) is None


def test_every_release_of_fastapi_belongs_to_one_row() -> None:
    releases = load_known(package="fastapi").releases
    assert [str(v) for v in releases if sum(row.first <= v <= row.last for row in TABLE) != 1] == []
    assert {row.first for row in TABLE} | {row.last for row in TABLE} <= set(releases)
