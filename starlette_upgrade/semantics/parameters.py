"""Parameters: what is passed for one that no annotation tells about."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.classes import class_of, decorator_names
from starlette_upgrade.semantics.fixtures import is_fixture
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.narrowing import asks_before
from starlette_upgrade.semantics.parametrize import MOCK, mocks, parametrized
from starlette_upgrade.semantics.roles import Evidence, Parameter
from starlette_upgrade.semantics.types import (
    NONE,
    OPAQUE,
    UNKNOWN,
    ClassType,
    FunctionType,
    Holding,
    Instance,
    Type,
    members,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.parametrize import Definition
    from starlette_upgrade.semantics.scopes import Binding, Place
    from starlette_upgrade.semantics.types import FunctionNode

# Decorators after which a function still takes what it took.
_KEEPING = frozenset({
    "abstractmethod", "asynccontextmanager", "cache", "classmethod", "contextmanager", "delete", "deprecated",
    "exception_handler", "final", "get", "head", "lru_cache", "middleware", "no_type_check", "on_event", "options",
    "override", "patch", "post", "put", "requires", "route", "staticmethod", "typechecked", "websocket",
    "websocket_route", "wraps",
})  # fmt: skip
_DEPENDENCIES = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.param_functions.Depends"})


class Parameters:
    """In this order: `self`, the annotation, the default, a fixture, the base's method, a role, the callers."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._told_by_callers: set[int] = set()

    def read(self, binding: Binding, node: ast.arg, place: Place) -> Type:
        """The type of a parameter; `place` is where its function is defined."""
        told = self.evidence(binding, node, place)
        # There may be callers that nobody has seen: what is known of some is not known of all.
        unseen = [UNKNOWN] if any(evidence.by_caller for evidence in told) else []
        return union([*(evidence.found for evidence in told), *unseen])

    def evidence(self, binding: Binding, node: ast.arg, place: Place) -> list[Evidence]:
        """What tells the type of a parameter: the first of the possible sources that says something."""
        function = binding.statement
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return []
        for answer in self._answers(binding, node, function, place):
            told = [evidence for evidence in answer if evidence.found != UNKNOWN]
            if told:
                if any(evidence.by_caller for evidence in told):
                    self._told_by_callers.add(id(binding))
                return answer
        return []

    def holds_at(self, binding: Binding, place: Place) -> bool:
        """Whether what is known of a parameter holds at a place in its function.

        What callers pass need not get to code that asks for something else first: `if kind == "flask": …`.
        """
        return id(binding) not in self._told_by_callers or not asks_before(place)

    def _answers(
        self, binding: Binding, node: ast.arg, function: FunctionNode, place: Place
    ) -> Iterator[list[Evidence]]:
        inference, module = self._inference, place.scope.module
        if place.scope.is_class and binding.index == 0:
            owner = inference.classes.first_parameter(binding, place)
            if owner is not None:
                yield [Evidence(owner, f"`{node.arg}` is the object that the method belongs to", node, module)]
                return
        args = function.args
        if node in (args.vararg, args.kwarg):
            each = UNKNOWN if node.annotation is None else inference.annotations.read(node.annotation, place)
            yield [Evidence(Holding(each, keyed=node is args.kwarg), "it is annotated so", node, module)]
            return
        if node.annotation is not None:
            yield [Evidence(self._declared(node.annotation, place), "it is annotated so", node, module)]
        default = _default(function, node)
        if default is not None:
            yield [Evidence(self._by_default(default, place), "its default gives one", default, module)]
        if isinstance(function, ast.Lambda):
            return
        is_method = place.scope.is_class and "staticmethod" not in decorator_names(function)
        number = binding.index
        parameter = Parameter(node.arg, number - 1 if is_method and number is not None else number)
        if parameter.number is not None and parameter.number < mocks(function):
            yield [Evidence(Instance(ClassType(MOCK)), f"`patch` gives `{node.arg}`", node, module)]
            return
        if default is None and (function.name.startswith("test") or is_fixture(function)):
            yield [self._by_pytest(function, node, place)]
            return
        if is_method and parameter.number is not None:
            overridden = self._overridden(class_of(place.scope), function.name, parameter.number)
            yield [Evidence(overridden, f"`{function.name}` is called with one", node, module)]
        decorated = inference.roles.decorated(function, place, parameter)
        yield [Evidence(decorated, f"the decorator of `{function.name}` calls it with one", node, module)]
        if not decorator_names(function) <= _KEEPING:
            return  # what is called may be another function, with other parameters
        itself = FunctionType(function, place.scope.functions[id(function)], id(function))
        yield inference.roles.handed_over(itself, function.name, parameter)
        yield self._passed(itself, function.name, parameter, place)

    def _by_pytest(self, function: Definition, node: ast.arg, place: Place) -> Evidence:
        """What a test, or a fixture, is given: by `parametrize`, else by the fixture of that name."""
        inference, module = self._inference, place.scope.module
        listed = parametrized(function, node.arg, place, inference)
        if listed is not None:
            return Evidence(listed, f"a mark lists what `{node.arg}` is", node, module)
        given = inference.fixtures.named(node.arg, place, function)
        fixture = inference.fixtures.find(node.arg, place, function)
        at = (node, module) if fixture is None else (fixture.node, fixture.scope.module)
        asks_the_test = is_fixture(function) and function.name != node.arg and given != UNKNOWN
        if asks_the_test and inference.project.is_made_elsewhere(node.arg, at[1]):
            given = union((given, UNKNOWN))  # the nearest to the test counts, not the nearest to this fixture
        return Evidence(given, f"the fixture `{node.arg}` gives one", *at)

    def _declared(self, annotation: ast.expr, place: Place) -> Type:
        """What an annotation says, or in `Annotated[…, Depends(get)]` what `get` gives."""
        found = self._inference.annotations.read(annotation, place)
        if found == UNKNOWN and isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            told = (self._by_dependency(node, place) for node in annotation.slice.elts[1:])
            found = next((known for known in told if known is not None), UNKNOWN)
        return found

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

    def _passed(self, function: FunctionType, name: str, parameter: Parameter, place: Place) -> list[Evidence]:
        """What the callers pass; None and plain values are what others test for before they use it."""
        inference, home = self._inference, function.scope.module
        found: list[Evidence] = []
        cls = class_of(place.scope) if place.scope.is_class and name == "__init__" else None
        names = (name,) if cls is None else (getattr(place.scope.node, "name", ""), name)
        for word in names:
            for call, at in inference.uses.called(word, home):
                if cls is not None and last_name(call.func) == "__init__":
                    continue  # what one subclass passes says nothing of its siblings
                for member in members(inference.type_of(call.func, at)):
                    skip = _bound_arguments(member, function, cls)
                    if skip is None:
                        continue
                    node = argument_of(call, parameter.name, parameter.number, skip)
                    passed = NONE if node is None else inference.type_of(node, at)
                    if passed not in (NONE, OPAQUE):
                        words = f"`{word}(…)` is called with one"
                        found.append(Evidence(passed, words, call, at.scope.module, by_caller=True))
        return found


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
