"""Template files in a folder: which of them have a place where a value is put in."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A folder of templates is small; what is larger is something else, or would take long to read.
_FILES = 500
_BYTES = 200_000
# What is served as it is, even where it lies among templates.
_SERVED = frozenset({"assets", "dist", "media", "node_modules", "static"})
_VALUE = re.compile(rb"\{\{-?\s*[A-Za-z_][\w.]*\s*(?:[|(\[][^{}\n]*)?-?\}\}")


@lru_cache(maxsize=64)
def templates_in(folder: Path) -> tuple[str, ...]:
    """The files below a folder that hold `{{ value }}`, by the names that a loader of it knows, in order."""
    looked_at = islice(_files(folder), _FILES)
    return tuple(sorted(path.relative_to(folder).as_posix() for path in looked_at if _holds(path)))


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SERVED)
        yield from (Path(parent, name) for name in sorted(files))


def _holds(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES)
    except OSError:
        return False
    return b"\0" not in data and _VALUE.search(data) is not None
