"""Calls: what calling something gives, and what entering a context manager gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.annotations import TYPE_VARIABLES
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import decorator_names
from starlette_upgrade.semantics.containers import built, shallow
from starlette_upgrade.semantics.fixtures import REQUEST
from starlette_upgrade.semantics.naming import all_arguments, argument_of, last_name
from starlette_upgrade.semantics.types import (
    UNKNOWN,
    ClassType,
    FunctionType,
    Holding,
    Instance,
    Method,
    Returning,
    Super,
    Symbol,
    Type,
    members,
    union,
)

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_CONTEXT_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
_WITH_DEFAULT = frozenset({"get", "pop", "setdefault"})
_ENTERING = frozenset({"enter_context", "enter_async_context"})


class Calls:
    """Results of calls, from annotations, from what functions return, and from the catalogue."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def result(self, node: ast.Call, place: Place) -> Type:
        """The type of a call expression."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in _ENTERING and len(node.args) == 1:
            return self.entered(self._inference.type_of(node.args[0], place))
        if self._is_pytests(node.func, place):
            return self._inference.fixtures.value_by_name(node, place)
        function = self._inference.type_of(node.func, place)
        has_default = isinstance(node.func, ast.Attribute) and node.func.attr in _WITH_DEFAULT
        if has_default and len(node.args) == 2 and isinstance(function, Returning):
            return union((function.result, self._inference.type_of(node.args[1], place)))
        return union(self._result(member, node, place) for member in members(function))

    def _is_pytests(self, function: ast.expr, place: Place) -> bool:
        """`request.getfixturevalue`."""
        if not isinstance(function, ast.Attribute) or function.attr != "getfixturevalue":
            return False
        owner = self._inference.type_of(function.value, place)
        return owner in (UNKNOWN, Instance(ClassType(REQUEST)))

    def _result(self, function: Type, node: ast.Call, place: Place) -> Type:
        if isinstance(function, ClassType):
            return Instance(function, (node, place))
        if isinstance(function, FunctionType):
            return self.returned(function, (node, place))
        if isinstance(function, Method | Returning):
            return function.result
        if isinstance(function, Symbol):
            return self._external(function.name, node, place)
        if isinstance(function, Instance):
            called = self._inference.classes.member(function, "__call__")
            if isinstance(called, Method):
                return called.result
            return self.returned(called, (node, place)) if isinstance(called, FunctionType) else UNKNOWN
        return UNKNOWN

    def _external(self, name: str, node: ast.Call, place: Place) -> Type:
        inference = self._inference
        arguments = [inference.type_of(argument, place) for argument in node.args[:2]]
        if name == "builtins.super":
            cls = inference.classes.enclosing(place)
            return Super(cls, Instance(cls)) if cls else UNKNOWN
        if name in ("typing.cast", "typing_extensions.cast") and len(node.args) == 2:
            return inference.annotations.read(node.args[0], place)
        if name in ("functools.partial", "functools.partialmethod") and arguments:
            return Returning(union(self._result(member, node, place) for member in members(arguments[0])))
        if name == "builtins.getattr" and len(node.args) >= 2:
            attribute = node.args[1]
            if isinstance(attribute, ast.Constant) and isinstance(attribute.value, str):
                return inference.attribute(arguments[0], attribute.value)
            return UNKNOWN
        if name == "contextlib.nullcontext" and arguments:
            return Holding(arguments[0])
        made = built(name, arguments)
        if made is not None:
            return made
        if name in inference.catalogue.functions:
            return inference.catalogue.parse(inference.catalogue.functions[name])
        tail = name.rpartition(".")[2]
        return Instance(ClassType(name), (node, place)) if tail[:1].isupper() else UNKNOWN

    def returned(self, function: FunctionType, call: tuple[ast.Call, Place] | None = None) -> Type:
        """What calling a function of the project gives: its annotation, else what it returns or yields.

        What a function gives back as it was given is what `call` passes for it.
        """
        node, inference = function.node, self._inference
        place = function.scope.place
        assert place is not None
        found: Type = UNKNOWN
        if not isinstance(node, ast.Lambda) and node.returns is not None:
            found = self._declared(function, node.returns, place, call)
        if found == UNKNOWN:
            ensure_bound(function.scope)
            if function.scope.yields:
                found = Holding(union(shallow(inference.type_of(value, at)) for value, at in function.scope.yields))
            else:
                found = union(self._given_back(value, at, function, call) for value, at in function.scope.returns)
        if isinstance(found, Instance) and decorator_names(node) & _CONTEXT_MANAGERS:
            return Holding(found)
        return found

    def _declared(
        self, function: FunctionType, declared: ast.expr, place: Place, call: tuple[ast.Call, Place] | None
    ) -> Type:
        name = declared.value if isinstance(declared, ast.Constant) else last_name(declared)
        if name == "Self" and isinstance(function.receiver, Instance | ClassType):
            return function.receiver if isinstance(function.receiver, Instance) else Instance(function.receiver)
        if call is not None and isinstance(declared, ast.Name):
            variable = self._inference.type_of(declared, place)
            if isinstance(variable, Instance) and variable.cls.name in TYPE_VARIABLES:
                for arg in all_arguments(function.node.args):
                    if isinstance(arg.annotation, ast.Name) and arg.annotation.id == declared.id:
                        passed = self._passed(arg.arg, function, call)
                        if passed not in (None, UNKNOWN):
                            return passed
        return self._inference.annotations.read(declared, place)

    def _given_back(
        self, value: ast.expr, at: Place, function: FunctionType, call: tuple[ast.Call, Place] | None
    ) -> Type:
        found = self._inference.type_of(value, at)
        if call is not None and isinstance(value, ast.Name):
            bindings = function.scope.names.get(value.id, ())
            if len(bindings) == 1 and bindings[0].kind == "parameter" and bindings[0].annotation is None:
                passed = self._passed(value.id, function, call)
                return found if passed is None else passed
        return found

    def _passed(self, name: str, function: FunctionType, call: tuple[ast.Call, Place]) -> Type | None:
        """What a call passes for a parameter; None if it passes nothing."""
        node, place = call
        names = [arg.arg for arg in (*function.node.args.posonlyargs, *function.node.args.args)]
        number = names.index(name) if name in names else None
        if number is not None and self._is_bound(function):
            number -= 1
        passed = argument_of(node, name, number)
        return None if passed is None else self._inference.type_of(passed, place)

    @staticmethod
    def _is_bound(function: FunctionType) -> bool:
        """Whether the first parameter is given by what the function is a method of."""
        if function.receiver is None:
            return False
        names = decorator_names(function.node)
        return "staticmethod" not in names and ("classmethod" in names or isinstance(function.receiver, Instance))

    def injected(self, function: Type) -> Type:
        """What a fixture or dependency gives: what it returns, or yields where it is a generator."""
        found = union(self._injected(member) for member in members(function))
        return union(member.item if isinstance(member, Holding) else member for member in members(found))

    def _injected(self, function: Type) -> Type:
        if isinstance(function, FunctionType):
            return self.returned(function)
        if isinstance(function, Method | Returning):
            return function.result
        return Instance(function) if isinstance(function, ClassType) else UNKNOWN

    def entered(self, manager: Type) -> Type:
        """What `with manager as x` binds to `x`."""
        return union(self._entered(member) for member in members(manager))

    def _entered(self, manager: Type) -> Type:
        if isinstance(manager, Holding):
            return manager.item
        if not isinstance(manager, Instance):
            return UNKNOWN
        for name in ("__enter__", "__aenter__"):
            method = self._inference.classes.member(manager, name)
            found: Type = UNKNOWN
            if isinstance(method, Method):
                found = method.result
            elif isinstance(method, FunctionType):
                found = self.returned(method)
            if found != UNKNOWN:
                # An inherited `__enter__` gives the object itself, not one of the base class.
                line = {cls.name for cls in self._inference.classes.line(manager.cls)}
                return union(
                    manager if isinstance(member, Instance) and member.cls.name in line else member
                    for member in members(found)
                )
        return manager
