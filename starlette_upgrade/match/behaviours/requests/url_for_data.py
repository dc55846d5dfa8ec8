"""What `url_for` gives, where a URL instead of a text shows without an error."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.requests.url_for import gives_url
from starlette_upgrade.match.flow import uses_of
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.flow import Use
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

_CONNECTION = "starlette.requests.HTTPConnection"
_ROUTERS = frozenset({"fastapi.applications.FastAPI", "fastapi.routing.APIRouter"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """A URL that FastAPI turns into JSON, or that is asked whether it is a `str`."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if getattr(call.func, "attr", "") not in match.names or not gives_url(call, place, inference):
            continue
        for use in uses_of(call, place, inference):
            shows = _is_sent(use, inference) or _is_asked(use, inference)
            if shows and not is_guarded(use.place):
                yield Usage(active, use.node, use.place, "url_for", _CONNECTION, use.parent)


def _is_sent(use: Use, inference: Inference) -> bool:
    """Whether an endpoint of FastAPI returns it, alone or in a dict or list."""
    return isinstance(use.parent, ast.Return) and _is_endpoint(use.surroundings.scope, inference)


def _is_endpoint(function: Scope, inference: Inference) -> bool:
    around = function.place
    for decorator in getattr(function.node, "decorator_list", ()) if around is not None else ():
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute) and target.attr in _VERBS and around is not None:
            for member in members(inference.type_of(target.value, around)):
                if isinstance(member, Instance):
                    return any(base.name in _ROUTERS for base in inference.classes.line(member.cls))
    return False


def _is_asked(use: Use, inference: Inference) -> bool:
    """`isinstance(url, str)`"""
    call = use.parent
    if use.held or not isinstance(call, ast.Call) or len(call.args) != 2 or call.args[0] is not use.node:
        return False
    asked = call.args[1]
    return (
        getattr(asked, "id", "") == "str"
        and inference.type_of(call.func, use.place) == Symbol("builtins.isinstance")
        and inference.type_of(asked, use.place) == Symbol("builtins.str")
    )
