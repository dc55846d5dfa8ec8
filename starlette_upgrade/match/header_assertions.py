"""Assertions of tests about one header of a response: `assert response.headers["vary"] == "Origin"`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.places import holds, statements
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place

_RESPONSES = ("httpx.Response", "requests.Response")
_SAME = {ast.Eq: "is", ast.NotEq: "is not", ast.Is: "is", ast.IsNot: "is not"}
_METHODS = {"assertEqual": "is", "assertEquals": "is", "assertNotEqual": "is not"}


@dataclass(frozen=True, slots=True)
class HeaderAssertion:
    """What an assertion says of a header; `value` is None for one that is missing."""

    node: ast.expr
    place: Place
    says: Literal["is", "is not"]
    value: str | None


def header_assertions(name: str, context: Context) -> Iterator[HeaderAssertion]:
    """Every assertion in the module about the header `name` of what a test client received."""
    if not holds(context.module, (f"{quote}{word}{quote}" for word in (name, name.title()) for quote in "\"'")):
        return
    for place in statements(context.module):
        for comparison in _comparisons(place.statement):
            for node in ast.walk(comparison):
                if isinstance(node, ast.Attribute) and node.attr == "headers":
                    said = _said(comparison, node, name)
                    if said is not None and _is_response(node.value, place, context):
                        says, value = said
                        yield HeaderAssertion(comparison, place, says, value)


def _is_response(node: ast.expr, place: Place, context: Context) -> bool:
    inference = context.inference
    found = list(members(without_none(inference.type_of(node, place))))
    return bool(found) and all(
        isinstance(member, Instance) and any(cls.name in _RESPONSES for cls in inference.classes.line(member.cls))
        for member in found
    )


def _comparisons(statement: ast.stmt) -> Iterator[ast.expr]:
    """What an `assert`, or a call of unittest's, compares."""
    if isinstance(statement, ast.Assert):
        parts = statement.test.values if isinstance(statement.test, ast.BoolOp) else [statement.test]
        yield from (part for part in parts if isinstance(part, ast.Compare) and len(part.ops) == 1)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield statement.value


def _said(node: ast.expr, headers: ast.Attribute, name: str) -> tuple[Literal["is", "is not"], str | None] | None:
    if isinstance(node, ast.Call):
        operator, sides = last_name(node.func), node.args[:2]
        says = _METHODS.get(operator)
        is_in = {"assertIn": True, "assertNotIn": False}.get(operator)
    else:
        assert isinstance(node, ast.Compare)
        sides = [node.left, node.comparators[0]]
        says = _SAME.get(type(node.ops[0]))
        is_in = {ast.In: True, ast.NotIn: False}.get(type(node.ops[0]))
    if len(sides) != 2:
        return None
    if is_in is not None:
        if sides[1] is headers and _is_text(sides[0], name):
            return ("is not" if is_in else "is"), None
        return None
    for one, other in (sides, sides[::-1]):
        if says and _is_value_of(one, headers, name) and isinstance(other, ast.Constant):
            value = other.value if isinstance(other.value, str) else None
            return ("is" if says == "is" else "is not"), value
    return None


def _is_value_of(node: ast.expr, headers: ast.Attribute, name: str) -> bool:
    """`headers["name"]` or `headers.get("name")`."""
    if isinstance(node, ast.Subscript):
        return node.value is headers and _is_text(node.slice, name)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return node.func.value is headers and bool(node.args) and _is_text(node.args[0], name)
    return False


def _is_text(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() == name
