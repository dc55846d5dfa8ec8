"""What one release says of a class: its bases, the types of its attributes, of what its methods give and take."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scripts.model.annotations import PLAIN, UNKNOWN, Said, outside, telling
from scripts.model.source import Function, statements
from scripts.model.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.model.annotations import Annotations
    from scripts.model.source import Module

Value = str | tuple[str, ...]
OPEN = ""
"""The value of a member that is there, but of which the release does not say what it is."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PROPERTIES = frozenset({"property", "cached_property"})
_CALLED = frozenset({"__call__", "__enter__", "__aenter__"})  # whose results somebody gets to see
_REDEFINING = frozenset({"overload", "setter", "deleter"})


class ClassReader:
    """Reads one class statement."""

    def __init__(self, name: str, node: ast.ClassDef, module: Module, annotations: Annotations) -> None:
        self._name, self._node, self._module, self._annotations = name, node, module, annotations
        body = [statement for statement, _ in statements(node.body)]
        self._fields = [statement for statement in body if not isinstance(statement, _FUNCTIONS)]
        self._methods: list[Function] = [
            statement
            for statement in body
            if isinstance(statement, _FUNCTIONS) and not _decorators(statement) & _REDEFINING
        ]
        self._results = {method.name: self._result(method) for method in self._methods}

    def read(self) -> dict[tuple[str, str], Value]:
        """A value for each table and member; OPEN where the release has the member, but says nothing of it."""
        found: dict[tuple[str, str], Value] = {}
        if bases := tuple(self._bases()):
            found["bases", ""] = bases
        for name, said in self._attributes().items():
            _put(found, "attributes", name, said)
        for method in self._methods:
            decorators = _decorators(method)
            if _is_private(method.name):
                continue
            table = "attributes" if decorators & _PROPERTIES else "returns"
            _put(found, table, method.name, self._results[method.name])
            taken = self._parameters(method)
            if not decorators & _PROPERTIES and not method.name.startswith("__") and taken:
                found["parameters", method.name] = taken if any(taken) else OPEN
        return found

    def _bases(self) -> Iterator[str]:
        for base in self._node.bases:
            node = base.value if isinstance(base, ast.Subscript) else base  # Mapping[str, str]
            thing = self._annotations.package.name_in(self._module, ast.unparse(node))
            if isinstance(thing.bound, ast.ClassDef):
                yield thing.name
            elif name := outside(thing.name):
                yield name

    def _attributes(self) -> dict[str, Said]:
        """What is declared of an attribute, else what is assigned to it."""
        declared: dict[str, Said] = {}
        assigned: dict[str, Said] = {}
        for name, annotation, said in [*self._class_fields(), *self._instance_fields()]:
            if annotation is not None:
                declared.setdefault(name, self._read(annotation))
            assigned[name] = assigned.get(name, frozenset()) | said
        properties = {method.name for method in self._methods if _decorators(method) & _PROPERTIES}
        return {name: said for name, said in {**assigned, **declared}.items() if name not in properties}

    def _class_fields(self) -> Iterator[tuple[str, ast.expr | None, Said]]:
        for node in self._fields:
            for target in _targets(node):
                if isinstance(target, ast.Name) and not _is_private(target.id):
                    yield target.id, getattr(node, "annotation", None), self._assigned(node, {})

    def _instance_fields(self) -> Iterator[tuple[str, ast.expr | None, Said]]:
        for method in self._methods:
            known = self._known_in(method)
            for node, _ in statements(method.body):
                for target in _targets(node):
                    name = target.attr if isinstance(target, ast.Attribute) and _is_self(target.value) else "_"
                    if not _is_private(name):
                        yield name, getattr(node, "annotation", None), self._assigned(node, known)

    def _assigned(self, node: ast.AST, known: dict[str, Said]) -> Said:
        value = getattr(node, "value", None)
        if not isinstance(value, ast.expr):
            return frozenset()
        return value_of(value, self._module, self._annotations, known)

    def _known_in(self, method: Function) -> dict[str, Said]:
        """The types of a method's parameters, and of what the class's own methods give."""
        arguments = [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs]
        taken = {argument.arg: self._read(argument.annotation) for argument in arguments}
        return {**taken, **{f"self.{name}()": said for name, said in self._results.items()}}

    def _result(self, method: Function) -> Said:
        """What a method gives. `return self` says more than an annotation, which may name a base class."""
        given = [node.value for node, _ in statements(method.body) if isinstance(node, ast.Return)]
        if given and all(map(_is_self, given)):
            return frozenset({self._name})
        return self._annotations.result(method, self._module, self._name)

    def _read(self, annotation: ast.expr | None) -> Said:
        return self._annotations.read(annotation, self._module, self._name)

    def _parameters(self, method: Function) -> tuple[str, ...]:
        """Of each positional parameter after self; empty where all of them are of no interest."""
        arguments = [*method.args.posonlyargs, *method.args.args]
        if "staticmethod" not in _decorators(method):
            arguments = arguments[1:]
        said = [self._read(argument.annotation) for argument in arguments]
        taken = [telling(one) for one in said]
        if not any(taken) and not any(UNKNOWN in one for one in said):
            return ()
        while len(taken) > 1 and not taken[-1]:
            taken.pop()
        return tuple(taken)


def _put(found: dict[tuple[str, str], Value], table: str, name: str, said: Said) -> None:
    if text := telling(said):
        found[table, name] = text
    elif UNKNOWN in said and PLAIN not in said:
        found[table, name] = OPEN


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _is_self(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_private(name: str) -> bool:
    return name.startswith("_") and name not in _CALLED


def _decorators(node: Function) -> frozenset[str]:
    """The last parts of the names of a function's decorators."""
    names = [ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
    return frozenset(name.rpartition(".")[2] for name in names)
