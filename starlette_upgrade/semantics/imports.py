"""Imports: what a name is that another module gives, in the project, in an installed package, or in the model."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.containers import unless_changed
from starlette_upgrade.semantics.lookup import visible_bindings
from starlette_upgrade.semantics.types import UNKNOWN, ModuleType, Symbol, Type, union

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Module, Place, Scope


class Imports:
    """Follows imports across files, on demand."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._project = inference.project
        self._catalogue = inference.catalogue
        self._following: set[int] = set()
        self._namespaces: set[str] = set()
        self._outside: dict[str, Type] = {}

    def bound(self, binding: Binding, alias: ast.alias, place: Place) -> Type:
        statement = binding.statement
        if isinstance(statement, ast.ImportFrom):
            return self.imported(statement, alias.name, place)
        name = alias.name if alias.asname else alias.name.split(".")[0]
        origin = place.scope.module.document.path
        module = self._project.resolve(name, 0, origin)
        if module is not None:
            return _module(module)
        if name != alias.name and self._project.locate(alias.name, 0, origin):
            self._namespaces.add(name)
        return self.outside(name)

    def in_namespace(self, found: Type, attribute: str, place: Place) -> Type | None:
        """The project's module in a folder without `__init__.py`, which `import folder.module` made known."""
        if not isinstance(found, Symbol) or found.name.partition(".")[0] not in self._namespaces:
            return None
        name = f"{found.name}.{attribute}"
        module = self._project.resolve(name, 0, place.scope.module.document.path)
        return _module(module) if module is not None else None

    def imported(self, statement: ast.ImportFrom, name: str, place: Place) -> Type:
        origin = place.scope.module.document.path
        source = statement.module or ""
        module = self._project.source_of(statement, origin)
        if module is not None and module is not place.scope.module:
            found = self.member_of_module(module, name)
            return UNKNOWN if found is None else found
        submodule = self._project.resolve(f"{source}.{name}" if source else name, statement.level, origin)
        if submodule is not None:
            return _module(submodule)
        if statement.level:
            return UNKNOWN
        # A module that imports its own name means the package that is called so.
        return self.outside(f"{source}.{name}")

    def outside(self, name: str) -> Type:
        """What a dotted name from outside the project is: as the model says, else as its installed source does."""
        if name not in self._outside:
            self._outside[name] = UNKNOWN  # what leads back to itself
            found = self._catalogue.find(name)
            if isinstance(found, Symbol) and found.name not in self._catalogue.functions:
                found = self._installed(found)
            self._outside[name] = found
        return self._outside[name]

    def _installed(self, symbol: Symbol) -> Type:
        parent, _, tail = symbol.name.rpartition(".")
        module = self._project.installed_module(parent) if parent else None
        if module is None:
            return symbol
        found = self.member_of_module(module, tail)
        if found is None:
            return symbol if self._project.installed_module(symbol.name) is not None else UNKNOWN
        return symbol if isinstance(found, ModuleType) else found

    def member_of_module(self, module: Module, name: str) -> Type | None:
        """What a module's attribute is: a name that it binds at its top level, or a submodule."""
        bindings = module.scope.names.get(name)
        if bindings:
            made = map(self._inference.binding, visible_bindings(bindings, scope=module.scope))
            return unless_changed(union(made), name, module)
        if module.scope.stars:
            found = self.from_stars(name, module.scope)
            if found is not None:
                return found
        if module.is_package:
            submodule = self._project.resolve(name, 1, module.document.path)
            if submodule is not None:
                return _module(submodule)
        return None

    def from_stars(self, name: str, scope: Scope) -> Type | None:
        """What a star import gives the name: a module of the project, or a known class, before a mere symbol.

        None where no star can give it.
        """
        symbol: Type | None = None
        for node, place in scope.stars:
            key = id(node)
            if key in self._following:
                continue
            self._following.add(key)
            try:
                found = self._imported_by_star(node, name, place)
            finally:
                self._following.discard(key)
            if isinstance(found, Symbol):
                if found.name.startswith("starlette."):
                    symbol = symbol if isinstance(symbol, Symbol) else found
                elif symbol is None:
                    symbol = UNKNOWN  # a module that nothing is known of may well hold it
            elif found != UNKNOWN:
                return found
        return symbol

    def _imported_by_star(self, node: ast.ImportFrom, name: str, place: Place) -> Type:
        module = self._project.source_of(node, place.scope.module.document.path)
        if module is not None:
            listed = _listed(module)
            if name not in listed if listed is not None else name.startswith("_"):
                return UNKNOWN
        return self.imported(node, name, place)


def _module(module: Module) -> Type:
    return ModuleType(module, str(module.document.path))


def _listed(module: Module) -> frozenset[str] | None:
    """What a module's `__all__` lists; None if it has none, or one that is not plain."""
    if module.document.text.count("__all__") > 1:
        return None  # it is added to somewhere
    values: list[ast.expr] = []
    for binding in module.scope.names.get("__all__", ()):
        if not isinstance(binding.node, ast.List | ast.Tuple):
            return None
        values.extend(binding.node.elts)
    texts = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return frozenset(texts) if values and len(texts) == len(values) else None
