"""Template files in a folder: what each of them is called, and what it says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.source.template_text import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

# A folder of templates is small; what is larger is something else, or would take long to read.
_FILES = 500
_BYTES = 200_000
# What is served as it is, or is somebody else's, even where it lies among templates.
_PASSED_BY = frozenset({
    "__pycache__", "assets", "dist", "env", "media", "node_modules", "site-packages", "static", "venv",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """A file by the name that a loader of its folder knows. `puts_in`: it holds a value that may need escaping."""

    name: str
    puts_in: bool
    loads: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def templates_in(folder: Path) -> tuple[Template, ...]:
    """The text files below a folder, in order of their names."""
    found = (_read(path, path.relative_to(folder).as_posix()) for path in islice(_files(folder), _FILES))
    return tuple(sorted((one for one in found if one is not None), key=lambda template: template.name))


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_BY)
        yield from (Path(parent, name) for name in sorted(files))


def _read(path: Path, name: str) -> Template | None:
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES)
    except OSError:
        return None
    if b"\0" in data:
        return None
    if b"{{" not in data and b"{%" not in data:
        return Template(name, puts_in=False)
    text = read_template(data.decode("utf-8", "replace"))
    return Template(name, text.puts_in, text.loads)
