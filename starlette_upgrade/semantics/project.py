"""The project's own modules, parsed on demand: which file does an import name?"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import bind
from starlette_upgrade.semantics.interest import Interest
from starlette_upgrade.semantics.scopes import Module
from starlette_upgrade.source.document import Document, UnreadableDocument
from starlette_upgrade.source.packages import Packages

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from starlette_upgrade.semantics.installed import Installed

# Always the real package's, even where a project has files of that name (Starlette's own tests, say).
_NEVER_OWN = frozenset({"starlette", "fastapi", "httpx", "httpx2", "jinja2", "typing", "contextlib", "functools"})
_ENVIRONMENT = "-packages"  # `site-packages`, or `dist-packages` on Debian
_WORDS_ONLY = bytes(byte if chr(byte).isalnum() or byte in b"_" or byte > 127 else 32 for byte in range(256))
_SOURCE_FOLDERS = ("src", "python", "lib")


class Project:
    """Finds and parses modules. `files` are those of the run; imports may lead to others beside them.

    `foreign` are top-level names of packages that a module of the same name inside a package does not hide;
    `roots` those files that name Starlette or FastAPI, and so may hand the project's functions to them
    (None: all of `files`); `installed` the packages that imports may lead to; `texts` what files (absolute paths)
    hold, whatever is on disk there. `open` gives the module in a file (absolute path) that somebody else holds
    already.
    """

    def __init__(
        self,
        files: Iterable[str],
        foreign: Collection[str] = (),
        roots: Collection[str] | None = None,
        installed: Installed | None = None,
        texts: Mapping[str, bytes] | None = None,
    ) -> None:
        self._installed = installed
        self._texts = texts or {}
        self._own_keys: dict[int, str] = {}
        self.open: Callable[[str], Module | None] = lambda _: None
        self._files = tuple(files)
        self._framework_files = self._files if roots is None else roots
        self._foreign = foreign
        self._modules: dict[str, Module | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._packages = Packages()
        self._roots: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._exists: dict[str, bool] = {}

    def add(self, module: Module) -> None:
        """Makes a module that is parsed already known, so that imports of it lead to the same object."""
        self._modules[key_of(module.document.path)] = module

    def module_at(self, path: Path) -> Module | None:
        """The module in a file; None if it can't be read as Python."""
        key = key_of(path)
        if key not in self._modules:
            self._modules[key] = self.open(key) or self._parsed(path)
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

    def mentioning(self, word: str, home: Module) -> Iterator[Module]:
        """The module itself, and the files that hold the word, name Starlette or FastAPI, and can import it."""
        yield home
        naming = self._files_by_word.get(word.encode(), {})
        own = self._own_keys.get(id(home.document)) or key_of(home.document.path)
        self._own_keys[id(home.document)] = own
        if not naming or (len(naming) == 1 and own in naming):
            return
        folder = os.path.dirname(own)
        beside = f"{self._packages.top(folder) or folder}{os.sep}"
        importing = self._files_by_word.get(home.name.partition(".")[0].encode(), {})
        if beside not in self._framework_units:
            importing = {}  # triage passes by such a file, whoever calls it
        stem = self._files_by_word.get(home.name.rpartition(".")[2].encode(), {})
        if any(path.endswith("__init__.py") for names in (naming, stem) for path in names):
            stem = naming  # a package may pass on what the module defines
        for path in naming:
            if path != own and path in stem and (path in importing or path.startswith(beside)):
                module = self._modules.get(path) or self.module_at(Path(path))
                if module is not None:
                    yield module

    def holding(self, word: str) -> Iterator[Module]:
        """The files that hold the word and name Starlette or FastAPI, wherever they are."""
        for path in self._files_by_word.get(word.encode(), ()):
            module = self._modules.get(path) or self.module_at(Path(path))
            if module is not None:
                yield module

    def is_of_run(self, module: Module) -> bool:
        """Whether a module is one of the files of the run."""
        return key_of(module.document.path) in self._keys_of_files

    @cached_property
    def _keys_of_files(self) -> frozenset[str]:
        return frozenset(map(os.path.abspath, self._files))

    def names(self, word: str) -> bool:
        """Whether a file of the run that names Starlette or FastAPI holds the word."""
        return word.encode() in self._files_by_word

    def is_made_elsewhere(self, name: str, home: Module) -> bool:
        """Whether another file than `home` defines a function of that name, as a conftest.py further down does."""
        definition = re.compile(rb"^[ \t]*(?:async )?def " + re.escape(name.encode()) + rb"\(", re.MULTILINE)
        own = key_of(home.document.path)
        others = (path for path in self._files_by_word.get(name.encode(), ()) if path != own)
        return any(definition.search(Path(path).read_bytes()) for path in others)

    @cached_property
    def _framework_units(self) -> frozenset[str]:
        """The topmost packages, or else the folders, of the files that name Starlette or FastAPI."""
        folders = {os.path.dirname(os.path.abspath(path)) for path in self._framework_files}
        return frozenset(f"{self._packages.top(folder) or folder}{os.sep}" for folder in folders)

    @cached_property
    def _files_by_word(self) -> dict[bytes, dict[str, None]]:
        found: dict[bytes, dict[str, None]] = {}
        for path in map(os.path.abspath, self._framework_files):
            with contextlib.suppress(OSError):
                data = self._texts[path] if path in self._texts else Path(path).read_bytes()
                for word in set(data.translate(_WORDS_ONLY).split()):
                    found.setdefault(word, {})[path] = None
        return found

    def resolve(self, name: str, level: int, origin: Path) -> Module | None:
        """The project's module that `from {level dots}{name} import …` in `origin` names, if it is one."""
        found = self.locate(name, level, origin)
        return self.module_at(Path(found)) if found else None

    def source_of(self, statement: ast.ImportFrom, origin: Path) -> Module | None:
        """The project's module that an import in `origin` takes its names from, if it is one."""
        return self.resolve(statement.module or "", statement.level, origin)

    def locate(self, name: str, level: int, origin: Path) -> str | None:
        folder = os.path.dirname(key_of(origin))
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._inside(folder, name)
        if name.split(".")[0] in _NEVER_OWN or self._is_installed(folder):
            return None
        key = (folder, name)
        if key not in self._found:
            self._found[key] = self._locate_absolute(folder, name)
        return self._found[key]

    def installed_module(self, name: str) -> Module | None:
        """The module of an installed package that is built on Starlette, by its dotted name."""
        top = name.partition(".")[0]
        if self._installed is None or top in _NEVER_OWN or top in sys.stdlib_module_names:
            return None
        found = self._installed.locate(name)
        return self.module_at(Path(found)) if found else None

    def _is_installed(self, folder: str) -> bool:
        """Whether a folder is inside of an environment: what its files import by name is no part of the project."""
        return self._installed is not None and _ENVIRONMENT in folder and self._installed.holds(f"{folder}{os.sep}")

    def _locate_absolute(self, folder: str, name: str) -> str | None:
        top = name.split(".")[0]
        outside, around = self._import_roots(folder)
        roots = [*outside, *self._packages_of_run.get(top, ()), *(() if top in self._foreign else around)]
        return next((found for root in roots if (found := self._inside(root, name))), None)

    def _inside(self, folder: str, name: str) -> str | None:
        path = os.path.join(folder, *name.split(".")) if name else folder
        if path in self._packages:
            return os.path.join(path, "__init__.py")
        return f"{path}.py" if self._is_file(f"{path}.py") else None

    def _is_file(self, path: str) -> bool:
        if path not in self._exists:
            self._exists[path] = os.path.isfile(path)
        return self._exists[path]

    def _import_roots(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Folders that may stand on `sys.path` for a file here: those above it that are no packages, nearest first.

        And those that are packages: they stand there if a program is run from inside of them.
        """
        if folder not in self._roots:
            above = list(_upward(folder))
            outside = [
                os.path.join(root, inner)
                for root in above
                if root not in self._packages
                for inner in ("", *_SOURCE_FOLDERS)
            ]
            self._roots[folder] = tuple(outside), tuple(root for root in above if root in self._packages)
        return self._roots[folder]

    @cached_property
    def _packages_of_run(self) -> dict[str, tuple[str, ...]]:
        """Top-level package or module name to the folders that hold one among the files of the run."""
        found: dict[str, dict[str, None]] = {}
        folders: dict[str, str] = {}
        for file in self._files:
            folder, _, name = file.rpartition(os.sep)
            if folder not in folders:
                absolute = os.path.abspath(folder)
                package = self._packages.top(absolute)
                folders[folder] = "" if package else absolute
                if package:
                    found.setdefault(os.path.basename(package), {})[os.path.dirname(package)] = None
            if folders[folder]:
                found.setdefault(name.removesuffix(".py"), {})[folders[folder]] = None
        return {name: tuple(roots) for name, roots in found.items()}

    def dotted_name(self, path: Path) -> str:
        """The name under which the file is imported, as far as its packages go."""
        folder, name = os.path.split(key_of(path))
        parts = [] if name == "__init__.py" else [name.removesuffix(".py")]
        while folder in self._packages:
            folder, package = os.path.split(folder)
            parts.insert(0, package)
        return ".".join(parts) or Path(folder).name

    def conftests(self, origin: Path) -> Iterator[Module]:
        """The conftest.py files that hold for a test file, nearest first."""
        for folder in _upward(os.path.dirname(key_of(origin))):
            path = os.path.join(folder, "conftest.py")
            if self._is_file(path):
                module = self.module_at(Path(path))
                if module is not None:
                    yield module


def key_of(path: Path) -> str:
    """What a file is known by, however it was named."""
    return os.path.abspath(path)


def _upward(folder: str) -> Iterator[str]:
    """The folder and those above it, up to the repository's root."""
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return
        folder = above
