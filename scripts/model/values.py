"""What an expression that is assigned to something gives, where that is plain to see."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scripts.model.annotations import ANYTHING, NOTHING, PLAIN, Said, outside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.model.annotations import Annotations
    from scripts.model.source import Module

_PLAIN = (ast.Constant, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.JoinedStr, ast.Lambda, ast.Compare)
_BUILTIN = frozenset({"bool", "bytes", "dict", "frozenset", "int", "len", "list", "set", "str", "tuple"})


def value_of(
    node: ast.expr, module: Module, annotations: Annotations, known: Mapping[str, Said] | None = None
) -> Said:
    """The types that an expression may be of; `known`: those of parameters, and of `self.method()`."""

    def read(node: ast.expr) -> Said:
        if isinstance(node, ast.Constant) and node.value is None:
            return NOTHING
        if isinstance(node, _PLAIN):
            return frozenset({PLAIN})
        if isinstance(node, ast.IfExp):
            return read(node.body) | read(node.orelse)
        if isinstance(node, ast.BoolOp):
            return frozenset[str]().union(*map(read, node.values))
        if isinstance(node, ast.Await):
            return read(node.value)
        if isinstance(node, ast.Call):
            return call(node)
        if isinstance(node, ast.Name):
            return (known or {}).get(node.id, ANYTHING)
        if isinstance(node, ast.Attribute):
            owner = annotations.package.name_in(module, ast.unparse(node.value))
            if isinstance(owner.bound, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in owner.bound.bases):
                return frozenset({owner.name})
        return ANYTHING

    def call(node: ast.Call) -> Said:
        text = ast.unparse(node.func)
        if known and f"{text}()" in known:
            return known[f"{text}()"]
        if text in _BUILTIN:
            return frozenset({PLAIN})
        thing = annotations.package.name_in(module, text)
        if thing.name == "typing.cast":
            return annotations.read(node.args[0], module)
        if isinstance(thing.bound, ast.ClassDef):
            return frozenset({thing.name})
        if isinstance(thing.bound, ast.FunctionDef | ast.AsyncFunctionDef) and thing.module is not None:
            return annotations.result(thing.bound, thing.module)
        name = outside(thing.name)
        return frozenset({name}) if name else ANYTHING

    return read(node)
