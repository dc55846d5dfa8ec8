"""pytest fixtures: a test's parameter has the type that the fixture of that name returns or yields."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import class_of, decorator_names
from starlette_upgrade.semantics.types import (
    NONE,
    OPAQUE,
    UNKNOWN,
    FunctionType,
    Holding,
    Type,
    members,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Module, Place, Scope
    from starlette_upgrade.semantics.types import FunctionNode


class Fixtures:
    """Finds fixtures by name: in the test's class, its module, and the conftest.py files above it."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def parameter(self, binding: Binding, node: ast.arg, place: Place) -> Type:
        """The type of a parameter that has no telling annotation: from its default, or its fixture."""
        function = binding.statement
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return UNKNOWN
        default = _default(function, node)
        if default is not None:
            found = self._inference.type_of(default, place)
            return UNKNOWN if found in (OPAQUE, NONE) else found
        if isinstance(function, ast.Lambda):
            return UNKNOWN
        if not (function.name.startswith("test") or is_fixture(function)):
            return UNKNOWN
        if _is_parametrised(function, node.arg):
            return UNKNOWN
        for scope in self._scopes(place):
            found_fixture = self._in_scope(scope, node.arg, function)
            if found_fixture is not None:
                return self._value(found_fixture)
        return UNKNOWN

    def _scopes(self, place: Place) -> Iterator[Scope]:
        module: Module = place.scope.module
        if place.scope.is_class:
            for owner in self._inference.classes.line(class_of(place.scope)):
                if owner.scope is not None:
                    yield owner.scope
        yield module.scope
        for conftest in self._inference.project.conftests(module.document.path):
            if conftest is not module:
                yield conftest.scope

    def _in_scope(self, scope: Scope, name: str, asking: ast.AST) -> FunctionType | None:
        ensure_bound(scope)
        inference = self._inference
        if name in scope.names:
            for binding in reversed(scope.names[name]):
                found = inference.binding(binding)
                if isinstance(found, FunctionType) and found.node is not asking and is_fixture(found.node):
                    return found
        for bindings in scope.names.values():
            for binding in bindings:
                node = binding.node
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and fixture_name(node) == name:
                    return inference.classes.function(node, binding.place)
        if scope.stars and scope.node is scope.module.scope.node:
            starred = inference.member_of_module(scope.module, name)
            if isinstance(starred, FunctionType) and starred.node is not asking and is_fixture(starred.node):
                return starred
        return None

    def _value(self, fixture: FunctionType) -> Type:
        found = self._inference.calls.returned(fixture)
        return union(member.item if isinstance(member, Holding) else member for member in members(found))


def is_fixture(node: ast.AST) -> bool:
    return any("fixture" in name for name in decorator_names(node))


def _is_parametrised(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether `@pytest.mark.parametrize` gives the argument its values."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == "parametrize":
            indirect = any(keyword.arg == "indirect" for keyword in decorator.keywords)
            if decorator.args and not indirect and name in _argument_names(decorator.args[0]):
                return True
    return False


def _argument_names(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    texts = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    return [name for text in texts for name in re.split(r"[,\s]+", text)]


def fixture_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The name that `@pytest.fixture(name=…)` gives; None where the function's own name counts."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            for keyword in decorator.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    value = keyword.value.value
                    return value if isinstance(value, str) else None
    return None


def _default(function: FunctionNode, node: ast.arg) -> ast.expr | None:
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    if node in positional:
        number = positional.index(node) - (len(positional) - len(args.defaults))
        return args.defaults[number] if number >= 0 else None
    return args.kw_defaults[args.kwonlyargs.index(node)] if node in args.kwonlyargs else None
