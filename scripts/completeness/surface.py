"""What a release offers to those who use it, as lines of text: `starlette.responses:FileResponse class(…)`.

A line is a key, a space, and what is said of it. A key is a module, or a module, a colon and a dotted name in it;
besides there are `python` and `requires`. A key has several lines only where it warns, and for `__all__`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scripts.completeness.metadata import floors_of
from scripts.completeness.signatures import describe
from scripts.completeness.warned import warnings_of
from scripts.model.fetch import PACKAGE
from scripts.model.source import Imported, Package, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scripts.model.source import Bound, Function, Module

ANSWERED = "answered by __getattr__"
ATTRIBUTE = "attribute"
VALUE = "value"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LITERAL = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Set, ast.Dict)
_AROUND = (ast.operator, ast.unaryop, ast.expr_context)


def surface_of(folder: Path) -> frozenset[str]:
    """All lines of the release that is unpacked in `folder`; nothing of it is imported."""
    package = Package.read(folder, PACKAGE)
    lines = {line for module in package.modules.values() for line in _module(module, package)}
    return frozenset(lines | set(floors_of(folder)))


def _module(module: Module, package: Package) -> Iterator[str]:
    yield f"{module.name} module"
    for warned in warnings_of(module.tree):
        where = f"{module.name}:{warned.where}".rstrip(":")
        yield f"{where} warns {warned.category}: {warned.text}"
    offered = module.names.get("__all__")
    if isinstance(offered, ast.expr):
        yield from (f"{module.name}:__all__ offers {name}" for name in _strings([offered]))
    for name in _answered(module) - set(module.names):
        yield f"{module.name}:{name} {ANSWERED}"
    for name, bound in module.names.items():
        if not _is_special(name):
            yield from _name(f"{module.name}:{name}", bound, module, package)


def _name(key: str, bound: Bound, module: Module, package: Package) -> Iterator[str]:
    if isinstance(bound, Imported):
        thing = package.find(key.replace(":", "."))
        if thing.module is not None:
            yield f"{key} import {thing.module.name}:{thing.name.rpartition('.')[2]}"
        elif not bound.typing_only and bound.source != "__future__":
            yield f"{key} import {thing.name}"
    elif isinstance(bound, ast.ClassDef):
        yield from _class(key, bound, module, package)
    elif isinstance(bound, ast.expr):
        yield f"{key} {_value(bound)}"
    else:
        yield f"{key} {describe(bound)}"


def _class(key: str, node: ast.ClassDef, module: Module, package: Package) -> Iterator[str]:
    bases = [_base(base, module, package) for base in node.bases]
    yield f"{key} class({', '.join(base for base in bases if base != 'object')})"
    members: dict[str, str] = {}
    for statement, _ in statements(node.body):
        if isinstance(statement, _FUNCTIONS):
            marks = {ast.unparse(decorator).rpartition(".")[2] for decorator in statement.decorator_list}
            if "setter" in marks:
                members[statement.name] = members[statement.name].replace("def(", "@setter def(")
            elif not marks & {"overload", "deleter"}:
                members[statement.name] = describe(statement)
            for name in _assigned_to_self(statement):
                members.setdefault(name, ATTRIBUTE)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for target in _targets(statement):
                if isinstance(target, ast.Name):
                    members[target.id] = ATTRIBUTE if statement.value is None else _value(statement.value)
    if fields := _fields(node, bases):
        members.setdefault("__init__", f"def({', '.join(['self', *fields])})")
    for name, said in members.items():
        if name not in ("__slots__", "__doc__"):
            yield f"{key}.{name} {said}"


def _fields(node: ast.ClassDef, bases: list[str]) -> list[str]:
    """The parameters of the constructor that a dataclass or a named tuple gets from its fields."""
    made = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
    if not made and "typing.NamedTuple" not in bases:
        return []
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]
    return [ast.unparse(one.target) + (f"={ast.unparse(one.value)}" if one.value else "") for one in fields]


def _base(node: ast.expr, module: Module, package: Package) -> str:
    name = ast.unparse(node.value if isinstance(node, ast.Subscript) else node)  # Mapping[str, str]
    if isinstance(node, ast.Call):
        return VALUE
    thing = package.name_in(module, name)
    return f"{thing.module.name}:{thing.name.rpartition('.')[2]}" if thing.module else thing.name


def _assigned_to_self(method: Function) -> Iterator[str]:
    for node in ast.walk(method):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in _targets(node):
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                    yield target.attr


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.expr]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _value(node: ast.expr) -> str:
    """Plain data is told; of all else only that it is there, since its text is not what somebody sees."""
    plain = all(isinstance(part, _LITERAL + _AROUND) for part in ast.walk(node))
    text = ast.unparse(node)
    longest = 120 if isinstance(node, ast.Constant) else 400
    return f"= {text}" if plain and len(text) <= longest else VALUE


def _answered(module: Module) -> set[str]:
    """The names that a module's `__getattr__` knows, by itself or from a table of the module."""
    function = module.names.get("__getattr__")
    if not isinstance(function, _FUNCTIONS):
        return set()
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    tables = [bound for name, bound in module.names.items() if name in used and isinstance(bound, ast.expr)]
    return {text for text in _strings([function, *tables]) if text.isidentifier() and not text.startswith("__")}


def _strings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
