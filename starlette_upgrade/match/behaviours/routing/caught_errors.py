"""Code that catches an error which is another one now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.catching import Net, nets_around
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, Instance, Method, Symbol, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.semantics.types import Type

_MAKING_ROUTES = frozenset(
    {
        "starlette.routing.Route",
        "starlette.routing.WebSocketRoute",
        "starlette.routing.Mount",
        "starlette.routing.Host",
        "starlette.routing.Router",
        "starlette.applications.Starlette",
    }
)
_REQUEST = "starlette.requests.Request"
_WEBSOCKET = "starlette.websockets.WebSocket"


def find_re_error(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Routes that are made where `re.error` is caught, and ValueError is not."""
    for call, place in context.candidates.calls:
        net = _net(place, context.inference, {"re.error", "re.PatternError"}, {"builtins.ValueError"})
        if net is not None and _makes_route(context.inference.type_of(call.func, place), context.inference):
            yield Usage(active, call, place, last_name(call.func), "", None, call)


def find_form_error(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`request.form()`, alone in a `try` that catches KeyError or TypeError."""
    others = {"starlette.exceptions.HTTPException", "fastapi.exceptions.HTTPException"}
    others |= {"starlette.formparsers.MultiPartException"}
    for call, place in context.candidates.calls:
        net = _net(place, context.inference, {"builtins.KeyError", "builtins.TypeError"}, others)
        if net is not None and len(net.body) == 1 and _is_call_of(call, place, match, _REQUEST, context.inference):
            yield Usage(active, call, place, "form", _REQUEST, None, call)


def find_assertion(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls of a websocket where AssertionError is caught, and RuntimeError is not.

    Where more is tried than the call, nobody knows whose error is meant.
    """
    for call, place in context.candidates.calls:
        net = _net(place, context.inference, {"builtins.AssertionError"}, {"builtins.RuntimeError"})
        if net is None or any(isinstance(node, ast.Assert) for part in net.body for node in ast.walk(part)):
            continue
        if _is_call_of(call, place, match, _WEBSOCKET, context.inference):
            certain = len(net.body) == 1 and not hasattr(net.body[0], "body")
            yield Usage(active, call, place, last_name(call.func), _WEBSOCKET, None, call, certain, certain)


def _net(place: Place, inference: Inference, old: set[str], new: set[str]) -> Net | None:
    """The first thing around that catches the old error; None if the new one is caught there or before."""
    for net in nets_around(place, inference):
        if net.catches_all() or net.errors & new:
            return None
        if net.errors & old:
            return None if is_chosen(place) else net
    return None


def _makes_route(function: Type, inference: Inference) -> bool:
    if isinstance(function, ClassType):
        return any(cls.name in _MAKING_ROUTES for cls in inference.classes.line(function))
    if isinstance(function, Method):
        return not _MAKING_ROUTES.isdisjoint(inference.catalogue.bases(function.owner))
    return isinstance(function, Symbol) and function.name == "starlette.routing.compile_path"


def _is_call_of(call: ast.Call, place: Place, match: BehaviourMatch, owner: str, inference: Inference) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in match.names:
        return False
    found = list(members(without_none(inference.type_of(function.value, place))))
    return all(
        isinstance(member, Instance) and any(cls.name == owner for cls in inference.classes.line(member.cls))
        for member in found
    )
