"""The filters of warnings in the settings of pytest: which files hold them, and where in these each one stands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The files that pytest reads, each with the section for it.
_SECTIONS = {"pytest.ini": "pytest", "pyproject.toml": "", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_OPTION = "filterwarnings"


@dataclass(frozen=True, slots=True)
class Entry:
    """One filter, as it is meant. `is_option`: it is given by `-W` in `addopts`, whose texts are no patterns."""

    text: str
    span: Span
    is_option: bool = False


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A file with filters in it."""

    path: Path
    lines: tuple[str, ...]
    entries: tuple[Entry, ...]


def settings_files(paths: Iterable[Path]) -> Iterator[SettingsFile]:
    """The settings with filters in the folders of `paths` and those above them, up to the repository's root."""
    for folder in dict.fromkeys(folder for path in paths for folder in _folders(path)):
        for name in _SECTIONS:
            file = folder / name
            try:
                data = file.read_bytes()
            except OSError:
                continue
            if _OPTION.encode() in data or b"-W" in data:
                found = _read(file, data.decode("utf-8", errors="replace"))
                if found.entries:
                    yield found


def _folders(path: Path) -> list[Path]:
    """The folder and its parents up to the git root; only itself outside of a repository."""
    folder = path if path.is_dir() else path.parent
    chain = [folder.absolute(), *folder.absolute().parents]
    tops = (number for number, above in enumerate(chain) if (above / ".git").exists())
    above = chain[1 : next(tops, 0) + 1]
    return [folder, *above] if folder.is_absolute() else [folder, *(Path(os.path.relpath(one)) for one in above)]


def _read(file: Path, text: str) -> SettingsFile:
    filters, options = _from_toml(text) if file.suffix == ".toml" else _from_ini(text, _SECTIONS[file.name])
    lines = text.splitlines()
    entries = [Entry(one, _span(one, _OPTION, lines)) for one in filters]
    entries += [Entry(one, _span(one, "addopts", lines), is_option=True) for one in _warning_options(options)]
    return SettingsFile(file, tuple(lines), tuple(sorted(entries, key=lambda entry: entry.span)))


def _from_toml(text: str) -> tuple[list[str], str]:
    """The filters, and the options of the command line. Nothing of a file that is broken."""
    import tomli

    try:
        tool = tomli.loads(text).get("tool", {})
    except (tomli.TOMLDecodeError, RecursionError):
        return [], ""
    pytest = tool.get("pytest", {}) if isinstance(tool, dict) else {}
    filters: list[str] = []
    options: list[str] = []
    for table in (pytest, pytest.get("ini_options")) if isinstance(pytest, dict) else ():
        if isinstance(table, dict):
            filters += _texts(table.get(_OPTION, []))
            options += _texts(table.get("addopts", []), between="\0")
    return filters, " ".join(options)


def _texts(value: object, between: str = "\n") -> list[str]:
    """A list of texts, or one text that holds several."""
    parts = value.split(between) if isinstance(value, str) else value if isinstance(value, list) else []
    return [part.strip() for part in parts if isinstance(part, str) and part.strip()]


def _from_ini(text: str, section: str) -> tuple[list[str], str]:
    import configparser

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return [], ""
    if not parser.has_section(section):
        return [], ""
    lines = (parser.get(section, _OPTION, fallback="") or "").splitlines()
    filters = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return filters, parser.get(section, "addopts", fallback="") or ""


def _warning_options(options: str) -> Iterator[str]:
    """What `-W` is given: `-W ignore::UserWarning`, `-Wignore`, `--pythonwarnings=ignore`."""
    import shlex

    try:
        words = shlex.split(options)
    except ValueError:
        return
    for before, word in zip(["", *words], words, strict=False):
        if before in ("-W", "--pythonwarnings"):
            yield word
        elif word.startswith("--pythonwarnings="):
            yield word.partition("=")[2]
        elif word.startswith("-W") and word != "-W":
            yield word[2:]


def _span(entry: str, option: str, lines: list[str]) -> Span:
    """Where an entry stands below the name of its option, in quotes or not; else the line of the option."""
    named = [number for number, line in enumerate(lines) if line.lstrip(" \t\"'").startswith(option)]
    escaped = entry.replace("\\", "\\\\")
    for first in named:
        for written in dict.fromkeys((entry, escaped, escaped.replace('"', '\\"'))):
            for number, line in enumerate(lines[first:], first + 1):
                column = _whole(written, line)
                if column >= 0 and not line.lstrip().startswith("#"):
                    return Span(number, column + 1, number, column + len(written) + 1)
    number = named[0] if named else 0
    start = len(lines[number]) - len(lines[number].lstrip()) if lines else 0
    return Span(number + 1, start + 1, number + 1, start + len(option) + 1)


def _whole(entry: str, line: str) -> int:
    """Where a line holds an entry that is not a part of a longer one; -1 if nowhere."""
    column = line.find(entry)
    while column >= 0:
        before, after = line[:column], line[column + len(entry) :]
        if (not before or before[-1] in " \t\"'=,[W") and (not after or after[0] in " \t\"',]\r"):
            return column
        column = line.find(entry, column + 1)
    return -1
