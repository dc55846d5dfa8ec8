"""The committed files: one in full, then what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from scripts.completeness.store import StoreError, file_of, load, write

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = tuple(map(Version, ("1.0", "1.1", "2.0")))
SURFACES = [frozenset({"a x", "b y"}), frozenset({"a x", "b y"}), frozenset({"a z", "c"})]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(VERSIONS, SURFACES, tmp_path)
    assert list(load(VERSIONS, tmp_path)) == SURFACES


def test_a_line_that_is_gone_stands_above_what_takes_its_place(tmp_path: Path) -> None:
    write(VERSIONS, SURFACES, tmp_path)
    assert file_of(VERSIONS[2], tmp_path).read_text() == (
        "# Starlette 2.0, after 1.1: 2 lines gone, 2 new\n- a x\n+ a z\n- b y\n+ c\n"
    )


def test_a_release_that_was_not_read_is_named(tmp_path: Path) -> None:
    write(VERSIONS[:2], SURFACES[:2], tmp_path)
    with pytest.raises(StoreError, match=r"2\.0\.txt is missing: run `make release VERSION=2\.0`"):
        list(load(VERSIONS, tmp_path))


@pytest.mark.parametrize("line", ["- a y", "+ a x", "a x"])
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, line: str) -> None:
    write(VERSIONS, SURFACES, tmp_path)
    file_of(VERSIONS[1], tmp_path).write_text(f"# 1.1\n{line}\n")
    with pytest.raises(StoreError, match=r"1\.1\.txt does not fit to the release before it"):
        list(load(VERSIONS, tmp_path))
