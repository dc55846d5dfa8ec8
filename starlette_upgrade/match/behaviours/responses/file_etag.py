"""The etag of a `FileResponse`, which has its quotes already."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Surroundings
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_FILE = "starlette.responses.FileResponse"
_QUOTES = ('"', '"')


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where quotes are put around the etag, and where it is compared with a bare digest."""
    for scope in function_scopes(context.module.scope):
        surroundings = inside(scope)
        for node in ast.walk(scope.node):
            if not _is_etag(node) or not surroundings.is_own(node):
                continue
            assert isinstance(node, ast.Subscript)
            assert isinstance(node.value, ast.Attribute)
            if not (_is_quoted(node, surroundings) or _is_compared_with_digest(node, surroundings)):
                continue
            place = surroundings.place(node)
            found = context.inference.type_of(node.value.value, place)
            receiver = judge_receiver(found, "headers", (_FILE,), context.inference)
            if receiver is not None and receiver.certain and not is_chosen(place):
                yield Usage(active, node, place, "etag", _FILE, surroundings.parent(node), whole=False)


def _is_etag(node: ast.AST) -> bool:
    """`response.headers["etag"]`, read."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.slice, ast.Constant)
        and str(node.slice.value).lower() == "etag"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "headers"
    )


def _is_quoted(node: ast.expr, surroundings: Surroundings) -> bool:
    parent = surroundings.parent(node)
    if isinstance(parent, ast.FormattedValue):
        whole = surroundings.parent(parent)
        parts = whole.values if isinstance(whole, ast.JoinedStr) else []
        before = parts[parts.index(parent) - 1] if parent in parts[1:] else None
        return isinstance(before, ast.Constant) and str(before.value).endswith('"')
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
        other = parent.left if parent.right is node else parent.right
        return isinstance(other, ast.Constant) and other.value in _QUOTES
    return False


def _is_compared_with_digest(node: ast.expr, surroundings: Surroundings) -> bool:
    parent = surroundings.parent(node)
    if not isinstance(parent, ast.Compare) or len(parent.ops) != 1:
        return False
    other = parent.comparators[0] if parent.left is node else parent.left
    return isinstance(other, ast.Call) and last_name(other.func) == "hexdigest"
