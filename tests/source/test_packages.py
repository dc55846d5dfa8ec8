"""A folder is a package by its `__init__.py`, and belongs to the topmost one around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade.source.packages import Packages


@pytest.mark.parametrize(
    ("packages", "folder", "top"),
    [
        ((), "a", ""),
        (("a",), "a", "a"),
        (("a", "a/b"), "a/b", "a"),
        (("a/b",), "a/b", "a/b"),
        (("a",), "a/b", ""),
        (("a", "a/b/c"), "a/b/c", "a/b/c"),
    ],
)
def test_the_topmost_package(packages: tuple[str, ...], folder: str, top: str, tmp_path: Path) -> None:
    for name in (folder, *packages):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    for name in packages:
        (tmp_path / name / "__init__.py").touch()
    found = Packages()
    assert found.top(str(tmp_path / folder)) == (str(tmp_path / top) if top else "")
    assert (str(tmp_path / folder) in found) is bool(top)


def test_a_folder_of_that_name_makes_no_package(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").mkdir()
    assert str(tmp_path) not in Packages()
