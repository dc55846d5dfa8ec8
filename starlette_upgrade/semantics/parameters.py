"""Parameters: what is passed for one that no annotation tells about."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.classes import class_of, decorator_names
from starlette_upgrade.semantics.fixtures import is_fixture
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.roles import Parameter
from starlette_upgrade.semantics.types import (
    NONE,
    OPAQUE,
    UNKNOWN,
    ClassType,
    FunctionType,
    Holding,
    Type,
    members,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place
    from starlette_upgrade.semantics.types import FunctionNode

_DEPENDENCIES = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.param_functions.Depends"})


class Parameters:
    """In this order: `self`, the annotation, the default, a fixture, the base's method, a role, the callers."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def read(self, binding: Binding, node: ast.arg, place: Place) -> Type:
        """The type of a parameter; `place` is where its function is defined."""
        function = binding.statement
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return UNKNOWN
        args = function.args
        if place.scope.is_class and binding.index == 0:
            found = self._inference.classes.first_parameter(binding, place)
            if found is not None:
                return found
        if node in (args.vararg, args.kwarg):
            each = UNKNOWN if node.annotation is None else self._inference.annotations.read(node.annotation, place)
            return Holding(each, keyed=node is args.kwarg)
        if node.annotation is not None:
            found = self._declared(node.annotation, place)
            if found != UNKNOWN:
                return found
        for found in self._answers(binding, node, function, place):
            if found != UNKNOWN:
                return found
        return UNKNOWN

    def _declared(self, annotation: ast.expr, place: Place) -> Type:
        """What an annotation says, or in `Annotated[…, Depends(get)]` what `get` gives."""
        found = self._inference.annotations.read(annotation, place)
        if found == UNKNOWN and isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            told = (self._by_dependency(node, place) for node in annotation.slice.elts[1:])
            found = next((known for known in told if known is not None), UNKNOWN)
        return found

    def _answers(self, binding: Binding, node: ast.arg, function: FunctionNode, place: Place) -> Iterator[Type]:
        default = _default(function, node)
        if default is not None:
            yield self._by_default(default, place)
        is_method = place.scope.is_class and "staticmethod" not in decorator_names(function)
        number = binding.index
        parameter = Parameter(node.arg, number - 1 if is_method and number is not None else number)
        if not isinstance(function, ast.Lambda):
            if default is None and (function.name.startswith("test") or is_fixture(function)):
                yield self._inference.fixtures.parameter(function, node, place)
                return
            if is_method and parameter.number is not None:
                yield self._overridden(class_of(place.scope), function.name, parameter.number)
            yield self._inference.roles.decorated(function, place, parameter)
            scope = place.scope.functions[id(function)]
            itself = FunctionType(function, scope, id(function))
            yield self._inference.roles.handed_over(itself, function.name, parameter)
            yield self._passed(itself, function.name, parameter, place)

    def _by_default(self, default: ast.expr, place: Place) -> Type:
        """What a default says; a plain value or None says nothing."""
        injected = self._by_dependency(default, place)
        if injected is not None:
            return injected
        found = self._inference.type_of(default, place)
        return UNKNOWN if found in (OPAQUE, NONE) else found

    def _by_dependency(self, node: ast.expr, place: Place) -> Type | None:
        """What `Depends(get)` gives; None for anything else."""
        inference = self._inference
        if not isinstance(node, ast.Call) or inference.canonical(node.func, place) not in _DEPENDENCIES:
            return None
        given = node.args[:1] or [keyword.value for keyword in node.keywords if keyword.arg == "dependency"]
        return inference.calls.injected(inference.type_of(given[0], place)) if given else UNKNOWN

    def _overridden(self, cls: ClassType, method: str, number: int) -> Type:
        """What the method of a known base class takes there."""
        for base in self._inference.classes.line(cls)[1:]:
            if base.scope is None:
                found = self._inference.catalogue.parameter(base.name, method, number)
                if found is not None:
                    return found
        return UNKNOWN

    def _passed(self, function: FunctionType, name: str, parameter: Parameter, place: Place) -> Type:
        """What the callers pass, as far as they are known."""
        inference, home = self._inference, function.scope.module
        found: list[Type] = []
        cls = class_of(place.scope) if place.scope.is_class and name == "__init__" else None
        words = (name,) if cls is None else (getattr(place.scope.node, "name", ""), name)
        for word in words:
            for call, at in inference.uses.called(word, home):
                for member in members(inference.type_of(call.func, at)):
                    skip = _bound_arguments(member, function, cls)
                    if skip is not None:
                        node = argument_of(call, parameter.name, parameter.number, skip)
                        if node is not None:
                            found.append(inference.type_of(node, at))
        told = [known for known in found if known not in (NONE, OPAQUE)]
        return union(told) if any(known != UNKNOWN for known in told) else UNKNOWN


def _bound_arguments(found: Type, function: FunctionType, cls: ClassType | None) -> int | None:
    """How many arguments of a call come before the function's own; None if another function is called."""
    if isinstance(found, FunctionType) and found.key == function.key:
        is_plain = not decorator_names(function.node) & {"classmethod", "staticmethod"}
        return 1 if is_plain and isinstance(found.receiver, ClassType) else 0
    if cls is not None and isinstance(found, ClassType) and (found.name, found.key) == (cls.name, cls.key):
        return 0
    return None


def _default(function: FunctionNode, node: ast.arg) -> ast.expr | None:
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    if node in positional:
        number = positional.index(node) - (len(positional) - len(args.defaults))
        return args.defaults[number] if number >= 0 else None
    return args.kw_defaults[args.kwonlyargs.index(node)] if node in args.kwonlyargs else None
