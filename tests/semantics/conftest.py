"""A small project from a table of files, in which `reveal(expression)` marks what the test asks about."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Protocol

import pytest

from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.semantics import types
from starlette_upgrade.semantics.binder import bind
from starlette_upgrade.semantics.catalogue import Catalogue
from starlette_upgrade.semantics.inference import Inference
from starlette_upgrade.semantics.interest import Interest
from starlette_upgrade.semantics.project import Project
from starlette_upgrade.semantics.scopes import Module
from starlette_upgrade.source.document import Document

_MARK = "reveal"
# A function's body is read and bound when it is asked for, or at once where a line of it holds a word of interest.
_LAZY = Interest(callables=frozenset({_MARK}))
_EAGER = Interest(callables=frozenset({_MARK}), members=frozenset({"def", "lambda"}))

Files = Mapping[str, str]


class RevealAll(Protocol):
    """The types of all marked expressions, file by file in the order of the table, in reading order."""

    def __call__(self, files: str | Files) -> list[str]: ...


class Reveal(Protocol):
    """The type of the one marked expression of a project; a single text is its file `main.py`."""

    def __call__(self, files: str | Files) -> str: ...


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue(rules_folder() / "model")


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    """A repository's root: nothing above it is asked for modules or fixtures."""
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def reveal_all(project_folder: Path, catalogue: Catalogue) -> RevealAll:
    def run(files: str | Files) -> list[str]:
        table = {"main.py": files} if isinstance(files, str) else files
        paths = [_written(project_folder / name, text) for name, text in table.items()]
        lazily, eagerly = (_answers(paths, catalogue, interest) for interest in (_LAZY, _EAGER))
        assert lazily == eagerly, "when a body is bound must not change what its expressions are"
        return lazily

    return run


@pytest.fixture
def reveal(reveal_all: RevealAll) -> Reveal:
    def run(files: str | Files) -> str:
        (found,) = reveal_all(files)
        return found

    return run


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def _answers(paths: list[Path], catalogue: Catalogue, interest: Interest) -> list[str]:
    inference = Inference(Project(str(path) for path in paths), catalogue)
    marked = [path for path in paths if _MARK in path.read_text("utf-8")]
    return [found for path in marked for found in _marked(path, interest, inference)]


def _marked(path: Path, interest: Interest, inference: Inference) -> list[str]:
    project = inference.project
    document = Document(path, path.read_bytes())
    lines = interest.lines(document)
    document.elide(lines)
    module = Module(document, project.dotted_name(path), lines)
    project.add(module)
    marked = [found for found in bind(module, interest).calls if getattr(found[0].func, "id", "") == _MARK]
    marked.sort(key=lambda found: (found[0].lineno, found[0].col_offset))
    return [describe(inference.type_of(_only(call), place)) for call, place in marked]


def _only(call: ast.Call) -> ast.expr:
    (argument,) = call.args
    return argument


def describe(found: types.Type) -> str:
    """A type as a test writes it down; what comes from Starlette goes by its last name.

    `Starlette` is an instance, `type[Starlette]` the class, `?` what may be anything, `value` a plain value.
    """
    if isinstance(found, types.Union):
        return " | ".join(sorted(describe(member) for member in found.members))
    if isinstance(found, types.Instance):
        return _short(found.cls.name)
    if isinstance(found, types.ClassType):
        return f"type[{_short(found.name)}]"
    if isinstance(found, types.FunctionType):
        return f"def {found.scope.qualified_name}"
    if isinstance(found, types.Method):
        return f"method {_short(found.owner)}.{found.name}"
    if isinstance(found, types.ModuleType):
        return f"module {found.module.name}"
    if isinstance(found, types.Symbol):
        return f"name {found.name}"
    if isinstance(found, types.Returning):
        return f"gives {describe(found.result)}"
    if isinstance(found, types.Holding):
        return f"holds {describe(found.item)}"
    if isinstance(found, types.Super):
        return f"super of {_short(found.cls.name)}"
    plain = {types.NONE: "None", types.OPAQUE: "value", types.UNKNOWN: "?"}
    return plain[found]


def _short(name: str) -> str:
    return name.rpartition(".")[2] if name.startswith("starlette.") else name
