"""Roles: what a function takes because of where it is handed over, or of the decorator that it stands under."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import (
    UNKNOWN,
    ClassType,
    FunctionType,
    Instance,
    Method,
    Symbol,
    Type,
    members,
    union_of_known,
)

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Module, Place
    from starlette_upgrade.semantics.uses import HandOver


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A type, and in words and by place what tells it."""

    found: Type
    words: str
    node: ast.AST
    module: Module
    by_caller: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """The parameter that is asked about: its name, and its number among those that a caller fills by position."""

    name: str
    number: int | None


class Roles:
    """Reads `[[role]]` and `[[decorator]]` of the model."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def handed_over(self, function: FunctionType, name: str, parameter: Parameter) -> list[Evidence]:
        """What a parameter is, by every call that the project hands the function (called `name`) to."""
        inference = self._inference
        found: list[Evidence] = []
        for over in inference.uses.handed(name, function.scope.module, self._takers):
            rows = self._rows_of(over.call.func, over.place, self._roles)
            if rows and _is(inference.type_of(over.node, over.place), function):
                told = union_of_known(self._given(over, row, itself, parameter) for row, itself in rows)
                if told != UNKNOWN:
                    words = f"`{name}` is handed to `{last_name(over.call.func)}`"
                    found.append(Evidence(told, words, over.call, over.place.scope.module))
        return found

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place, parameter: Parameter) -> Type:
        """What a parameter is, by the decorators above the function."""
        found: list[Type] = []
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            for row, itself in self._rows_of(target, place, self._decorators):
                found.append(self._taken(row, parameter, itself))
        return union_of_known(found)

    def _given(self, over: HandOver, row: Row, itself: Type, parameter: Parameter) -> Type:
        names = [row["argument"]] if isinstance(row["argument"], str) else row["argument"]
        if over.keyword is None:
            if over.position is None or over.position != row.get("position"):
                return UNKNOWN
        elif over.keyword not in names:
            return UNKNOWN
        if "of" in row and not self._is_first(over, row["of"]):
            return UNKNOWN
        return self._passed_on(over, parameter) if row.get("rest") else self._taken(row, parameter, itself)

    def _taken(self, row: Row, parameter: Parameter, itself: Type) -> Type:
        takes = row.get("takes", ())
        if parameter.name in row.get("named", {}):
            return self._inference.catalogue.parse(row["named"][parameter.name])
        if parameter.number is None or parameter.number >= len(takes):
            return UNKNOWN
        text = takes[parameter.number]
        return itself if text == "self" else self._inference.catalogue.parse(text)

    def _passed_on(self, over: HandOver, parameter: Parameter) -> Type:
        """What a call hands on to the function among its own arguments."""
        node = argument_of(over.call, parameter.name, parameter.number, (over.position or 0) + 1)
        return UNKNOWN if node is None else self._inference.type_of(node, over.place)

    def _is_first(self, over: HandOver, name: str) -> bool:
        if not over.call.args:
            return False
        first = self._inference.type_of(over.call.args[0], over.place)
        line = self._inference.classes.line(first) if isinstance(first, ClassType) else ()
        return any(cls.name == name for cls in line)

    def _rows_of(self, target: ast.expr, place: Place, table: dict[str, list[Row]]) -> list[tuple[Row, Type]]:
        """The rows that speak of what is called, each with the object that it makes or is a method of."""
        found: list[tuple[Row, Type]] = []
        for member in members(self._inference.type_of(target, place)):
            name, itself = self._known_as(member, table)
            found.extend((row, itself) for row in table.get(name, ()))
        return found

    def _known_as(self, found: Type, table: dict[str, list[Row]]) -> tuple[str, Type]:
        """The name in the table under which a function, class or method is known, or else ""."""
        classes = self._inference.classes
        if isinstance(found, Symbol):
            return found.name, UNKNOWN
        if isinstance(found, ClassType):
            name = next((cls.name for cls in classes.line(found) if cls.name in table), "")
            return name, Instance(found)
        if isinstance(found, Method):
            cls = getattr(found.receiver, "cls", None)
            if isinstance(cls, ClassType):
                owners = tuple(name.rpartition(".")[0] for name in table if name.endswith(f".{found.name}"))
                owner = classes.owner(cls, found.name, owners) if owners else None
                return f"{owner}.{found.name}", found.receiver
        return "", UNKNOWN

    @cached_property
    def _takers(self) -> frozenset[str]:
        return frozenset(name.rpartition(".")[2] for name in self._roles)

    @cached_property
    def _roles(self) -> dict[str, list[Row]]:
        return _by_name(self._inference.catalogue.roles)

    @cached_property
    def _decorators(self) -> dict[str, list[Row]]:
        return _by_name(self._inference.catalogue.decorators)


def _by_name(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        for name in row["callables"]:
            found.setdefault(name, []).append(row)
    return found


def _is(found: Type, function: FunctionType) -> bool:
    return any(isinstance(member, FunctionType) and member.key == function.key for member in members(found))
