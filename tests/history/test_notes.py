"""What the script counts in release notes, and what it leaves alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
import tomli
from packaging.version import Version

from scripts.history.__main__ import main
from scripts.history.entries import FILE, read_floors, read_rows, text_of, unfinished, update
from scripts.history.notes import Entry, read

NOTES = """\
---
toc_depth: 2
---

## 1.1.0 (October 24, 2026)

A word before the lists.

* which is none of them

#### Added

* One,
  over two lines [#1](https://example.com).
- Two.

#### Changed

* Not counted.

#### Fixed

 * Three.

## 1.0.0.post1 (March 1, 2026)

### Fix
* Four.

### Deprecated/removed
* Not counted.

## 1.0.0 (November 8th, 2025)

Prose only.

## 0.9.0

* A list without a heading.

### Routing

* A heading that says nothing about fixes.
"""


def test_items_are_counted_by_the_heading_above_them() -> None:
    assert read(NOTES) == {
        Version("1.1.0"): Entry(date(2026, 10, 24), fixes=1, features=2),
        Version("1.0.0.post1"): Entry(date(2026, 3, 1), fixes=1, features=0),
        Version("1.0.0"): Entry(date(2025, 11, 8), fixes=None, features=None),
        Version("0.9.0"): Entry(None, fixes=None, features=None),
    }


def test_notes_win_over_what_stands_there_and_silence_keeps_it() -> None:
    by_hand = {"date": date(2020, 1, 1), "python": ">=3.6", "fixes": 7, "features": 8, "line": "Mine."}
    versions = [Version(text) for text in ("0.9.0", "1.0.0", "1.1.0")]
    rows = {version: {**by_hand, "version": str(version), "by_hand": True} for version in versions}
    new = update(rows, versions, read(NOTES), {Version("1.1.0"): ">=3.11"})
    assert new[Version("0.9.0")] == rows[Version("0.9.0")]
    assert new[Version("1.0.0")] == rows[Version("1.0.0")] | {"date": date(2025, 11, 8)}
    assert new[Version("1.1.0")] == {
        "version": "1.1.0",
        "date": date(2026, 10, 24),
        "python": ">=3.11",
        "fixes": 1,
        "features": 2,
        "line": "Mine.",
    }


def test_a_new_release_is_named_with_what_is_to_be_written() -> None:
    rows = update({}, [Version("1.0.0"), Version("1.1.0")], read(NOTES), {})
    assert unfinished(rows) == [
        "1.0.0: python, fixes, features, line to be written",
        "1.1.0: python, line to be written",
    ]


def test_the_text_is_toml_that_says_the_same() -> None:
    row = {"version": "1.0.0", "date": date(2025, 11, 8), "by_hand": True, "fixes": 0, "line": 'A "b" \\ c.'}
    text = text_of({Version("1.0.0"): row})
    assert tomli.loads(text) == {"release": [row]}
    assert text_of(read_rows(text)) == text


def test_the_committed_history_is_written_as_the_script_writes_it() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text_of(read_rows(text)) == text


def test_other_notes_are_one_line_and_change_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = FILE.read_bytes()
    other = tmp_path / "notes.md"
    other.write_text("## 0.1.0 (2026-07-29)\n\n* Of something else.\n")
    assert main([str(other)]) == 2
    assert main([str(tmp_path / "missing.md")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"error: {other}: time data '2026-07-29' does not match")
    assert "missing.md" in second
    assert FILE.read_bytes() == before


def test_the_floor_is_what_the_wheel_says(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "starlette-1.1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("starlette/__init__.py", "")
        archive.writestr("starlette-1.1.0.dist-info/METADATA", "Version: 1.1.0\nRequires-Python: >=3.10\n\nText\n")
    assert read_floors(tmp_path) == {Version("1.1.0"): ">=3.10"}
