"""Methods of an `HTTPEndpoint` for HTTP methods that it no longer answers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import holds
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import all_arguments, last_name
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Scope

_ENDPOINT = "starlette.endpoints.HTTPEndpoint"
# The registered methods that a Python name can have, and the usual ones of caches.
_VERBS = frozenset({
    "acl", "ban", "bind", "checkin", "checkout", "connect", "copy", "label", "link", "lock", "merge", "mkactivity",
    "mkcalendar", "mkcol", "mkredirectref", "mkworkspace", "move", "notify", "orderpatch", "propfind", "proppatch",
    "purge", "rebind", "report", "search", "subscribe", "trace", "unbind", "uncheckout", "unlink", "unlock",
    "unsubscribe", "updateredirectref",
})  # fmt: skip


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`async def purge(self, request)` and the like."""
    return _find(active, match, _VERBS, context)


def find_query(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`async def query(self, request)`."""
    return _find(active, match, ("query",), context)


def _find(active: ActiveRule, match: BehaviourMatch, verbs: Collection[str], context: Context) -> Iterator[Usage]:
    for scope in _classes(context.module.scope) if holds(context.module, match.words) else ():
        if not any(base.name == _ENDPOINT for base in context.inference.classes.line(class_of(scope))[1:]):
            continue
        assert isinstance(scope.node, ast.ClassDef)
        for method in scope.node.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) or method.name not in verbs:
                continue
            place = Place(scope, Block(scope.place.block if scope.place else None, None, "body"), method)
            if _answers(method) and not _is_called(method.name, scope.node) and not is_chosen(place):
                yield Usage(active, method, place, method.name, _ENDPOINT)


def _classes(scope: Scope) -> Iterator[Scope]:
    for inner in scope.functions.values():
        if inner.is_class:
            yield inner
            yield from _classes(inner)


def _answers(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method has the form of one that answers requests: it takes the request and nothing else."""
    return len(list(all_arguments(method.args))) == 2 and not method.decorator_list


def _is_called(name: str, cls: ast.ClassDef) -> bool:
    """Whether the class calls the method itself: then it helps another."""
    calls = (node.func for node in ast.walk(cls) if isinstance(node, ast.Call))
    return any(
        isinstance(function, ast.Attribute)
        and function.attr == name
        and last_name(function.value) in ("self", "cls")
        for function in calls
    )
