"""Requests that a test sends: calls of the methods of a TestClient."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place

CLIENT = "starlette.testclient.TestClient"
# What the model calls the objects that a test client gives, which came from requests and come from httpx.
RESPONSE = "starlette.testclient.TestClientResponse"
REQUEST = "starlette.testclient.TestClientRequest"

METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "request"})
# What they took by keyword in some release. Whoever passes something else has another client, or a patched one.
_KEYWORDS = frozenset({
    "allow_redirects", "auth", "cert", "content", "cookies", "data", "extensions", "files", "follow_redirects",
    "headers", "hooks", "json", "method", "params", "proxies", "stream", "subprotocols", "timeout", "url", "verify",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClientCall:
    """A call of a request method on a test client. `certain` and `whole` as in Usage."""

    call: ast.Call
    method: str
    place: Place
    certain: bool
    whole: bool

    def keyword(self, name: str) -> ast.keyword | None:
        """The argument of that name, if it is written in the call."""
        return next((keyword for keyword in self.call.keywords if keyword.arg == name), None)


def client_calls(context: Context, methods: Collection[str] = METHODS) -> Iterator[ClientCall]:
    """Every collected call of one of `methods` on what is known to be a test client."""
    for call, place in context.candidates.calls:
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr in methods):
            continue
        if any(keyword.arg is not None and keyword.arg not in _KEYWORDS for keyword in call.keywords):
            continue
        found = context.inference.type_of(function.value, place)
        receiver = judge_receiver(found, function.attr, (CLIENT,), context.inference)
        if receiver is not None and not is_guarded(place, function.attr):
            yield ClientCall(call, function.attr, place, receiver.certain, receiver.whole)
