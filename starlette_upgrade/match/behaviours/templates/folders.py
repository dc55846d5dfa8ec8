"""Folders that an expression names: literals, `Path(__file__).parent / "templates"`, `BASE_DIR / "templates"`."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.match.definitions import bindings_behind, value_of
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

# What stands at the root of a project, where its programs are usually started.
_ROOT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_LEVELS = 8
_DEPTH = 12
_SAME = frozenset({"Path", "PurePath", "str", "abspath", "realpath", "normpath", "fspath"})
_WORKING_FOLDER = frozenset({"cwd", "getcwd"})
_PACKAGE_FILES = frozenset({"files", "resources_files"})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix"})


def folders_named(node: ast.expr, place: Place, inference: Inference) -> list[Path]:
    """The existing folders that an expression, or each element of a list, surely means."""
    if isinstance(node, ast.Name):
        bindings = bindings_behind(node, place, inference)
        value = value_of(bindings[0]) if len(bindings) == 1 else None
        if isinstance(value, ast.List | ast.Tuple):
            node, place = value, bindings[0].place
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    texts = [_text(part, place, inference, _DEPTH) for part in parts]
    found = [_existing(text, place.scope.module.document.path) for text in texts if text]
    return [folder for folder in found if folder is not None]


def folders_of_loader(node: ast.expr, place: Place, inference: Inference) -> list[Path]:
    """The folders of a `FileSystemLoader` or `PackageLoader`, and of those in a `ChoiceLoader`."""
    if isinstance(node, ast.Name | ast.Attribute):
        bindings = bindings_behind(node, place, inference)
        value = value_of(bindings[0]) if len(bindings) == 1 else None
        return folders_of_loader(value, bindings[0].place, inference) if value is not None else []
    if isinstance(node, ast.List | ast.Tuple):
        return [folder for part in node.elts for folder in folders_of_loader(part, place, inference)]
    if not isinstance(node, ast.Call):
        return []
    name = last_name(node.func)
    if name == "FileSystemLoader":
        folder = argument_of(node, "searchpath", 0)
        return folders_named(folder, place, inference) if folder is not None else []
    if name == "ChoiceLoader":
        loaders = argument_of(node, "loaders", 0)
        return folders_of_loader(loaders, place, inference) if loaders is not None else []
    if name == "PackageLoader":
        package, path = argument_of(node, "package_name", 0), argument_of(node, "package_path", 1)
        root = _package(package, place, inference) if package is not None else None
        inside = "templates" if path is None else _text(path, place, inference, _DEPTH)
        folder_of_it = Path(root, inside) if root is not None and inside is not None else None
        return [folder_of_it] if folder_of_it is not None and folder_of_it.is_dir() else []
    return []


def root_above(file: Path) -> Path:
    """The root of the project that a file belongs to, as far as its files tell."""
    return _starts(file.absolute().parent)[-1]


def _existing(text: str, file: Path) -> Path | None:
    """The folder: beside the file, above it, or at the project's root. Of two nobody knows which is meant."""
    above = _starts(file.absolute().parent)
    found = {start / text for start in above if (start / text).is_dir()}  # an absolute path stays what it is
    return found.pop() if len(found) == 1 else None


def is_root(folder: Path) -> bool:
    """Whether a folder holds what stands at the root of a project."""
    return any((folder / name).exists() for name in _ROOT_FILES)


def _starts(folder: Path) -> list[Path]:
    above = [folder, *folder.parents][:_LEVELS]
    for number, parent in enumerate(above):
        if is_root(parent):
            return above[: number + 1]
    return above[:2]


def _text(node: ast.expr, place: Place, inference: Inference, depth: int) -> str | None:
    """The path that an expression gives; None where it is not plain to see."""
    if depth == 0:
        return None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return str(place.scope.module.document.path.absolute())
        return _bound(node, place, inference, depth - 1)
    if isinstance(node, ast.Attribute):
        if node.attr == "parent":
            return _parent(_text(node.value, place, inference, depth - 1))
        return _bound(node, place, inference, depth - 1)
    if isinstance(node, ast.JoinedStr):
        parts = [_text(part, place, inference, depth - 1) for part in node.values]
        return None if None in parts else "".join(part for part in parts if part)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, place, inference, depth - 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined((node.left, node.right), place, inference, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_text(part, place, inference, depth - 1) for part in (node.left, node.right)]
        return None if None in parts else "".join(part for part in parts if part)
    if isinstance(node, ast.Subscript):
        return _ancestor(node, place, inference, depth)
    return _called(node, place, inference, depth) if isinstance(node, ast.Call) else None


def _bound(node: ast.expr, place: Place, inference: Inference, depth: int) -> str | None:
    bindings = bindings_behind(node, place, inference)
    value = value_of(bindings[0]) if len(bindings) == 1 else None
    return _text(value, bindings[0].place, inference, depth) if value is not None else None


def _called(node: ast.Call, place: Place, inference: Inference, depth: int) -> str | None:
    name, function = last_name(node.func), node.func
    if name in _WORKING_FOLDER and not node.args:
        return "."
    if name in _PACKAGE_FILES and len(node.args) == 1:
        return _package(node.args[0], place, inference)
    if name in _SAME_METHODS and isinstance(function, ast.Attribute):
        return _text(function.value, place, inference, depth - 1)
    if name in _SAME and len(node.args) >= 1:
        return _joined(node.args, place, inference, depth)
    if name == "dirname" and len(node.args) == 1:
        return _parent(_text(node.args[0], place, inference, depth - 1))
    if name == "joinpath" and isinstance(function, ast.Attribute):
        return _joined((function.value, *node.args), place, inference, depth)
    if name == "join" and isinstance(function, ast.Attribute) and last_name(function.value) == "path":
        return _joined(node.args, place, inference, depth)
    return None


def _package(node: ast.expr, place: Place, inference: Inference) -> str | None:
    """The folder of a package that is named, or of the one around: `files("shop")`, `files(__package__)`."""
    file = place.scope.module.document.path.absolute()
    if isinstance(node, ast.Name) and node.id in ("__name__", "__package__"):
        return str(file.parent) if node.id == "__package__" or file.name == "__init__.py" else None
    named = node.value if isinstance(node, ast.Constant) else None
    module = inference.project.resolve(named, 0, file) if isinstance(named, str) else None
    is_package = module is not None and module.document.path.name == "__init__.py"
    return str(module.document.path.absolute().parent) if module is not None and is_package else None


def _joined(nodes: Sequence[ast.expr], place: Place, inference: Inference, depth: int) -> str | None:
    parts = [_text(node, place, inference, depth - 1) for node in nodes]
    known = [part for part in parts if part is not None]
    return os.path.normpath(Path(*known)) if known and len(known) == len(parts) else None


def _parent(text: str | None) -> str | None:
    return str(Path(text).parent) if text else None


def _ancestor(node: ast.Subscript, place: Place, inference: Inference, depth: int) -> str | None:
    """`Path(__file__).parents[1]`"""
    if not (isinstance(node.value, ast.Attribute) and node.value.attr == "parents"):
        return None
    text = _text(node.value.value, place, inference, depth - 1)
    number = node.slice.value if isinstance(node.slice, ast.Constant) else None
    for _ in range(number + 1 if isinstance(number, int) and number >= 0 else 0):
        text = _parent(text)
    return text if isinstance(number, int) else None
