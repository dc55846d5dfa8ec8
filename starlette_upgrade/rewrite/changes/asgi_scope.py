"""Where the scope of a request is at hand, and what takes it from there."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import replaced
from starlette_upgrade.rewrite.text.listing import argument, listing_of, with_listing

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place, Scope

_CONNECTION = "starlette.requests.HTTPConnection"
_ENDPOINTS = frozenset({"starlette.endpoints.HTTPEndpoint", "starlette.endpoints.WebSocketEndpoint"})


def plan_call(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`response(receive, send)` becomes `response(scope, receive, send)`."""
    assert usage.call is not None
    scope = scope_at(usage.place, context)
    if scope is None:
        return Refusal("there is no scope in sight")
    change = partial(_with_scope, scope=scope)
    return Plan((Edit(_statement(usage), context.module.document.span(usage.call), "Call", change),))


def plan_method(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """An attribute that said whether the request is one for the header becomes the question for its method."""
    scope = scope_at(usage.place, context)
    if scope is None:
        return Refusal("there is no scope in sight")
    node, parent, document = usage.node, usage.parent, context.module.document
    assert isinstance(node, ast.expr)
    statement = usage.place.statement
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return Plan((replaced(parent, statement, document, f'{scope}["method"] != "HEAD"'),))
    question = f'{scope}["method"] == "HEAD"'
    alone = isinstance(parent, ast.stmt | ast.BoolOp | ast.keyword | ast.IfExp | ast.Call)
    return Plan((replaced(node, statement, document, question if alone else f"({question})"),))


def scope_at(place: Place, context: Context) -> str | None:
    """An expression for the scope: a parameter, an attribute of `self`, or that of a request or websocket."""
    around: Scope | None = place.scope
    while around is not None and not around.is_class:
        if around.is_function:
            if "scope" in around.names:
                return "scope" if [binding.kind for binding in around.names["scope"]] == ["parameter"] else None
            connections = [
                name
                for name, bindings in around.names.items()
                if len(bindings) == 1 and bindings[0].kind == "parameter" and name != "self"
                if is_object(context.inference.binding(bindings[0]), context.inference, _CONNECTION)
            ]
            if len(connections) == 1:
                return f"{connections[0]}.scope"
            if "self" in around.names and around.parent is not None and _has_scope(around.parent, context):
                return "self.scope"
        around = around.parent
    return None


def _has_scope(cls: Scope, context: Context) -> bool:
    """Whether objects of a class have the scope as an attribute."""
    if not cls.is_class:
        return False
    from starlette_upgrade.semantics.classes import class_of

    line = context.inference.classes.line(class_of(cls))
    return "scope" in cls.self_attributes or any(base.name in _ENDPOINTS for base in line)


def _statement(usage: Usage) -> ast.stmt:
    """The innermost statement around the call, which may follow the one that made what is called."""
    from starlette_upgrade.match.results import above, parents_at

    parents = parents_at(usage.place)
    return next((node for node in above(usage.node, parents) if isinstance(node, ast.stmt)), usage.place.statement)


def _with_scope(call: cst.Call, *, scope: str) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    changed: cst.Call = with_listing(call, listing.inserted(0, argument(cst.parse_expression(scope))))
    return changed
