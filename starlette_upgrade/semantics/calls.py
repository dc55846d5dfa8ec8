"""Calls: what calling something gives, and what entering a context manager gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import decorator_names
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
_ENTERING = frozenset({"enter_context", "enter_async_context"})
_PASSING_ON = frozenset({"copy.copy", "copy.deepcopy", "builtins.next", "builtins.anext", "builtins.iter"})


class Calls:
    """Results of calls, from annotations, from what functions return, and from the catalogue."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def result(self, node: ast.Call, place: Place) -> Type:
        """The type of a call expression."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in _ENTERING and len(node.args) == 1:
            return self.entered(self._inference.type_of(node.args[0], place))
        function = self._inference.type_of(node.func, place)
        return union(self._result(member, node, place) for member in members(function))

    def _result(self, function: Type, node: ast.Call, place: Place) -> Type:
        if isinstance(function, ClassType):
            return Instance(function, (node, place))
        if isinstance(function, FunctionType):
            return self.returned(function)
        if isinstance(function, Method | Returning):
            return function.result
        if isinstance(function, Symbol):
            return self._external(function.name, node, place)
        if isinstance(function, Instance):
            called = self._inference.classes.member(function, "__call__")
            if isinstance(called, Method):
                return called.result
            return self.returned(called) if isinstance(called, FunctionType) else UNKNOWN
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
        if name in _PASSING_ON and arguments:
            return union(m.item if isinstance(m, Holding) else m for m in members(arguments[0]))
        if name in inference.catalogue.functions:
            return inference.catalogue.parse(inference.catalogue.functions[name])
        tail = name.rpartition(".")[2]
        return Instance(ClassType(name), (node, place)) if tail[:1].isupper() else UNKNOWN

    def returned(self, function: FunctionType) -> Type:
        """What calling a function of the project gives: its annotation, else what it returns or yields."""
        node, inference = function.node, self._inference
        place = function.scope.place
        assert place is not None
        found: Type = UNKNOWN
        if not isinstance(node, ast.Lambda) and node.returns is not None:
            found = inference.annotations.read(node.returns, place)
        if found == UNKNOWN:
            ensure_bound(function.scope)
            if function.scope.yields:
                found = Holding(union(inference.type_of(value, at) for value, at in function.scope.yields))
            else:
                found = union(inference.type_of(value, at) for value, at in function.scope.returns)
        if isinstance(found, Instance) and decorator_names(node) & _CONTEXT_MANAGERS:
            return Holding(found)
        return found

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
            if isinstance(found, Instance):
                # An inherited `__enter__` gives the object itself, not one of the base class.
                line = self._inference.classes.line(manager.cls)
                return manager if any(cls.name == found.cls.name for cls in line) else found
            if found != UNKNOWN:
                return found
        return manager
