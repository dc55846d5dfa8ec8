"""Redirects to a URL with a space in it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_REDIRECT = "starlette.responses.RedirectResponse"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`RedirectResponse` of a literal URL, or an f-string, that holds a space."""
    for call, place in context.candidates.calls:
        url = argument_of(call, "url", 0)
        if url is None or not _has_space(url) or is_chosen(place):
            continue
        cls = context.inference.type_of(call.func, place)
        if isinstance(cls, ClassType) and cls.name == _REDIRECT:
            yield Usage(active, url, place, "url", _REDIRECT, call, call)


def _has_space(url: ast.expr) -> bool:
    parts = url.values if isinstance(url, ast.JoinedStr) else [url]
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value for part in parts
    )
