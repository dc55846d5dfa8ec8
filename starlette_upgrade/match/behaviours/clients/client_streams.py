"""`with client.stream(…)` around or before something that happens only when the body is read, since 1.9."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, client_calls
from starlette_upgrade.match.results import above, following, parents_at, readings, within
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

# What of a response is there before its body is.
_OF_THE_START = frozenset({
    "charset_encoding", "cookies", "encoding", "extensions", "has_redirect_location", "headers", "history",
    "http_version", "is_client_error", "is_error", "is_informational", "is_redirect", "is_server_error",
    "is_success", "reason_phrase", "request", "status_code", "url",
})  # fmt: skip
_RAISES = frozenset({"assertRaises", "assertRaisesRegex", "raises"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Streams before whose body is read an error is expected, or something else than the response is asserted."""
    for found in client_calls(context, match.names):
        parents = parents_at(found.place)
        item = parents.get(found.call)
        entered = parents.get(item) if isinstance(item, ast.withitem) else None
        if not (isinstance(item, ast.withitem) and isinstance(entered, ast.With)):
            continue
        if _counts_on_the_end(entered, getattr(item.optional_vars, "id", ""), parents):
            yield Usage(
                active, found.call, found.place, "stream", CLIENT, None, found.call, found.certain, found.whole
            )


def _counts_on_the_end(entered: ast.With, response: str, parents: Parents) -> bool:
    for statement in entered.body:
        if _is_read(statement, response, parents):
            return False
        if _asserts_something_else(statement, response):
            return True
    if _expects_error(entered, parents):
        return True
    return any(_asserts_something_else(statement, response) for statement in following(entered, parents))


def _is_read(statement: ast.stmt, response: str, parents: Parents) -> bool:
    """Whether a statement does more with the response than to look at its start."""
    for name in readings(statement, response) if response else ():
        around = parents.get(name)
        if not (isinstance(around, ast.Attribute) and around.attr in _OF_THE_START):
            return True
    return False


def _asserts_something_else(statement: ast.stmt, response: str) -> bool:
    for node in within(statement):
        is_assertion = isinstance(node, ast.Assert) or (
            isinstance(node, ast.Call) and last_name(node.func).startswith("assert")
        )
        if is_assertion and not any(readings(node, response)):
            return True
    return False


def _expects_error(entered: ast.With, parents: Parents) -> bool:
    managers = [item.context_expr for item in entered.items]
    for node in above(entered, parents):
        if isinstance(node, ast.With):
            managers += [item.context_expr for item in node.items]
    return any(isinstance(manager, ast.Call) and last_name(manager.func) in _RAISES for manager in managers)
