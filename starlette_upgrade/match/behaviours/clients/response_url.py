"""The URL of a test client's response, used as the text that it was before 0.21."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT, REQUEST, RESPONSE
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import parents_at, uses_of
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_OWNERS = {"url": (RESPONSE, REQUEST), "base_url": (CLIENT,)}
# What a str has and an httpx.URL has not.
_OF_TEXT = frozenset({
    "casefold", "count", "encode", "endswith", "find", "format", "index", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split",
    "startswith", "strip", "title", "translate", "upper",
})  # fmt: skip
_TAKE_TEXT = frozenset({
    "findall", "finditer", "fullmatch", "len", "match", "search", "unquote", "urljoin", "urlparse", "urlsplit",
})  # fmt: skip


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`response.url` where a text is needed, directly or by the name that it is given."""
    for node, _, place in context.candidates.attributes:
        if node.attr not in match.attributes or not isinstance(node.ctx, ast.Load):
            continue
        found = context.inference.type_of(node.value, place)
        receiver = judge_receiver(found, node.attr, _OWNERS[node.attr], context.inference)
        if receiver is None or is_guarded(place, node.attr):
            continue
        parents = parents_at(place)
        for use in uses_of(node, parents):
            if _needs_text(use, parents):
                yield Usage(
                    active, node, place, node.attr, receiver.owner, None, None, receiver.certain, receiver.whole
                )
                break


def _needs_text(url: ast.expr, parents: Parents) -> bool:
    around = parents.get(url)
    if isinstance(around, ast.Attribute):
        return around.attr in _OF_TEXT
    if isinstance(around, ast.Compare):
        return url in around.comparators and isinstance(
            around.ops[around.comparators.index(url)], ast.In | ast.NotIn
        )
    if isinstance(around, ast.BinOp):
        return isinstance(around.op, ast.Add)
    if isinstance(around, ast.Subscript):
        return around.value is url
    return isinstance(around, ast.Call) and url in around.args and last_name(around.func) in _TAKE_TEXT
