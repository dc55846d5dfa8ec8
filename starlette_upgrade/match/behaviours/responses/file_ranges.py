"""A `FileResponse` that answers a range, or refuses ranges, by hand: it answers them by itself now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_FILE = "starlette.responses.FileResponse"


def find_partial(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Constructions with the status 206."""
    return _find(active, context, _partial)


def find_header(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Constructions with a header that speaks of ranges, and the usual status."""
    return _find(active, context, _header)


def _find(
    active: ActiveRule, context: Context, sign_of: Callable[[ast.Call, Place], ast.expr | None]
) -> Iterator[Usage]:
    for call, place in context.candidates.calls:
        sign = sign_of(call, place)
        if sign is None or is_chosen(place):
            continue
        cls = class_named(call.func, place, context.inference, _FILE)
        if cls is not None and not any(
            context.inference.classes.defines(base, "__call__") for base in context.inference.classes.line(cls)
        ):
            yield Usage(active, sign, place, "FileResponse", _FILE, call, call)


def _partial(call: ast.Call, _: Place) -> ast.expr | None:
    status = argument_of(call, "status_code", 1)
    if status is None:
        return None
    value = status.value if isinstance(status, ast.Constant) else last_name(status)
    return status if value in (206, "HTTP_206_PARTIAL_CONTENT", "PARTIAL_CONTENT") else None


def _header(call: ast.Call, place: Place) -> ast.expr | None:
    status = argument_of(call, "status_code", 1)
    if status is not None and not (isinstance(status, ast.Constant) and status.value == 200):
        return None
    headers = argument_of(call, "headers", 2)
    if isinstance(headers, ast.Name):
        bindings = place.scope.names.get(headers.id, ())
        headers = bindings[0].node if len(bindings) == 1 and isinstance(bindings[0].node, ast.expr) else None
    for key, value in zip(headers.keys, headers.values, strict=True) if isinstance(headers, ast.Dict) else ():
        name = str(key.value).lower() if isinstance(key, ast.Constant) else ""
        refuses = name == "accept-ranges" and isinstance(value, ast.Constant) and value.value == "none"
        if refuses or name == "content-range":
            return key
    return None
