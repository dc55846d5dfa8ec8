"""Tests of `Access-Control-Allow-Origin` that hold only while a cookie decides what it says."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_CORS = "starlette.middleware.cors.CORSMiddleware"
_HEADER = "access-control-allow-origin"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons of the header with what the module's own CORSMiddleware no longer sends."""
    document = context.module.document
    if _HEADER not in document.text.lower():
        return
    made = [call for call, place in context.candidates.calls if _makes_cors(call, place, context)]
    credentials = _of_wildcard(made[0]) if len(made) == 1 else None
    if credentials is None:
        return
    for statement in ast.walk(document.tree):
        if not isinstance(statement, ast.Assert):
            continue
        for node in ast.walk(statement.test):
            expected = _expected(node) if isinstance(node, ast.Compare) else None
            if expected is not None and (expected == "*") == credentials:
                place = Place(context.module.scope, Block(None, None, "body"), statement)
                yield Usage(active, statement.test, place, "allow_credentials", _CORS)


def _makes_cors(call: ast.Call, place: Place, context: Context) -> bool:
    named = (call.func, *call.args[:1])
    return any(class_named(node, place, context.inference, _CORS) is not None for node in named)


def _of_wildcard(call: ast.Call) -> bool | None:
    """Whether credentials are allowed for every origin; None if not every origin is, or it is not plain to see."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    origins, credentials = given.get("allow_origins"), given.get("allow_credentials", ast.Constant(False))
    if None in given or len(call.args) > 1 or not isinstance(origins, ast.List | ast.Tuple | ast.Set):
        return None
    if not isinstance(credentials, ast.Constant) or not isinstance(credentials.value, bool):
        return None
    every = any(isinstance(origin, ast.Constant) and origin.value == "*" for origin in origins.elts)
    return credentials.value if every else None


def _expected(node: ast.Compare) -> str | None:
    """The text that the header is compared with."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return None
    for header, text in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
        if _is_header(header) and isinstance(text, ast.Constant) and isinstance(text.value, str):
            return text.value
    return None


def _is_header(node: ast.expr) -> bool:
    """`response.headers["access-control-allow-origin"]`, or the same with `get`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        owner, key = node.func.value, node.args[0] if node.args else None
    elif isinstance(node, ast.Subscript):
        owner, key = node.value, node.slice
    else:
        return False
    is_headers = isinstance(owner, ast.Attribute) and owner.attr == "headers"
    return is_headers and isinstance(key, ast.Constant) and str(key.value).lower() == _HEADER
