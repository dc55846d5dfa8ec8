"""Folders that an expression names: literals, `Path(__file__).parent / "templates"`, `BASE_DIR / "templates"`."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

# What stands at the root of a project, where its programs are usually started.
_ROOT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_LEVELS = 8
_DEPTH = 12
_SAME = frozenset({"Path", "PurePath", "str", "abspath", "realpath", "normpath", "fspath"})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix"})


def folders_named(node: ast.expr, place: Place, inference: Inference) -> list[Path]:
    """The existing folders that an expression, or each element of a list, surely means."""
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    texts = [_text(part, place, inference, _DEPTH) for part in parts]
    found = [_existing(text, place.scope.module.document.path) for text in texts if text]
    return [folder for folder in found if folder is not None]


def _existing(text: str, file: Path) -> Path | None:
    """The folder: beside the file, above it, or at the project's root. Of two nobody knows which is meant."""
    above = _starts(file.absolute().parent)
    found = {start / text for start in above if (start / text).is_dir()}  # an absolute path stays what it is
    return found.pop() if len(found) == 1 else None


def _starts(folder: Path) -> list[Path]:
    above = [folder, *folder.parents][:_LEVELS]
    for number, parent in enumerate(above):
        if any((parent / name).exists() for name in _ROOT_FILES):
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
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _parent(_text(node.value, place, inference, depth - 1))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined((node.left, node.right), place, inference, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_text(part, place, inference, depth - 1) for part in (node.left, node.right)]
        return None if None in parts else "".join(part for part in parts if part)
    if isinstance(node, ast.Subscript):
        return _ancestor(node, place, inference, depth)
    return _called(node, place, inference, depth) if isinstance(node, ast.Call) else None


def _bound(node: ast.Name, place: Place, inference: Inference, depth: int) -> str | None:
    bindings = inference.bindings_of(node.id, place, node)
    for _ in range(depth):
        if not isinstance(bindings, list) or len(bindings) != 1:
            return None
        binding = bindings[0]
        if not isinstance(binding.node, ast.alias) or not isinstance(binding.statement, ast.ImportFrom):
            is_value = binding.kind in ("value", "annotated") and binding.index is None
            if not is_value or not isinstance(binding.node, ast.expr) or binding.node is binding.annotation:
                return None
            return _text(binding.node, binding.place, inference, depth)
        source = inference.project.source_of(binding.statement, binding.place.scope.module.document.path)
        bindings = source.scope.names.get(binding.node.name, []) if source is not None else []
    return None


def _called(node: ast.Call, place: Place, inference: Inference, depth: int) -> str | None:
    name, function = last_name(node.func), node.func
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
