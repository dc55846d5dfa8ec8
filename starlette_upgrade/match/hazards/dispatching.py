"""The calls of what is next in a middleware, whatever that is called there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.call_next import MIDDLEWARE, is_dispatch
from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.places import holds
from starlette_upgrade.match.results import within
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.semantics.classes import class_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_CALL_NEXT = "starlette.middleware.base.RequestResponseEndpoint"


def calls_of_next(names: Collection[str], context: Context) -> Iterator[tuple[ast.Call, Place]]:
    """The calls of the `call_next` that a middleware is given; `names` are its usual ones."""
    for call, place in context.candidates.calls:
        if getattr(call.func, "id", "") in names and (
            is_object_of(call.func, place, context.inference, _CALL_NEXT) or is_dispatch(place, context)
        ):
            yield call, place
    if holds(context.module, (MIDDLEWARE.rpartition(".")[2],)):
        for scope in function_scopes(context.module.scope):
            name = _next_of(scope, context.inference)
            if name and name not in names:
                surroundings = inside(scope)
                for statement in getattr(scope.node, "body", ()):
                    for node in within(statement):
                        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                            yield node, surroundings.place(node)


def _next_of(scope: Scope, inference: Inference) -> str:
    """What the `dispatch` of a middleware class calls its last parameter."""
    node, outer = scope.node, scope.parent
    if not isinstance(node, ast.AsyncFunctionDef) or node.name != "dispatch" or outer is None or not outer.is_class:
        return ""
    is_ours = any(base.name == MIDDLEWARE for base in inference.classes.line(class_of(outer)))
    return node.args.args[2].arg if is_ours and len(node.args.args) == 3 else ""
