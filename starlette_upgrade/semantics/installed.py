"""Installed packages that are built on Starlette: where their modules are, so that their classes can be followed.

A package counts if its metadata leads to Starlette or FastAPI, directly or through what it requires itself.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_FRAMEWORKS = frozenset({"starlette", "fastapi"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Installed:
    """`find` gives the folders that packages are installed in; it is asked when a name leads to one."""

    def __init__(self, find: Callable[[], Sequence[Path]]) -> None:
        self._find = find
        self._located: dict[str, str | None] = {}

    def locate(self, name: str) -> str | None:
        """The file of an installed module by its dotted name, if its package is built on Starlette."""
        if name not in self._located:
            top, _, _ = name.partition(".")
            folder = self._packages.get(top)
            self._located[name] = _inside(folder, name) if folder is not None else None
        return self._located[name]

    def holds(self, path: str) -> bool:
        """Whether a file is one of an installed package."""
        return path.startswith(self._folders) if self._folders else False

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        return tuple(f"{os.path.abspath(folder)}{os.sep}" for folder in self._find())

    @cached_property
    def _packages(self) -> dict[str, str]:
        """Top-level module or package name to the folder that holds it."""
        found: dict[str, str] = {}
        for folder in self._folders:
            for metadata in _built_on_frameworks(folder):
                for top in _top_level_names(metadata):
                    if top not in _FRAMEWORKS:
                        found.setdefault(top, folder)
        return found


def _inside(folder: str, name: str) -> str | None:
    path = os.path.join(folder, *name.split("."))
    for file in (os.path.join(path, "__init__.py"), f"{path}.py"):
        if os.path.isfile(file):
            return file
    return None


def _built_on_frameworks(folder: str) -> Iterator[str]:
    """The `.dist-info` folders of the distributions that lead to a framework by what they require."""
    requires: dict[str, tuple[str, frozenset[str]]] = {}
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.name.endswith(".dist-info")]
    except OSError:
        return
    for name in names:
        described = _described(os.path.join(folder, name, "METADATA"))
        if described is not None:
            requires[described[0]] = os.path.join(folder, name), described[1]
    leading = set(_FRAMEWORKS)
    grown = True
    while grown:
        more = {name for name, (_, needs) in requires.items() if name not in leading and needs & leading}
        grown = bool(more)
        leading |= more
    yield from (path for name, (path, _) in requires.items() if name in leading)


def _described(path: str) -> tuple[str, frozenset[str]] | None:
    """The name of a distribution and the names of those that it requires."""
    name, needs = "", set()
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():  # the headers end here, the description begins
                    break
                key, _, value = line.partition(":")
                match = _NAME.match(value.strip())
                if match and key == "Name":
                    name = _normal(match.group())
                elif match and key == "Requires-Dist":
                    needs.add(_normal(match.group()))
    except OSError:
        return None
    return (name, frozenset(needs)) if name else None


def _top_level_names(metadata: str) -> Iterator[str]:
    """What a distribution installs beside its metadata, as its RECORD lists it."""
    found: dict[str, None] = {}
    try:
        with open(os.path.join(metadata, "RECORD"), encoding="utf-8", errors="replace") as file:
            for line in file:
                path = line.partition(",")[0].strip('"')
                if path.endswith(".py") and not path.startswith((".", "/")):
                    found[path.partition("/")[0].removesuffix(".py")] = None
    except OSError:
        return
    yield from found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
