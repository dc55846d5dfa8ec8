"""The header of private networks set by hand, beside a CORSMiddleware that refuses them now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_CORS = "starlette.middleware.cors.CORSMiddleware"
_HEADER = "access-control-allow-private-network"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`response.headers["Access-Control-Allow-Private-Network"] = …` in a module that has a CORSMiddleware."""
    document = context.module.document
    if _HEADER not in document.text.lower() or "allow_private_network" in document.text:
        return
    if not _has_cors(context):
        return
    for statement in ast.walk(document.tree):
        if not isinstance(statement, ast.Assign):
            continue
        for target in statement.targets:
            if _is_header(target):
                place = Place(context.module.scope, Block(None, None, "body"), statement)
                yield Usage(active, target, place, "allow_private_network", _CORS)


def _has_cors(context: Context) -> bool:
    place = Place(context.module.scope, Block(None, None, "body"), context.module.document.tree.body[-1])
    return any(
        context.inference.name(alias.asname or alias.name, place) == context.inference.catalogue.find(_CORS)
        for statement in context.module.document.tree.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
        if alias.name == "CORSMiddleware"
    )


def _is_header(target: ast.expr) -> bool:
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Attribute)
        and target.value.attr == "headers"
        and isinstance(target.slice, ast.Constant)
        and str(target.slice.value).lower() == _HEADER
    )
