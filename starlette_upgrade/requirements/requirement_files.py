"""Requirement and constraint files of pip (and what uv, pip-tools and Rye compile in the same format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from starlette_upgrade.requirements.evidence import NOTHING, Reading, joined, quoted
from starlette_upgrade.requirements.pep508 import from_elsewhere, read_requirement
from starlette_upgrade.requirements.text_files import is_file, names_in, read_with

_FILE_NAME = re.compile(r"(.+[-_.])?(requirements|constraints?).*\.(txt|in|lock)", re.IGNORECASE)
_FOLDER_FILE_NAME = re.compile(r".+\.(txt|in|lock)", re.IGNORECASE)

_FOR_TOOLS = re.compile(r"(?<![a-z])(dev|tests?|testing|docs?|lint|ci)(?![a-z])")

_COMMENT = re.compile(r"(^|\s)#.*")
_INCLUDE = re.compile(r"(?:-r|--requirement|-c|--constraint)(?:\s+|=)?(.+)")
_OPTIONS = re.compile(r"\s--?[A-Za-z].*")
_REPOSITORY = re.compile(r"(?:^|[/=])(starlette|fastapi)(?!\w|-[a-z])", re.IGNORECASE)


def read_requirement_files(folder: Path, root: Path, environment: Mapping[str, str]) -> Reading:
    """What the requirement files of a folder and the files that they include say.

    `requirements.txt` comes first, then other lists, those for development later, then constraints, and `.in`
    files last: they are what the others were compiled from.
    """
    waiting = _requirement_files(folder)
    readings: list[Reading] = []
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop(0)
        identity = _resolved(path)
        if identity in seen:  # included twice, or in a circle
            continue
        seen.add(identity)
        included: list[Path] = []
        readings.append(read_with(partial(_read_file, path, environment, included), path, root))
        waiting = included + waiting
    return joined(readings)


def parse_requirement_file(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What the lines of a requirement file say, without the files that it includes."""
    return joined(_read_line(line, f"{label}:{number}", environment) for number, line in logical_lines(text))


def includes(text: str) -> Iterator[tuple[int, str]]:
    """The files that `-r` and `-c` name, with the number of the line."""
    for number, line in logical_lines(text):
        match = _INCLUDE.match(line)
        if match is not None:
            yield number, match[1].strip().strip("\"'")


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where one ends in a backslash, each with the number it starts at."""
    start = 0
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        start = start if parts else number
        continues = line.endswith("\\") and not line.lstrip().startswith("#")
        parts.append(line[:-1] if continues else line)
        if not continues:
            yield from _without_comment(start, "".join(parts))
            parts = []
    if parts:
        yield from _without_comment(start, "".join(parts))


def _read_file(path: Path, environment: Mapping[str, str], included: list[Path], text: str, label: str) -> Reading:
    """What one file says; the files to read next are added to `included`."""
    notes = []
    for number, name in includes(text):
        target = path.parent / name
        if is_file(target):
            included.append(target)
        else:
            notes.append(f"{label}:{number}: {quoted(name)} is not a file that can be included")
    return joined([parse_requirement_file(text, label, environment), Reading(notes=tuple(notes))])


def _without_comment(number: int, line: str) -> Iterator[tuple[int, str]]:
    stripped = _COMMENT.sub("", line).strip()
    if stripped:
        yield number, stripped


def _read_line(line: str, source: str, environment: Mapping[str, str]) -> Reading:
    if line.startswith("-") and not line.startswith(("-e", "--editable")):
        return NOTHING
    requirement = _OPTIONS.sub("", line)
    if line.startswith("-") or "://" in requirement.split("@")[0]:
        return from_elsewhere(line, source) if _REPOSITORY.search(line) else NOTHING
    return read_requirement(requirement, source, environment)


def _requirement_files(folder: Path) -> list[Path]:
    names = [name for name in names_in(folder) if _FILE_NAME.fullmatch(name)]
    nested = folder / "requirements"
    files = [folder / name for name in names]
    files += [nested / name for name in names_in(nested) if _FOLDER_FILE_NAME.fullmatch(name)]
    return sorted(files, key=lambda path: _rank(path.name.lower()))


def _rank(name: str) -> int:
    if name == "requirements.txt":
        return 0
    if name.endswith(".in"):
        return 4
    if "constraint" in name:
        return 3
    return 2 if _FOR_TOOLS.search(name) else 1


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a circle of links
        return path
