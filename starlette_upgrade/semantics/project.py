"""The project's own modules, parsed on demand: which file does an import name?"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import bind
from starlette_upgrade.semantics.interest import Interest
from starlette_upgrade.semantics.scopes import Module
from starlette_upgrade.source.document import Document, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# Always the real package's, even where a project has files of that name (Starlette's own tests, say).
_NEVER_OWN = frozenset({"starlette", "fastapi", "httpx", "httpx2", "jinja2", "typing", "contextlib", "functools"})
_SOURCE_FOLDERS = ("src", "python", "lib")


class Project:
    """Finds and parses modules. `files` are those of the run; imports may lead to others beside them.

    `foreign` are top-level names of packages that a module of the same name inside a package does not hide.
    """

    def __init__(self, files: Iterable[str], foreign: Collection[str] = ()) -> None:
        self._files = tuple(files)
        self._foreign = foreign
        self._modules: dict[str, Module | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._roots: dict[str, tuple[str, ...]] = {}
        self._exists: dict[str, bool] = {}

    def add(self, module: Module) -> None:
        """Makes a module that is parsed already known, so that imports of it lead to the same object."""
        self._modules[_key(module.document.path)] = module

    def module_at(self, path: Path) -> Module | None:
        """The module in a file; None if it can't be read as Python."""
        key = _key(path)
        if key not in self._modules:
            self._modules[key] = self._parsed(path)
        module = self._modules[key]
        if module is not None and not module.scope.bound:
            bind(module)
        return module

    def _parsed(self, path: Path) -> Module | None:
        try:
            document = Document(path, path.read_bytes())
            lines = Interest().lines(document)
            document.elide(lines)
            return Module(document, self.dotted_name(path), lines)
        except (OSError, UnreadableDocument):
            return None

    def resolve(self, name: str, level: int, origin: Path) -> Module | None:
        """The project's module that `from {level dots}{name} import …` in `origin` names, if it is one."""
        found = self.locate(name, level, origin)
        return self.module_at(Path(found)) if found else None

    def locate(self, name: str, level: int, origin: Path) -> str | None:
        folder = os.path.dirname(_key(origin))
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._inside(folder, name)
        if name.split(".")[0] in _NEVER_OWN:
            return None
        key = (folder, name)
        if key not in self._found:
            self._found[key] = self._locate_absolute(folder, name)
        return self._found[key]

    def _locate_absolute(self, folder: str, name: str) -> str | None:
        for root in self._import_roots(folder):
            found = self._inside(root, name)
            if found:
                return found
        for root in self._packages.get(name.split(".")[0], ()):
            found = self._inside(root, name)
            if found:
                return found
        if name.split(".")[0] not in self._foreign:
            for above in self._packages_around(folder):
                found = self._inside(above, name)
                if found:
                    return found
        return None

    def _packages_around(self, folder: str) -> Iterator[str]:
        """Folders on `sys.path` if a program is run from inside its package, or has an `__init__.py` to spare."""
        return (above for above in _upward(folder) if self._is_file(os.path.join(above, "__init__.py")))

    def _inside(self, folder: str, name: str) -> str | None:
        path = os.path.join(folder, *name.split(".")) if name else folder
        for candidate in (os.path.join(path, "__init__.py"), f"{path}.py"):
            if self._is_file(candidate):
                return candidate
        return None

    def _is_file(self, path: str) -> bool:
        if path not in self._exists:
            self._exists[path] = os.path.isfile(path)
        return self._exists[path]

    def _import_roots(self, folder: str) -> tuple[str, ...]:
        """Folders that may stand on `sys.path` for a file here: those above it that are no packages."""
        if folder not in self._roots:
            roots = []
            for above in _upward(folder):
                if not self._is_file(os.path.join(above, "__init__.py")):
                    roots.append(above)
                    roots.extend(os.path.join(above, name) for name in _SOURCE_FOLDERS)
            self._roots[folder] = tuple(roots)
        return self._roots[folder]

    @cached_property
    def _packages(self) -> dict[str, tuple[str, ...]]:
        """Top-level package or module name to the folders that hold one among the files of the run."""
        folders: dict[str, tuple[str, str]] = {}
        tops: dict[str, tuple[str, str]] = {}
        found: dict[str, dict[str, None]] = {}
        for file in self._files:
            folder, _, name = file.rpartition(os.sep)
            if folder not in folders:
                root, package = folders[folder] = self._top_package(os.path.abspath(folder), tops)
                if package:
                    found.setdefault(package, {})[root] = None
            root, package = folders[folder]
            if not package:
                found.setdefault(name.removesuffix(".py"), {})[root] = None
        return {name: tuple(roots) for name, roots in found.items()}

    def _top_package(self, folder: str, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
        """The folder that holds the topmost package around `folder`, and that package's name (none: "")."""
        if folder not in known:
            known[folder] = folder, ""
            if self._is_file(f"{folder}{os.sep}__init__.py"):
                above, _, name = folder.rpartition(os.sep)
                root, package = self._top_package(above, known)
                known[folder] = root, package or name
        return known[folder]

    def dotted_name(self, path: Path) -> str:
        """The name under which the file is imported, as far as its packages go."""
        folder, name = os.path.split(_key(path))
        parts = [] if name == "__init__.py" else [name.removesuffix(".py")]
        while self._is_file(os.path.join(folder, "__init__.py")):
            folder, package = os.path.split(folder)
            parts.insert(0, package)
        return ".".join(parts) or Path(folder).name

    def conftests(self, origin: Path) -> Iterator[Module]:
        """The conftest.py files that hold for a test file, nearest first."""
        for folder in _upward(os.path.dirname(_key(origin))):
            path = os.path.join(folder, "conftest.py")
            if self._is_file(path):
                module = self.module_at(Path(path))
                if module is not None:
                    yield module


def _key(path: Path) -> str:
    return os.path.abspath(path)


def _upward(folder: str) -> Iterator[str]:
    """The folder and those above it, up to the repository's root."""
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return
        folder = above
