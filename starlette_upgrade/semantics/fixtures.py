"""pytest fixtures: a test's parameter has the type that the fixture of that name returns or yields."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import class_of, decorator_names
from starlette_upgrade.semantics.parametrize import parameters_of
from starlette_upgrade.semantics.types import (
    UNKNOWN,
    ClassType,
    FunctionType,
    Instance,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Module, Place, Scope


REQUEST = "pytest.FixtureRequest"


class Fixtures:
    """Finds fixtures by name: in the test's class, its module, and the conftest.py files above it."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def named(self, name: str, place: Place, asking: ast.AST | None = None) -> Type:
        """What the fixture of that name gives to what is defined at `place`."""
        fixture = self.find(name, place, asking)
        if fixture is not None:
            return self._inference.calls.injected(fixture)
        return Instance(ClassType(REQUEST)) if name == "request" else UNKNOWN

    def find(self, name: str, place: Place, asking: ast.AST | None = None) -> FunctionType | None:
        """The fixture of that name, as seen from `place`; never the one that is `asking` itself."""
        found = (self._in_scope(scope, name, asking) for scope in self._scopes(place))
        return next((fixture for fixture in found if fixture is not None), None)

    def parameter_of_request(self, place: Place) -> Type:
        """`request.param`, inside a fixture."""
        scope: Scope | None = place.scope
        while scope is not None:
            node = scope.node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_fixture(node) and scope.place:
                return parameters_of(node, scope.place, self._inference)
            scope = scope.parent
        return UNKNOWN

    def value_by_name(self, node: ast.Call, place: Place) -> Type:
        """`request.getfixturevalue("name")`."""
        name = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
        scope: Scope | None = place.scope
        while scope is not None and not (scope.is_function and scope.place and not scope.place.scope.is_function):
            scope = scope.parent
        if not isinstance(name, str) or scope is None or scope.place is None:
            return UNKNOWN
        return self.named(name, scope.place, scope.node)

    def _scopes(self, place: Place) -> Iterator[Scope]:
        module: Module = place.scope.module
        if place.scope.is_class:
            for owner in self._inference.classes.line(class_of(place.scope)):
                if owner.scope is not None:
                    yield owner.scope
        yield module.scope
        yield from self._plugins(module)
        for conftest in self._inference.project.conftests(module.document.path):
            if conftest is not module:
                yield conftest.scope
                yield from self._plugins(conftest)

    def _plugins(self, module: Module) -> Iterator[Scope]:
        """The project's modules that `pytest_plugins` names."""
        for binding in module.scope.names.get("pytest_plugins", ()):
            listed = binding.node.elts if isinstance(binding.node, ast.List | ast.Tuple) else [binding.node]
            for node in listed:
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    plugin = self._inference.project.resolve(node.value, 0, module.document.path)
                    if plugin is not None:
                        yield plugin.scope

    def _in_scope(self, scope: Scope, name: str, asking: ast.AST | None) -> FunctionType | None:
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
            starred = inference.imports.member_of_module(scope.module, name)
            if isinstance(starred, FunctionType) and starred.node is not asking and is_fixture(starred.node):
                return starred
        return None


def is_fixture(node: ast.AST) -> bool:
    return any("fixture" in name for name in decorator_names(node))


def fixture_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The name that `@pytest.fixture(name=…)` gives; None where the function's own name counts."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            for keyword in decorator.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    value = keyword.value.value
                    return value if isinstance(value, str) else None
    return None
