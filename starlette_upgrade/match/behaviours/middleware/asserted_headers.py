"""Tests that compare a header which another one joined: `Vary` of CORS, `Allow` of an `HTTPEndpoint`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.header_assertions import header_assertions
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_CORS = "starlette.middleware.cors.CORSMiddleware"
_ENDPOINT = "starlette.endpoints.HTTPEndpoint"


def find_vary(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Certain in a module that sets up CORS itself: nothing tells what the application of another one does."""
    for said in header_assertions("vary", context) if "CORSMiddleware" in context.named_near else ():
        is_lost = said.says == "is" and "origin" not in (said.value or "").lower()
        if is_lost and not is_chosen(said.place):
            certain = _names("CORSMiddleware", context)
            yield Usage(active, said.node, said.place, "vary", _CORS, certain=certain, whole=certain)


def find_allow(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Certain in a module that names HTTPEndpoint itself, and no FastAPI, whose routes have their own rules."""
    for said in header_assertions("allow", context) if "HTTPEndpoint" in context.named_near else ():
        methods = [part.strip() for part in (said.value or "").split(",")]
        is_lost = said.says == "is" and "GET" in methods and "HEAD" not in methods
        if is_lost and not is_chosen(said.place):
            certain = _names("HTTPEndpoint", context) and "fastapi" not in context.module.document.text
            yield Usage(active, said.node, said.place, "allow", _ENDPOINT, certain=certain, whole=certain)


def _names(cls: str, context: Context) -> bool:
    return any(
        getattr(node, "id", getattr(node, "attr", "")) == cls for node in ast.walk(context.module.document.tree)
    )
