"""Handlers of an app or router that has a `lifespan`: they never run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named, is_given
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import FunctionType, Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_APPLICATION = "starlette.applications.Starlette"
_ROUTER = "starlette.routing.Router"
_HANDLERS = ("on_startup", "on_shutdown")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Handlers that a router is given beside the lifespan, and those added to such an app or router."""
    yield from _given(active, context)
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.attributes:
            continue
        found = context.inference.type_of(node.value, place)
        receiver = judge_receiver(found, node.attr, (_APPLICATION, _ROUTER), context.inference)
        if receiver is None or not receiver.whole or is_guarded(place, node.attr):
            continue
        if _has_lifespan(node.value, place, context):
            call = parent if isinstance(parent, ast.Call) and parent.func is node else None
            yield Usage(active, node, place, node.attr, receiver.owner, parent, call)


def _given(active: ActiveRule, context: Context) -> Iterator[Usage]:
    for call, place in context.candidates.calls:
        handlers = [keyword for keyword in call.keywords if keyword.arg in _HANDLERS and _is_filled(keyword.value)]
        if not handlers or not _is_function(argument_of(call, "lifespan", None), place, context):
            continue
        cls = class_named(call.func, place, context.inference, _ROUTER)
        if cls is not None and cls.name == _ROUTER and not is_guarded(place, "lifespan"):
            yield Usage(active, handlers[0], place, str(handlers[0].arg), _ROUTER, call, call)


def _is_filled(value: ast.expr) -> bool:
    return is_given(value) and not (isinstance(value, ast.List | ast.Tuple) and not value.elts)


def _has_lifespan(node: ast.expr, place: Place, context: Context) -> bool:
    """Whether the app or router was made with a lifespan, as far as its construction is in sight."""
    if isinstance(node, ast.Attribute) and node.attr == "router":
        return _has_lifespan(node.value, place, context)
    found = list(members(without_none(context.inference.type_of(node, place))))
    if len(found) != 1 or not isinstance(found[0], Instance) or found[0].origin is None:
        return False
    made, where = found[0].origin
    cls = class_named(made.func, where, context.inference, _APPLICATION, _ROUTER)
    return (
        cls is not None and cls.scope is None and _is_function(argument_of(made, "lifespan", None), where, context)
    )


def _is_function(node: ast.expr | None, place: Place, context: Context) -> bool:
    """Whether an argument is a function, and not perhaps None."""
    return node is not None and isinstance(context.inference.type_of(node, place), FunctionType)
