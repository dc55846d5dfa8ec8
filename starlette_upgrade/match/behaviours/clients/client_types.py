"""`isinstance` with a class of another package than the one that the test client's objects come from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, REQUEST, RESPONSE
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_OF_THE_CLIENT = frozenset({CLIENT, REQUEST, RESPONSE, "starlette.testclient.TestClientCookies"})
_REQUESTS = frozenset({
    "requests.PreparedRequest", "requests.Response", "requests.Session", "requests.cookies.RequestsCookieJar",
})  # fmt: skip
_HTTPX = frozenset({"httpx.Client", "httpx.Cookies", "httpx.Request", "httpx.Response"})


def find_requests(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`isinstance(response, requests.Response)`."""
    return _find(active, match, context, _REQUESTS)


def find_httpx(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`isinstance(response, httpx.Response)`, where `httpx` is not httpx2."""
    return iter(()) if "httpx2" in context.module.document.text else _find(active, match, context, _HTTPX)


def _find(active: ActiveRule, match: BehaviourMatch, context: Context, classes: frozenset[str]) -> Iterator[Usage]:
    for call, place in context.candidates.calls:
        if last_name(call.func) not in match.names or len(call.args) != 2:
            continue
        asked = call.args[1].elts if isinstance(call.args[1], ast.Tuple) else [call.args[1]]
        if all(context.inference.canonical(cls, place) in classes for cls in asked) and _is_of_the_client(
            call.args[0], place, context
        ):
            yield Usage(active, call, place, last_name(asked[0]), RESPONSE, None, call)


def _is_of_the_client(node: ast.expr, place: Place, context: Context) -> bool:
    found = list(members(without_none(context.inference.type_of(node, place))))
    return bool(found) and all(
        isinstance(member, Instance)
        and any(cls.name in _OF_THE_CLIENT for cls in context.inference.classes.line(member.cls))
        for member in found
    )
