"""Classes: their bases to any depth and across files, and what their members are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound, ensure_methods_bound
from starlette_upgrade.semantics.lookup import visible_bindings
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import (
    NONE,
    UNKNOWN,
    ClassType,
    FunctionType,
    Instance,
    Method,
    Super,
    Symbol,
    Type,
    members,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place, Scope

_MAKING_ATTRIBUTES = frozenset({"__getattr__", "__getattribute__"})
_FRAMEWORKS = ("starlette.", "fastapi.")
_ACCESSORS = frozenset({"setter", "deleter"})
_PROPERTIES = frozenset({"property", "cached_property"})


class Classes:
    """Bases and members, for classes of the project and of the catalogue alike."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._lines: dict[tuple[str, int], tuple[ClassType, ...]] = {}
        self._open: set[tuple[str, int]] = set()
        self._either: set[tuple[str, int]] = set()
        self._given: dict[int, frozenset[str]] = {}

    def define(self, node: ast.ClassDef, place: Place) -> ClassType:
        """The type of a class statement."""
        return class_of(place.scope.functions[id(node)])

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> FunctionType:
        """The function of a def statement, without regard to its decorators."""
        return FunctionType(node, place.scope.functions[id(node)], id(node))

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> Type:
        """What a def statement binds: the function, unless a decorator is known to make another object of it."""
        for decorator in node.decorator_list:
            applied = decorator.func if isinstance(decorator, ast.Call) else decorator
            found = self._inference.type_of(applied, place)
            if isinstance(found, FunctionType) and not isinstance(found.node, ast.Lambda):
                made = self._inference.calls.returned(found)
                if isinstance(decorator, ast.Call) and isinstance(made, FunctionType):
                    made = self._inference.calls.returned(made)
                if isinstance(made, Instance | ClassType):
                    return made
                if isinstance(made, FunctionType) and self._inference.calls.returned(made) not in (UNKNOWN, NONE):
                    return made  # a wrapper that is known to give something of its own
        return self.function(node, place)

    def line(self, cls: ClassType) -> tuple[ClassType, ...]:
        """The class and all its bases, nearest first."""
        key = (cls.name, cls.key)
        if key not in self._lines:
            self._lines[key] = (cls,)  # a class that is its own base ends here
            found = self._line(cls, key)
            # A base that several classes share comes after all of them, as in Python's own order.
            self._lines[key] = tuple(reversed(dict.fromkeys(reversed(found))))
        return self._lines[key]

    def _line(self, cls: ClassType, key: tuple[str, int]) -> list[ClassType]:
        found = [cls]
        if cls.scope is None:
            return [ClassType(name) for name in self._inference.catalogue.bases(cls.name)]
        node, place = cls.scope.node, cls.scope.place
        assert isinstance(node, ast.ClassDef)
        assert place is not None
        for base in node.bases:
            alternatives = list(members(self._inference.type_of(base, place)))
            if len(alternatives) > 1 and not all(map(self._is_of_the_frameworks, alternatives)):
                self._either.add(key)
            for member in alternatives:
                if isinstance(member, ClassType):
                    found.extend(self.line(member))
                    if (member.name, member.key) in self._open:
                        self._open.add(key)
                    if (member.name, member.key) in self._either:
                        self._either.add(key)
                elif isinstance(member, Symbol):
                    found.append(ClassType(member.name))
                else:
                    self._open.add(key)
        return found

    def _is_of_the_frameworks(self, found: Type) -> bool:
        """Starlette's or FastAPI's, or a class that derives from theirs: one that a release moved, say."""
        if isinstance(found, ClassType):
            return any(base.name.startswith(_FRAMEWORKS) for base in self.line(found))
        return isinstance(found, Symbol) and found.name.startswith(_FRAMEWORKS)

    def has_other_base(self, cls: ClassType) -> bool:
        """Whether a base of the class may be another one: `try: … except ImportError: …`, `A if … else B`."""
        self.line(cls)
        return (cls.name, cls.key) in self._either

    def is_open(self, cls: ClassType) -> bool:
        """Whether a base of the class is not known."""
        self.line(cls)
        return (cls.name, cls.key) in self._open

    def owner(self, cls: ClassType, attribute: str, classes: tuple[str, ...]) -> str | None:
        """The first of `classes` in the line of `cls`, unless a nearer class has its own `attribute`."""
        catalogue = self._inference.catalogue
        for member in self.line(cls):
            if member.scope is None and member.name in classes:
                return member.name
            if member.scope is not None:
                ensure_methods_bound(member.scope)
                if attribute in member.scope.names or attribute in member.scope.self_attributes:
                    return None
                if not _MAKING_ATTRIBUTES.isdisjoint(member.scope.names):
                    return None
                if attribute in self._added(member.scope):
                    return None
            elif catalogue.keeps(member.name, attribute):
                return None
        return None

    def _added(self, scope: Scope) -> frozenset[str]:
        """Names that the class's module gives it from outside: `Cls.name = …`, or `@patch def name(self: Cls)`."""
        key = id(scope)
        if key not in self._given:
            assert isinstance(scope.node, ast.ClassDef)
            self._given[key] = frozenset(_given_to(scope.node.name, scope.module.document.tree))
        return self._given[key]

    def member(self, value: Instance | ClassType | Super, name: str) -> Type:
        """The type of an attribute of an instance, a class, or `super()`."""
        cls = value if isinstance(value, ClassType) else value.cls
        line = self.line(cls)
        if isinstance(value, Super):
            line = line[1:]
            cls = line[0] if line else cls
        receiver: Type = value.receiver if isinstance(value, Super) else value
        for owner in line:
            if owner.scope is not None:
                found = self._own_member(owner.scope, name, receiver)
            else:
                found = self._known_member(owner, cls, name, receiver)
            if found is not None:
                return found
        if any(owner.name in self._inference.catalogue.classes for owner in line):
            return Method(cls.name, name, UNKNOWN, receiver)
        return UNKNOWN

    def _own_member(self, scope: Scope, name: str, receiver: Type) -> Type | None:
        inference = self._inference
        bindings = [b for b in scope.names.get(name, ()) if not decorator_names(b.node) & _ACCESSORS]
        found: Type | None = None
        if bindings:
            values = (inference.binding(binding) for binding in visible_bindings(bindings, scope=scope))
            found = union(self._bound(value, receiver) for value in values)
            of_the_class = isinstance(receiver, ClassType) or is_definition(bindings[-1].node)
            if found not in (UNKNOWN, NONE) and of_the_class:
                return found
        ensure_methods_bound(scope)
        assigned = scope.self_attributes.get(name, ())
        types = [inference.binding(binding) for binding in assigned]
        return union(types if found is None else [*types, found]) if types else found

    def _bound(self, found: Type, receiver: Type) -> Type:
        if not isinstance(found, FunctionType):
            return found
        names = decorator_names(found.node)
        if names & _PROPERTIES and isinstance(receiver, Instance):
            return self._inference.calls.returned(found)
        return FunctionType(found.node, found.scope, found.key, receiver)

    def _known_member(self, owner: ClassType, cls: ClassType, name: str, receiver: Type) -> Type | None:
        catalogue = self._inference.catalogue
        if catalogue.keeps(owner.name, name):
            return Method(owner.name, name, UNKNOWN, receiver)
        entry = catalogue.classes.get(owner.name, {})
        if name in entry.get("passed", {}):
            passed = self._passed(receiver, name, entry["passed"][name])
            if passed is not None:
                return passed
        text = entry.get("attributes", {}).get(name)
        if text is not None:
            return catalogue.parse(text)
        text = entry.get("returns", {}).get(name)
        if text is not None:
            return Method(cls.name, name, catalogue.parse(text), receiver)
        return None

    def _passed(self, receiver: Type, name: str, position: int) -> Type | None:
        """What the constructor was given; None where nobody saw it, or a class of the project has its own."""
        if not isinstance(receiver, Instance) or receiver.origin is None:
            return None
        if any(self.defines(cls, "__init__") for cls in self.line(receiver.cls)):
            return None
        call, place = receiver.origin
        node = argument_of(call, name, position)
        return None if node is None else self._inference.type_of(node, place)

    def first_parameter(self, binding: Binding, place: Place) -> Type | None:
        """The type of `self` or `cls` in a method; None for a static method."""
        node = binding.statement
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        names = decorator_names(node)
        if "staticmethod" in names or not place.scope.is_class:
            return None
        cls = class_of(place.scope)
        if "classmethod" in names or node.name in ("__new__", "__init_subclass__", "__class_getitem__"):
            return cls
        return Instance(cls)

    def enclosing(self, place: Place) -> ClassType | None:
        """The class whose body the place is in."""
        scope: Scope | None = place.scope
        while scope is not None:
            if scope.is_class:
                return class_of(scope)
            scope = scope.parent
        return None

    def defines(self, cls: ClassType, name: str) -> bool:
        """Whether a project's class has the name in its own body."""
        if cls.scope is None:
            return False
        ensure_bound(cls.scope)
        return name in cls.scope.names


def is_definition(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def class_of(scope: Scope) -> ClassType:
    """The type of the class whose body `scope` is."""
    return ClassType(scope.qualified_name, scope, id(scope.node))


def _given_to(name: str, tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == name:
                    yield target.attr
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.args.args:
            annotation = statement.args.args[0].annotation
            if getattr(annotation, "id", "") == name and "patch" in decorator_names(statement):
                yield statement.name


def decorator_names(node: ast.AST) -> frozenset[str]:
    """The last parts of the names of a function's decorators."""
    names = set()
    for decorator in getattr(node, "decorator_list", ()):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        names.add(last_name(target))
    return frozenset(names)
