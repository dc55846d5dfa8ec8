"""`request.url`, which is made of what the client sends: its path, where that decides something, and its host."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import above, parents_at, uses_of
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_CONNECTION = "starlette.requests.HTTPConnection"
_AUTHORITY = ("hostname", "netloc", "port", "username", "password")


def find_path(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the path, or the whole URL as text, is asked about."""
    for url, place in _urls(context):
        parents = parents_at(place)
        for use in uses_of(url, parents):
            value = _path_of(use, parents)
            if value is not None and any(_decides(seen, parents) for seen in uses_of(value, parents)):
                yield Usage(active, value, place, ast.unparse(value), _CONNECTION)


def find_authority(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the host, or a part of it, is read."""
    for url, place in _urls(context):
        parents = parents_at(place)
        for use in uses_of(url, parents):
            read = parents.get(use)
            if isinstance(read, ast.Attribute) and read.attr in _AUTHORITY and isinstance(read.ctx, ast.Load):
                yield Usage(active, read, place, ast.unparse(read), _CONNECTION)


def _urls(context: Context) -> Iterator[tuple[ast.Attribute, Place]]:
    for node, _, place in context.candidates.attributes:
        if node.attr == "url" and isinstance(node.ctx, ast.Load):
            found = context.inference.type_of(node.value, place)
            receiver = judge_receiver(found, "url", (_CONNECTION,), context.inference)
            if receiver is not None and receiver.certain:
                yield node, place


def _path_of(url: ast.expr, parents: Parents) -> ast.expr | None:
    """`request.url.path` or `str(request.url)`"""
    parent = parents.get(url)
    if isinstance(parent, ast.Attribute) and parent.attr == "path" and isinstance(parent.ctx, ast.Load):
        return parent
    if (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Name)
        and parent.func.id == "str"
        and parent.args == [url]
    ):
        return parent
    return None


def _decides(value: ast.expr, parents: Parents) -> bool:
    """Whether a value is compared, or part of a condition."""
    inner: ast.AST = value
    for outer in above(value, parents):
        if isinstance(outer, ast.Compare):
            return True
        if isinstance(outer, ast.If | ast.While | ast.IfExp | ast.Assert):
            return inner is outer.test
        if isinstance(outer, ast.Match):
            return inner is outer.subject
        if isinstance(outer, ast.comprehension):
            return inner in outer.ifs
        if isinstance(outer, ast.JoinedStr | ast.stmt | ast.Lambda):
            return False
        inner = outer
    return False
