"""The committed surfaces: the oldest release in full, of every later one what differs from the one before it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

FOLDER = Path(__file__).parent / "releases"


class StoreError(Exception):
    """A file of the store is missing or can't be right; the text is a line for a person."""


def file_of(version: Version, folder: Path = FOLDER) -> Path:
    return folder / f"{version}.txt"


def load(versions: Sequence[Version], folder: Path = FOLDER) -> Iterator[frozenset[str]]:
    """The surface of each release, from the oldest on. Raises StoreError."""
    surface: frozenset[str] = frozenset()
    for version in versions:
        file = file_of(version, folder)
        if not file.is_file():
            raise StoreError(f"{file.name} is missing: run `make release VERSION={version}`")
        surface = _applied(surface, file)
        yield surface


def text_of(version: Version, surface: frozenset[str], before: frozenset[str], previous: Version | None) -> str:
    """The file of a release. A line that is gone stands above the one that takes its place."""
    if previous is None:
        return "\n".join([f"# Starlette {version}", *(f"+ {line}" for line in sorted(surface)), ""])
    gone = [(line.partition(" ")[0], 0, line) for line in before - surface]
    new = [(line.partition(" ")[0], 1, line) for line in surface - before]
    lines = [f"{'-+'[sign]} {line}" for _, sign, line in sorted([*gone, *new])]
    title = f"# Starlette {version}, after {previous}: {len(gone)} lines gone, {len(new)} new"
    return "\n".join([title, *lines, ""])


def _applied(surface: frozenset[str], file: Path) -> frozenset[str]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    gone = {line[2:] for line in lines if line.startswith("- ")}
    new = {line[2:] for line in lines if line.startswith("+ ")}
    if len(gone) + len(new) != len(lines) or not gone <= surface or new & (surface - gone):
        raise StoreError(f"{file.name} does not fit to the release before it")
    return (surface - gone) | new


def write(versions: Sequence[Version], surfaces: Sequence[frozenset[str]], folder: Path = FOLDER) -> None:
    """Writes the files of all releases."""
    folder.mkdir(exist_ok=True)
    previous, before = None, frozenset[str]()
    for version, surface in zip(versions, surfaces, strict=True):
        file_of(version, folder).write_text(text_of(version, surface, before, previous), encoding="utf-8")
        previous, before = version, surface
