"""Middleware that hands its own `receive` to what comes behind it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.call_next import is_dispatch
from starlette_upgrade.match.guards import is_caught, is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_REQUEST = "starlette.requests.Request"


def find_assigned(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`request._receive = receive`, in a dispatch function or in what it calls for that."""
    if "http.disconnect" in context.module.document.text:
        return  # it ends as a server's would, which is all that is asked of it
    inference = context.inference
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.attributes or not isinstance(node.ctx, ast.Store):
            continue
        receiver = judge_receiver(inference.type_of(node.value, place), node.attr, (_REQUEST,), inference)
        if receiver is None or not receiver.certain or is_chosen(place) or is_caught(place, "RuntimeError"):
            continue
        if is_dispatch(place, context) or _is_called_by_dispatch(place, context):
            yield Usage(active, node, place, node.attr, _REQUEST, parent, whole=receiver.whole)


def _is_called_by_dispatch(place: Place, context: Context) -> bool:
    function = place.scope.node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    for call, at in context.inference.uses.called(function.name, context.module):
        if at.scope.module.document is not context.module.document:
            continue
        found = members(context.inference.type_of(call.func, at))
        is_this = any(isinstance(member, FunctionType) and member.key == id(function) for member in found)
        if is_this and is_dispatch(at, context):
            return True
    return False


def find_passed(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`call_next(Request(request.scope, receive))` with a function of one's own."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if getattr(call.func, "id", "") not in match.names or len(call.args) != 1 or is_chosen(place):
            continue
        made = _construction(call.args[0], place, inference)
        if made is None or not is_dispatch(place, context):
            continue
        receive = made[0].args[1] if len(made[0].args) > 1 else None
        for keyword in made[0].keywords:
            receive = keyword.value if keyword.arg == "receive" else receive
        if receive is None:
            continue
        found = members(inference.type_of(receive, made[1]))
        if all(isinstance(member, FunctionType) for member in found):
            yield Usage(active, call.args[0], place, "call_next", _REQUEST, call, call, whole=False)


def _construction(node: ast.expr, place: Place, inference: Inference) -> tuple[ast.Call, Place] | None:
    """The call of `Request` that made what an expression stands for."""
    found = inference.type_of(node, place)
    if not isinstance(found, Instance) or found.origin is None:
        return None
    made = inference.type_of(found.origin[0].func, found.origin[1])
    if isinstance(made, ClassType) and any(base.name == _REQUEST for base in inference.classes.line(made)):
        return found.origin
    return None
