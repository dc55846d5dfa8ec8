"""One release of a package as its source says it: its modules, what their names are bound to, what leads where.

The source is parsed, never imported: the newest releases need a newer Python than the one that runs this.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Imported:
    """`from source import name`, or `import source` where there is no name."""

    source: str
    name: str = ""
    typing_only: bool = False


Bound = Imported | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.expr


@dataclass(frozen=True)
class Module:
    """A module of a release, by its dotted name."""

    name: str
    names: dict[str, Bound]
    tree: ast.Module


@dataclass(frozen=True)
class Thing:
    """What a name means in the end: where it is defined, and the definition where that is in the package."""

    name: str
    module: Module | None = None
    bound: Bound | None = None


@dataclass
class Package:
    """All modules of one release, by dotted name."""

    modules: dict[str, Module] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, package: str) -> Package:
        """The package of this name whose folder is in `folder`."""
        found = cls()
        for path in sorted((folder / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
            tree = _parse(path.read_bytes())
            found.modules[dotted] = Module(dotted, _names(tree.body, dotted, path.name == "__init__.py"), tree)
        return found

    def find(self, dotted: str, seen: frozenset[str] = frozenset()) -> Thing:
        """What a dotted name stands for, through all imports that pass it on."""
        owner, _, name = dotted.rpartition(".")
        module = self.modules.get(owner)
        if dotted in seen or not owner:
            return Thing(dotted)
        seen |= {dotted}
        if module is None:
            above = self.find(owner, seen).name
            return Thing(dotted) if above == owner else self.find(f"{above}.{name}", seen)
        bound = module.names.get(name)
        if isinstance(bound, Imported):
            return self.find(f"{bound.source}.{bound.name}".strip("."), seen)
        return Thing(dotted, module, bound) if bound is not None else Thing(dotted)

    def name_in(self, module: Module, dotted: str) -> Thing:
        """What an expression such as `typing.Any` or `Request` stands for in a module."""
        first = dotted.partition(".")[0]
        return self.find(f"{module.name}.{dotted}") if first in module.names else Thing(dotted)


@cache
def _parse(source: bytes) -> ast.Module:
    """Most files of a release are those of the one before."""
    return ast.parse(source)


def _names(body: Iterable[ast.stmt], module: str, is_package: bool) -> dict[str, Bound]:
    names: dict[str, Bound] = {}
    for name, bound in _bindings(body, module, is_package, typing_only=False):
        if _wins(bound, names.get(name)):
            names[name] = bound
    return names


def _wins(bound: Bound, known: Bound | None) -> bool:
    """The last definition stands (the one after its overloads), or else the first import that is run.

    `x = None` where an import failed does not.
    """
    if isinstance(known, Imported):
        return not isinstance(bound, ast.expr) and (known.typing_only or not isinstance(bound, Imported))
    return known is None or isinstance(known, ast.expr) or not isinstance(bound, Imported | ast.expr)


def _bindings(
    body: Iterable[ast.stmt], module: str, is_package: bool, typing_only: bool
) -> Iterator[tuple[str, Bound]]:
    for node, hidden in statements(body, typing_only):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                source = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or source, Imported(source, typing_only=hidden)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: None if is_package else -1]
            above = above[: len(above) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, Imported(source, alias.name, hidden)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


def statements(body: Iterable[ast.stmt], typing_only: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Statements in their order, into blocks that open no scope, and whether only a type checker runs them."""
    for node in body:
        yield node, typing_only
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        test = getattr(node, "test", None)
        for_checker = "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))
        yield from statements(getattr(node, "body", ()), typing_only or for_checker)
        for handler in getattr(node, "handlers", ()):
            yield from statements(handler.body, typing_only)
        for block in ("orelse", "finalbody"):
            yield from statements(getattr(node, block, ()), typing_only)
