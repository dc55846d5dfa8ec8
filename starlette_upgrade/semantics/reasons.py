"""Reasons: in words and by place, what tells the type of an expression, or why nothing does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Reason
from starlette_upgrade.semantics.classes import decorator_names
from starlette_upgrade.semantics.fixtures import is_fixture
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import (
    NONE,
    UNKNOWN,
    ClassType,
    FunctionType,
    Instance,
    Method,
    ModuleType,
    Returning,
    Super,
    Symbol,
    Type,
    members,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Module, Place

_STEPS = 10


def reason_for(node: ast.expr, place: Place, inference: Inference) -> Reason:
    """Why an expression has the type that it has; `text` holds `{place}` where the place belongs."""
    found = inference.type_of(node, place)
    subject = f"`{_shown(node)}`"
    told = _Teller(inference).expression(node, place, _STEPS)
    if isinstance(node, ast.Name) and found != inference.name(node.id, place, node):
        told = "`isinstance` has told so before {place}", node, place.scope.module
    known = " or ".join(dict.fromkeys(filter(None, map(_name_of, members(found)))))
    if known and told is not None:
        because, at, module = told
        return _reason(f"{subject} is {known} because {because}", at, module)
    if known:
        return Reason(f"{subject} is {known}")
    if told is not None:
        because, at, module = told
        return _reason(f"nothing says what {subject} is: {because}", at, module)
    return Reason(f"nothing says what {subject} is")


Told = tuple[str, ast.AST, "Module"]


class _Teller:
    """Walks the way that inference took, and says the last step of it that a person has to know."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def expression(self, node: ast.expr, place: Place, steps: int) -> Told | None:
        if steps <= 0:
            return None
        if isinstance(node, ast.Name):
            bindings = self._inference.bindings_of(node.id, place, node)
            return self._bindings(bindings, steps) if isinstance(bindings, list) else None
        if isinstance(node, ast.Call):
            return self._call(node, place)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, place, steps)
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.expression(node.value, place, steps - 1)
        if isinstance(node, ast.BoolOp | ast.IfExp):
            values = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
            known = [value for value in values if self._inference.type_of(value, place) not in (UNKNOWN, NONE)]
            return self.expression((known or values)[0], place, steps - 1)
        return None

    def _bindings(self, bindings: Sequence[Binding], steps: int) -> Told | None:
        known = [binding for binding in bindings if self._inference.binding(binding) not in (UNKNOWN, NONE)]
        for binding in known or bindings:
            told = self._binding(binding, steps - 1)
            if told is not None:
                return told
        return None

    def _binding(self, binding: Binding, steps: int) -> Told | None:
        if steps <= 0:
            return None
        node, place = binding.node, binding.place
        module = place.scope.module
        if isinstance(node, ast.alias):
            return self._import(binding, node, place, steps)
        if isinstance(node, ast.arg):
            evidence = self._inference.parameters.evidence(binding, node, place)
            told = next((one for one in evidence if one.found != UNKNOWN), None)
            if told is None and self._is_given_by_pytest(binding):
                return f"no fixture `{node.arg}` is known {{place}}", node, module
            if told is None:
                return f"neither annotation nor caller tells of `{node.arg}` {{place}}", node, module
            return f"{told.words} {{place}}", told.node, told.module
        if isinstance(node, ast.ClassDef):
            return "of its class statement {place}", node, module
        if not isinstance(node, ast.expr):
            return None
        if binding.kind == "annotated" and self._inference.binding(binding) != UNKNOWN:
            declared = binding.annotation
            if declared is node or (
                declared is not None and self._inference.annotations.read(declared, place) != UNKNOWN
            ):
                return "it is annotated so {place}", declared or node, module
        if binding.kind == "with":
            return f"`with {_shown(node)}` gives it {{place}}", node, module
        if binding.kind in ("element", "item"):
            return "it is taken from what holds it {place}", node, module
        return self.expression(node, place, steps) or ("of what it is set to {place}", node, module)

    @staticmethod
    def _is_given_by_pytest(binding: Binding) -> bool:
        function = binding.statement
        return getattr(function, "name", "").startswith("test") or is_fixture(function)

    def _import(self, binding: Binding, node: ast.alias, place: Place, steps: int) -> Told | None:
        statement, project = binding.statement, self._inference.project
        module = None
        if isinstance(statement, ast.ImportFrom):
            module = project.source_of(statement, place.scope.module.document.path)
        if module is None:
            return "it is imported {place}", node, place.scope.module
        return self._bindings(module.scope.names.get(node.name, ()), steps - 1)

    def _attribute(self, node: ast.Attribute, place: Place, steps: int) -> Told | None:
        classes = self._inference.classes
        for owner in members(self._inference.type_of(node.value, place)):
            if isinstance(owner, ModuleType):
                return self._bindings(owner.module.scope.names.get(node.attr, ()), steps - 1)
            cls = owner if isinstance(owner, ClassType) else getattr(owner, "cls", None)
            if not isinstance(cls, ClassType):
                continue
            for base in classes.line(cls):
                if base.scope is None:
                    continue
                names = base.scope
                told = self._bindings(
                    [*names.self_attributes.get(node.attr, ()), *names.names.get(node.attr, ())], steps
                )
                if told is not None:
                    return told
                for binding in names.names.get(node.attr, ()):
                    if decorator_names(binding.node):
                        return f"the property `{node.attr}` gives one {{place}}", binding.node, names.module
            return f"`{_short(cls.name)}.{node.attr}` is one", node, place.scope.module
        return self.expression(node.value, place, steps - 1)

    def _call(self, node: ast.Call, place: Place) -> Told | None:
        called = f"`{_shown(node.func)}()`"
        if isinstance(self._inference.type_of(node, place), Super):
            return "of the class around it {place}", node, place.scope.module
        for function in members(self._inference.type_of(node.func, place)):
            if isinstance(function, ClassType):
                return f"{called} makes one {{place}}", node, place.scope.module
            if isinstance(function, FunctionType):
                found = self._inference.type_of(node, place)
                words = "returns something unknown" if found == UNKNOWN else "returns one"
                return f"{called} {{place}} {words}", function.node, function.scope.module
            if isinstance(function, Method | Returning) and function.result != UNKNOWN:
                return f"{called} gives one {{place}}", node, place.scope.module
            if isinstance(function, Instance) and self._inference.type_of(node, place) != UNKNOWN:
                return f"{called} gives one {{place}}", node, place.scope.module
        return f"nobody knows what {called} gives {{place}}", node, place.scope.module


def _name_of(found: Type) -> str:
    if isinstance(found, Instance):
        name = _short(found.cls.name)
        return f"{'an' if name[:1] in 'AEIOU' else 'a'} `{name}`"
    if isinstance(found, ClassType):
        return f"`{found.name}`"
    if isinstance(found, Method):
        return f"`{_short(found.owner)}.{found.name}`"
    if isinstance(found, Super):
        return f"a base of `{_short(found.cls.name)}`"
    if isinstance(found, Symbol) and not found.name.startswith("builtins."):
        return f"`{found.name}`"
    return ""


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _shown(node: ast.expr) -> str:
    """The expression, short enough for a sentence."""
    try:
        text = ast.unparse(node)
    except RecursionError:
        text = "\n"
    return text if len(text) <= 40 and "\n" not in text else f"…{last_name(node)}"


def _reason(text: str, node: ast.AST, module: Module) -> Reason:
    if "{place}" not in text:
        return Reason(text)
    return Reason(text, module.document.path, getattr(node, "lineno", 1))
