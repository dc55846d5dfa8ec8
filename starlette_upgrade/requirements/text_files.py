"""The edge to the disk: files that may be missing, unreadable or wrongly encoded, and never raise."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from pathlib import Path

from starlette_upgrade.requirements.evidence import NOTHING, Reading, printable

# `pip freeze > requirements.txt` in Windows PowerShell writes UTF-16.
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """The text of a file; `OSError` or `ValueError` say why there is none."""
    data = path.read_bytes()
    return data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")


def read_with(parse: Callable[[str, str], Reading], path: Path, root: Path) -> Reading:
    """What `parse(text, label)` finds in a file: nothing if there is none, a note if it can't be read."""
    if not is_file(path):
        return NOTHING
    label = label_of(path, root)
    try:
        return parse(read_text(path), label)
    except OSError as error:
        return Reading(notes=(f"{label}: can't be read ({error.strerror or 'unknown error'})",))
    except UnicodeDecodeError:
        return Reading(notes=(f"{label}: can't be read (not UTF-8)",))
    except (RecursionError, MemoryError):  # what parsers raise depends on the Python
        return Reading(notes=(f"{label}: is not valid (nested too deeply)",))
    except (ValueError, SyntaxError) as error:
        return Reading(notes=(f"{label}: is not valid ({_first_line(error)})",))


def label_of(path: Path, root: Path) -> str:
    """The path as a person at `root` would write it."""
    try:
        return os.path.relpath(path, root).replace(os.sep, "/")
    except ValueError:  # another drive on Windows
        return path.as_posix()


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted; none if it can't be listed."""
    try:
        return sorted(entry.name for entry in os.scandir(folder))
    except (OSError, ValueError):
        return []


def _first_line(error: Exception) -> str:
    return printable((str(error).splitlines() or [type(error).__name__])[0])
