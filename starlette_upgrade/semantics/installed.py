"""Installed packages that are built on Starlette: where their modules are, so that their classes can be followed.

A package counts if its metadata leads to Starlette or FastAPI, directly or through what it requires itself.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FRAMEWORKS = frozenset({"starlette", "fastapi"})
_NAME = re.compile(rb"^Name: *([\w.-]+)", re.MULTILINE)
_REQUIRES = re.compile(rb"^Requires-Dist: *([\w.-]+)(.*)", re.MULTILINE)
_HEADER = 1 << 16  # what comes before the description


class Installed:
    """`folders` are those that packages are installed in; their metadata is read when it is asked for."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = tuple(f"{os.path.abspath(folder)}{os.sep}" for folder in folders)
        self._located: dict[str, str | None] = {}

    @property
    def packages(self) -> tuple[str, ...]:
        """The top-level names of the packages that are built on Starlette or FastAPI, but for these two."""
        return tuple(self._packages)

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
    """The name of a distribution and the names of those that it requires, whatever extras are asked for."""
    try:
        with open(path, "rb") as file:
            header, _, _ = file.read(_HEADER).partition(b"\n\n")
    except OSError:
        return None
    name = _NAME.search(header)
    needs = (match[1] for match in _REQUIRES.finditer(header) if b"extra" not in match[2])
    return (_normal(name[1]), frozenset(map(_normal, needs))) if name is not None else None


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


def _normal(name: bytes) -> str:
    return re.sub(r"[-_.]+", "-", name.decode()).lower()
