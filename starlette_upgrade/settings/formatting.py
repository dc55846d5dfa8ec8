"""How a project formats its code: what it says to Ruff or Black, in the folder of a file or the nearest above."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_QUOTES = {"single": "'", "double": '"'}
_WIDEST = 320  # as Ruff admits
_EXTENDED = 5


@dataclass(frozen=True, slots=True)
class Formatting:
    """What is said: 0 and "" where nothing is, so that the code itself decides.

    `width` is that of a line, `quote` the one of strings, `step` a step of indentation.
    """

    width: int = 0
    quote: str = ""
    step: str = ""


NOTHING = Formatting()


def formatting_of(file: Path) -> Formatting:
    """The settings for a file. What is broken or odd in them is passed over, never an error."""
    return _of_folder(str(file.absolute().parent))


@lru_cache(maxsize=4096)
def _of_folder(name: str) -> Formatting:
    """What the folder says, else the one above it, up to the root of a git repository."""
    folder = Path(name)
    for said in _said(folder):
        return said
    if folder.parent == folder or _exists(folder / ".git"):
        return NOTHING
    return _of_folder(str(folder.parent))


def _said(folder: Path) -> Iterator[Formatting]:
    """By Ruff's own files first, which it prefers, then by the project's."""
    for name in (".ruff.toml", "ruff.toml"):
        own = _read(folder / name)
        if own is not None:
            yield _from_ruff(own, folder)
    project = _read(folder / "pyproject.toml") or {}
    tools = _table(project, "tool")
    ruff, black = (tools.get(tool) for tool in ("ruff", "black"))
    if not isinstance(ruff, dict) and not isinstance(black, dict):
        return
    by_ruff = _from_ruff(ruff, folder) if isinstance(ruff, dict) else NOTHING
    if not isinstance(black, dict) or (isinstance(ruff, dict) and isinstance(ruff.get("format"), dict)):
        yield by_ruff
    else:  # Ruff may only lint here
        yield replace(_from_black(black), step=by_ruff.step)


def _from_ruff(settings: Mapping[str, object], folder: Path) -> Formatting:
    every = [settings, *_extended(settings, folder)]
    layout = next((_table(one, "format") for one in every if isinstance(one.get("format"), dict)), None)
    width = next((width for one in every if (width := _width(one.get("line-length")))), 0)
    if layout is None:
        return Formatting(width)
    style = layout.get("quote-style", "double")
    indent = next((number for one in every if (number := _width(one.get("indent-width")))), 4)
    step = "\t" if layout.get("indent-style") == "tab" else " " * indent
    return Formatting(width or 88, _QUOTES.get(style, "") if isinstance(style, str) else "", step)


def _extended(settings: Mapping[str, object], folder: Path) -> Iterator[Mapping[str, object]]:
    """The settings that these build on, and so on."""
    for _ in range(_EXTENDED):
        name = settings.get("extend")
        if not isinstance(name, str):
            return
        try:
            file = folder / Path(name).expanduser()
        except RuntimeError:
            return
        read = _read(file) or {}
        settings = _table(_table(read, "tool"), "ruff") if file.name == "pyproject.toml" else read
        folder = file.parent
        yield settings


def _from_black(settings: Mapping[str, object]) -> Formatting:
    as_written = settings.get("skip-string-normalization", settings.get("skip_string_normalization"))
    width = _width(settings.get("line-length", settings.get("line_length")))
    return Formatting(width or 88, "" if as_written else '"')


def _width(value: object) -> int:
    number = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _WIDEST
    return value if number and isinstance(value, int) else 0


def _table(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _read(file: Path) -> Mapping[str, object] | None:
    """The TOML of a file; None where there is none that can be read."""
    import tomli

    try:
        return tomli.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
