"""Virtual environments near the code: where a project keeps its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ENVIRONMENTS = (".venv", "venv")


def environments_above(folders: Iterable[str]) -> list[str]:
    """For each folder (absolute) the nearest environment in it or above it, up to the repository's root."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    for start in folders:
        folder = start
        while folder not in seen:
            seen.add(folder)
            prefixes = [os.path.join(folder, name) for name in ENVIRONMENTS]
            near = next((prefix for prefix in prefixes if os.path.isfile(os.path.join(prefix, "pyvenv.cfg"))), None)
            if near is not None:
                found[near] = None
            if near is not None or os.path.exists(os.path.join(folder, ".git")):
                break
            folder = os.path.dirname(folder)
    return list(found)


def packages_of(prefix: str) -> list[str]:
    """The folders of a virtual environment in which packages are installed."""
    windows = os.path.join(prefix, "Lib", "site-packages")
    if os.path.isdir(windows):
        return [windows]
    try:
        versions = sorted(entry.name for entry in os.scandir(os.path.join(prefix, "lib")))
    except OSError:
        return []
    folders = (os.path.join(prefix, "lib", version, "site-packages") for version in versions)
    return [folder for folder in folders if os.path.isdir(folder)]
