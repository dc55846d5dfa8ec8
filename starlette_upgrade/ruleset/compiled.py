"""What was read from TOML once, kept beside it in `__pycache__/` the way Python keeps modules: ten times faster.

It is thrown away when a file of the folder, this package or Python changes. Where nothing can be written, the
files are read each time.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import packaging

from starlette_upgrade import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

Stamp = tuple[object, ...]


def kept(folder: Path, reader: str, read: Callable[[Path], T], form: str = "whole") -> T:
    """What `read` makes of the TOML files of a folder, read or remembered. Raises what `read` raises.

    `reader` is the module (its `__file__`) that `read` belongs to: its package gives the value its form. `form`
    tells several values of one folder apart.
    """
    file = folder / "__pycache__" / f"starlette-upgrade-{form}.{sys.implementation.cache_tag}.pickle"
    stamp = _stamp(folder, Path(reader))
    # Whoever can write here can change the modules beside it, too: unpickling adds no danger.
    with contextlib.suppress(Exception):
        found_stamp, value = pickle.loads(file.read_bytes())  # noqa: S301
        if found_stamp == stamp:
            remembered: T = value
            return remembered
    value = read(folder)
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError):
            _write(file, pickle.dumps((stamp, value), pickle.HIGHEST_PROTOCOL))
    return value


def _stamp(folder: Path, reader: Path) -> Stamp:
    """What must be unchanged: the versions of what reads, and each file's name, size and time."""
    return (__version__, packaging.__version__, _files(str(reader.parent), ".py"), _files(str(folder), ".toml"))


def _files(folder: str, ending: str) -> Stamp:
    with os.scandir(folder) as entries:
        stats = sorted((entry.name, entry.stat()) for entry in entries if entry.name.endswith(ending))
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, since others may read it at the same moment."""
    file.parent.mkdir(exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(file)
