"""rules/history.toml as it is, as it has to be, and as text."""

from __future__ import annotations

import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scripts.history.notes import Entry

FILE = Path(__file__).resolve().parents[2] / "rules" / "history.toml"
HEADER = """\
# What was published when, and what it brought. `line` and `yanked` are written by hand; the rest is brought here by
# `python -m scripts.history`, which says how it counts. docs/rule-format.md explains the keys.
# What a release breaks is not written here: that follows from the rules.
"""
KEYS = ("version", "date", "python", "yanked", "fixes", "features", "by_hand", "line")

Row = dict[str, Any]


def read_rows(text: str) -> dict[Version, Row]:
    """The rows of the file by their version."""
    return {Version(row["version"]): row for row in tomli.loads(text).get("release", [])}


def update(
    rows: Mapping[Version, Row],
    releases: Iterable[Version],
    notes: Mapping[Version, Entry],
    floors: Mapping[Version, str],
) -> dict[Version, Row]:
    """A row for each of the releases, with what the notes and the wheels say of it."""
    return {version: _row(version, rows.get(version, {}), notes.get(version), floors) for version in releases}


def _row(version: Version, row: Row, entry: Entry | None, floors: Mapping[Version, str]) -> Row:
    new: Row = {"line": "", **row, "version": str(version)}
    if version in floors:
        new["python"] = floors[version]
    if entry is not None and entry.date is not None:
        new["date"] = entry.date
    if entry is not None and entry.fixes is not None:
        new.pop("by_hand", None)
        new |= {"fixes": entry.fixes, "features": entry.features}
    else:
        new["by_hand"] = True
    return new


def unfinished(rows: Mapping[Version, Row]) -> list[str]:
    """What a person still has to write, one line for each release."""
    needed = ("date", "python", "fixes", "features", "line")
    missing = {version: [key for key in needed if row.get(key, "") == ""] for version, row in rows.items()}
    return [f"{version}: {', '.join(keys)} to be written" for version, keys in missing.items() if keys]


def text_of(rows: Mapping[Version, Row]) -> str:
    """The whole file, oldest release first."""
    tables = []
    for _, row in sorted(rows.items()):
        lines = [f"{key} = {_value(row[key])}" for key in KEYS if key in row]
        tables.append("\n".join(["[[release]]", *lines, ""]))
    return "\n".join([HEADER, *tables])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def read_floors(folder: Path) -> dict[Version, str]:
    """`Requires-Python` of every wheel of Starlette in the folder."""
    floors = {}
    for wheel in folder.glob("starlette-*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            metadata = HeaderParser().parsestr(archive.read(name).decode())
        floors[Version(metadata["Version"])] = metadata["Requires-Python"]
    return floors
