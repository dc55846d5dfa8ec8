"""Errors of another package than the test client's, expected around `raise_for_status()` of its response."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import RESPONSE
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import above, parents_at
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_ALL = frozenset({"Exception", "BaseException"})
_RAISES = frozenset({"assertRaises", "assertRaisesRegex", "raises"})


def find_requests(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`except requests.HTTPError`, `pytest.raises(requests.exceptions.RequestException)`."""
    return _find(active, match, context, "requests")


def find_httpx(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`except httpx.HTTPStatusError`, where `httpx` is not httpx2."""
    return iter(()) if "httpx2" in context.module.document.text else _find(active, match, context, "httpx")


def _find(active: ActiveRule, match: BehaviourMatch, context: Context, package: str) -> Iterator[Usage]:
    for call, place in context.candidates.calls:
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr in match.names):
            continue
        found = context.inference.type_of(function.value, place)
        receiver = judge_receiver(found, function.attr, (RESPONSE,), context.inference)
        if receiver is None:
            continue
        expected = list(_expected(call, parents_at(place)))
        if any(last_name(error) in _ALL for error in expected):
            continue
        for error in expected:
            name = context.inference.canonical(error, place) or ""
            if name.split(".")[0] == package:
                yield Usage(active, error, place, last_name(error), RESPONSE, None, call, receiver.certain)


def _expected(call: ast.Call, parents: Parents) -> Iterator[ast.expr]:
    """The exceptions that are caught, or expected, around a call."""
    inner: ast.AST = call
    for node in above(call, parents):
        if isinstance(node, ast.Try) and inner in node.body:
            for handler in node.handlers:
                yield from _parts(handler.type) if handler.type is not None else (ast.Name("BaseException"),)
        elif isinstance(node, ast.With):
            for item in node.items:
                manager = item.context_expr
                if isinstance(manager, ast.Call) and last_name(manager.func) in _RAISES and manager.args:
                    yield from _parts(manager.args[0])
        inner = node


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]
