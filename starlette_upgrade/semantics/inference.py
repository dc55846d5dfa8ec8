"""Inference: the type of an expression at its place, followed across the project's modules on demand."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.annotations import Annotations
from starlette_upgrade.semantics.binder import ensure_bound, inside_of
from starlette_upgrade.semantics.calls import Calls
from starlette_upgrade.semantics.classes import Classes
from starlette_upgrade.semantics.containers import element, item_at, method, shallow, unless_changed
from starlette_upgrade.semantics.fixtures import REQUEST, Fixtures
from starlette_upgrade.semantics.imports import Imports
from starlette_upgrade.semantics.lookup import visible_bindings
from starlette_upgrade.semantics.narrowing import narrowed
from starlette_upgrade.semantics.parameters import Parameters
from starlette_upgrade.semantics.roles import Roles
from starlette_upgrade.semantics.scopes import Scope
from starlette_upgrade.semantics.types import (
    NONE,
    OPAQUE,
    UNKNOWN,
    ClassType,
    FunctionType,
    Holding,
    Instance,
    ModuleType,
    Super,
    Symbol,
    Type,
    members,
    union,
)
from starlette_upgrade.semantics.uses import Uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.catalogue import Catalogue
    from starlette_upgrade.semantics.project import Project
    from starlette_upgrade.semantics.scopes import Binding, Place

_VALUES = (
    ast.Set, ast.JoinedStr, ast.Compare, ast.UnaryOp,
)  # fmt: skip


# Deeper chains of definitions end in Unknown, well before Python's own limit.
_DEPTH = 80


class Inference:
    """Answers "what is this expression?" for every module of one run. Results are remembered."""

    def __init__(self, project: Project, catalogue: Catalogue) -> None:
        self.project = project
        self.catalogue = catalogue
        self.annotations = Annotations(self)
        self.classes = Classes(self)
        self.calls = Calls(self)
        self.fixtures = Fixtures(self)
        self.imports = Imports(self)
        self.parameters = Parameters(self)
        self.roles = Roles(self)
        self.uses = Uses(project)
        self._known: dict[int, Type] = {}
        self._kept: list[object] = []
        self._busy: set[int] = set()

    def type_of(self, node: ast.expr, place: Place) -> Type:
        """The type of an expression. Recursion through definitions ends in Unknown."""
        key = id(node)
        if key in self._known:
            return self._known[key]
        if key in self._busy or len(self._busy) > _DEPTH:
            return UNKNOWN
        self._busy.add(key)
        try:
            found = self._infer(node, place)
        except RecursionError:
            return UNKNOWN
        finally:
            self._busy.discard(key)
        self._known[key] = found
        self._kept.append(node)
        return found

    def _infer(self, node: ast.expr, place: Place) -> Type:
        if isinstance(node, ast.Name):
            found = unless_changed(self.name(node.id, place, node), node.id, place.scope.module)
            return narrowed(found, node, place, self) if place.scope.module.has_isinstance else found
        if isinstance(node, ast.Attribute):
            owner = self.type_of(node.value, place)
            inside = self.imports.in_namespace(owner, node.attr, place)
            if inside is not None:
                return inside
            if node.attr == "param" and isinstance(owner, Instance) and owner.cls.name == REQUEST:
                return self.fixtures.parameter_of_request(place)
            found = unless_changed(self.attribute(owner, node.attr), node.attr, place.scope.module)
            return narrowed(found, node, place, self) if place.scope.module.has_isinstance else found
        if isinstance(node, ast.Call):
            return self.calls.result(node, place)
        if isinstance(node, ast.Await):
            return self.type_of(node.value, place)
        if isinstance(node, ast.NamedExpr):
            return self.type_of(node.value, place)
        if isinstance(node, ast.IfExp):
            return union((self.type_of(node.body, place), self.type_of(node.orelse, place)))
        if isinstance(node, ast.BoolOp):
            return union(self.type_of(value, place) for value in node.values)
        if isinstance(node, ast.Constant):
            return NONE if node.value is None else OPAQUE
        if isinstance(node, ast.Lambda):
            return FunctionType(node, self._scope_of(node, place), id(node))
        if isinstance(node, ast.List | ast.Tuple):
            elements = tuple(shallow(self.type_of(element, place)) for element in node.elts)
            plain = not any(isinstance(element, ast.Starred) for element in node.elts)
            return Holding(union(elements), elements if plain else ()) if elements else OPAQUE
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return Holding(shallow(self.type_of(node.elt, inside_of(node, place))))
        if isinstance(node, ast.DictComp):
            return Holding(shallow(self.type_of(node.value, inside_of(node, place))), keyed=True)
        if isinstance(node, ast.Dict):
            values = union(shallow(self.type_of(value, place)) for value in node.values)
            return OPAQUE if values == OPAQUE or not node.values else Holding(values, keyed=True)
        if isinstance(node, _VALUES):
            return OPAQUE
        if isinstance(node, ast.Subscript):
            return self._subscript(node, place)
        return UNKNOWN

    def _subscript(self, node: ast.Subscript, place: Place) -> Type:
        value = self.type_of(node.value, place)
        if isinstance(value, ClassType):
            return value  # a generic alias, `Request[State]`
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return union(item_at(member, index) for member in members(value))

    @staticmethod
    def _scope_of(node: ast.Lambda, place: Place) -> Scope:
        scope: Scope | None = place.scope
        while scope is not None:
            if id(node) in scope.functions:
                return scope.functions[id(node)]
            scope = scope.parent
        made = place.scope.functions[id(node)] = Scope(node, place.scope.module, place)
        return made

    # Names

    def name(self, name: str, place: Place, node: ast.expr | None = None) -> Type:
        """What a name means at a place: the innermost scope that binds it decides."""
        found = self.bindings_of(name, place, node)
        if isinstance(found, list):
            return union(self._held(binding, place) for binding in found)
        return found

    def _held(self, binding: Binding, place: Place) -> Type:
        found = self.binding(binding)
        is_parameter = isinstance(binding.node, ast.arg)
        return UNKNOWN if is_parameter and not self.parameters.holds_at(binding, place) else found

    def bindings_of(self, name: str, place: Place, node: ast.expr | None = None) -> list[Binding] | Type:
        """The bindings that may hold for a name at a place; its type where a star or Python itself gives it."""
        scope: Scope | None = place.scope
        while scope is not None:
            if not scope.bound:
                ensure_bound(scope)
            if scope is place.scope or not scope.is_class:
                bindings = scope.names.get(name)
                if bindings:
                    chosen = visible_bindings(bindings, place, scope, node)
                    if chosen:
                        return chosen
                if scope.stars and not hasattr(builtins, name):  # nobody means to star-import another `str`
                    found = self.imports.from_stars(name, scope)
                    if found is not None:
                        return found
            scope = scope.parent
        return Symbol(f"builtins.{name}")

    def alias(self, node: ast.expr, place: Place) -> tuple[ast.expr, Place] | None:
        """The expression that a name stands for, where it is assigned once, here or where it is imported from."""
        if isinstance(node, ast.Name):
            scope: Scope | None = place.scope
            while scope is not None:
                if scope.names.get(node.id):
                    return self._aliased(scope.names[node.id])
                scope = scope.parent
        elif isinstance(node, ast.Attribute):
            owner = self.type_of(node.value, place)
            if isinstance(owner, ModuleType):
                return self._aliased(owner.module.scope.names.get(node.attr, ()))
        return None

    def _aliased(self, bindings: Sequence[Binding]) -> tuple[ast.expr, Place] | None:
        for _ in range(_DEPTH):
            bindings = visible_bindings(bindings) if bindings else ()
            if len(bindings) != 1:
                return None
            node, statement, place = bindings[0].node, bindings[0].statement, bindings[0].place
            if isinstance(node, ast.Subscript | ast.BinOp):
                return node, place
            if not (isinstance(node, ast.alias) and isinstance(statement, ast.ImportFrom)):
                return None
            module = self.project.source_of(statement, place.scope.module.document.path)
            bindings = module.scope.names.get(node.name, ()) if module is not None else ()
        return None

    # Bindings

    def binding(self, binding: Binding) -> Type:
        """The type that one binding gives to its name."""
        key = id(binding)
        if key in self._known:
            return self._known[key]
        if key in self._busy or len(self._busy) > _DEPTH:
            return UNKNOWN
        self._busy.add(key)
        try:
            found = self._bound(binding)
        finally:
            self._busy.discard(key)
        self._known[key] = found
        self._kept.append(binding)
        return found

    def _bound(self, binding: Binding) -> Type:
        node, place = binding.node, binding.place
        if isinstance(node, ast.alias):
            return self.imports.bound(binding, node, place)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self.classes.decorated(node, place)
        if isinstance(node, ast.ClassDef):
            return self.classes.define(node, place)
        if isinstance(node, ast.arg):
            return self.parameters.read(binding, node, place)
        if not isinstance(node, ast.expr):
            return UNKNOWN
        if binding.kind == "annotated":
            assert binding.annotation is not None
            declared = self.annotations.read(binding.annotation, place)
            if declared != UNKNOWN or node is binding.annotation:
                return declared
            return self.type_of(node, place)
        found = self.type_of(node, place)
        if binding.kind == "with":
            return self.calls.entered(found)
        if binding.kind == "element":
            given = element(found)
            return given if binding.index is None else union(item_at(m, binding.index) for m in members(given))
        if binding.kind == "item":
            return union(item_at(member, binding.index) for member in members(found))
        return found if binding.kind == "value" else UNKNOWN

    # Attributes

    def attribute(self, value: Type, name: str) -> Type:
        """The type of `value.name`."""
        return union(self._attribute(member, name) for member in members(value))

    def _attribute(self, value: Type, name: str) -> Type:
        if isinstance(value, Symbol):
            return self.imports.outside(f"{value.name}.{name}")
        if isinstance(value, ModuleType):
            found = self.imports.member_of_module(value.module, name)
            return UNKNOWN if found is None else found
        if isinstance(value, Instance | ClassType | Super):
            return self.classes.member(value, name)
        if isinstance(value, Holding):
            return method(value, name)
        return UNKNOWN

    def canonical(self, node: ast.expr, place: Place) -> str | None:
        """The dotted name of a known thing from outside the project; None for anything else."""
        found = self.type_of(node, place)
        if isinstance(found, Symbol | ClassType):
            return found.name
        return None
