"""Requests whose redirect a test looks at, by methods with which the test client did not follow it before 0.21."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, client_calls
from starlette_upgrade.match.results import parents_at, uses_of
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_CODES = frozenset({301, 302, 303, 307, 308})
_NAMES = re.compile(
    r"HTTP_30[12378]_\w+|MOVED_PERMANENTLY|FOUND|SEE_OTHER|TEMPORARY_REDIRECT|PERMANENT_REDIRECT"
    r"|found|see_other|moved_permanently|temporary_redirect|permanent_redirect"
)
_DECIDED = frozenset({"allow_redirects", "follow_redirects", None})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Requests that leave it to the client what to do with a redirect, and whose response is asked for one."""
    if ".follow_redirects" in context.module.document.text:
        return  # the client was told otherwise
    for found in client_calls(context, match.names):
        if _is_decided(found.call) or _is_decided_for_all(found.call, found.place, context):
            continue
        if is_asked_for_redirect(found.call, found.place):
            name, call = "follow_redirects", found.call
            yield Usage(active, call, found.place, name, CLIENT, call, call, found.certain, found.whole)


def is_asked_for_redirect(call: ast.Call, place: Place) -> bool:
    """Whether a test looks at the redirect that a request may give."""
    parents = parents_at(place)
    return any(_asks_for_redirect(use, parents) for use in uses_of(call, parents))


def _is_decided(call: ast.Call) -> bool:
    return not _DECIDED.isdisjoint(keyword.arg for keyword in call.keywords)


def _is_decided_for_all(call: ast.Call, place: Place, context: Context) -> bool:
    """Whether the client was made with a word on redirects, which clients of requests did not take."""
    assert isinstance(call.func, ast.Attribute)
    found = context.inference.type_of(call.func.value, place)
    return any(
        isinstance(m, Instance) and m.origin is not None and _is_decided(m.origin[0]) for m in members(found)
    )


def _asks_for_redirect(response: ast.expr, parents: Parents) -> bool:
    attribute = parents.get(response)
    if not (isinstance(attribute, ast.Attribute) and attribute.value is response):
        return False
    around = parents.get(attribute)
    if attribute.attr == "status_code":
        return _is_compared_with_redirect(attribute, around)
    if attribute.attr == "headers":
        return _is_asked_for_location(attribute, around, parents)
    return attribute.attr in ("is_redirect", "next")


def _is_compared_with_redirect(status: ast.expr, around: ast.AST | None) -> bool:
    if isinstance(around, ast.Compare) and len(around.ops) == 1:
        other = around.comparators[0] if around.left is status else around.left
        return isinstance(around.ops[0], ast.Eq | ast.In) and _is_redirect(other)
    if isinstance(around, ast.Call) and last_name(around.func).startswith("assert"):
        return any(_is_redirect(argument) for argument in around.args if argument is not status)
    return False


def _is_redirect(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return bool(node.elts) and all(_is_redirect(element) for element in node.elts)
    if isinstance(node, ast.Constant):
        return node.value in _CODES
    name = last_name(node)
    return name != "value" and bool(_NAMES.fullmatch(name))


def _is_asked_for_location(headers: ast.expr, around: ast.AST | None, parents: Parents) -> bool:
    if isinstance(around, ast.Subscript):
        return _is_location(around.slice)
    if isinstance(around, ast.Attribute) and around.attr == "get":
        call = parents.get(around)
        return isinstance(call, ast.Call) and bool(call.args) and _is_location(call.args[0])
    return isinstance(around, ast.Compare) and isinstance(around.ops[0], ast.In) and _is_location(around.left)


def _is_location(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() == "location"
