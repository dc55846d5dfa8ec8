"""Headers of a response that are compared with a text: `response.headers["set-cookie"] == "…"`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_RESPONSES = frozenset({"starlette.responses.Response", "requests.Response", "httpx.Response"})
_METHODS_WITHOUT_HEAD = "DELETE, GET, OPTIONS, PATCH, POST, PUT"


def find_cookie(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """A whole `Set-Cookie` header, as Starlette writes it, without `SameSite`."""
    for constant, text, place in _compared(context, "set-cookie"):
        lowered = text.lower()
        if "=" in text.partition(";")[0] and "path=" in lowered and "samesite" not in lowered:
            yield Usage(active, constant, place, "set-cookie")


def find_methods(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """All methods as `allow_methods=["*"]` announced them before HEAD was among them."""
    for constant, text, place in _compared(context, "access-control-allow-methods"):
        if text == _METHODS_WITHOUT_HEAD:
            yield Usage(active, constant, place, "access-control-allow-methods")


def _compared(context: Context, header: str) -> Iterator[tuple[ast.Constant, str, Place]]:
    """The texts that a response's header is compared with."""
    for node, _, place in context.candidates.attributes:
        if node.attr != "headers":
            continue
        for compare in _comparisons(place.statement):
            left, right = compare.left, compare.comparators[0]
            for read, other in ((left, right), (right, left)):
                if (
                    _is_read(read, node, header)
                    and isinstance(other, ast.Constant)
                    and isinstance(other.value, str)
                    and not is_chosen(place)
                    and _is_response(node.value, place, context.inference)
                ):
                    yield other, other.value, place


def _comparisons(statement: ast.stmt) -> Iterator[ast.Compare]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            yield node


def _is_read(node: ast.expr, headers: ast.Attribute, name: str) -> bool:
    """Whether an expression is `headers[name]` or `headers.get(name)`."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript) and node.value is headers:
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.value is headers:
        key = node.args[0] if node.func.attr == "get" and node.args else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.lower() == name


def _is_response(node: ast.expr, place: Place, inference: Inference) -> bool:
    found = list(members(without_none(inference.type_of(node, place))))
    return all(
        isinstance(member, Instance) and any(cls.name in _RESPONSES for cls in inference.classes.line(member.cls))
        for member in found
    )
