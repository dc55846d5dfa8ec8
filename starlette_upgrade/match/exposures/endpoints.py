"""Methods of an `HTTPEndpoint` that a request can call by its own method, although they answer no HTTP method."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_below
from starlette_upgrade.match.places import holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_ENDPOINT = "starlette.endpoints.HTTPEndpoint"
_MEANT = frozenset({"get", "head", "post", "put", "patch", "delete", "options", "method_not_allowed"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Methods that can be called with the request alone, under a name that is in lower case.

    Where the parameter is not one for a request, the method begins to run, but may not come far: a possible one.
    """
    if not holds(context.module, match.words):
        return
    for place in statements(context.module):
        method = place.statement
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) or not place.scope.is_class:
            continue
        if method.name in _MEANT or method.name != method.name.lower() or method.name.startswith("__"):
            continue
        taken = _first_taken(method)
        if taken is not None and is_below(class_of(place.scope), context.inference, _ENDPOINT):
            certain = _is_request(taken)
            yield Usage(active, method, place, method.name, _ENDPOINT, certain=certain, whole=certain)


def _first_taken(method: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.arg | None:
    """The parameter that gets the request, if the method can be called with nothing beside."""
    decorators = {last_name(decorator) for decorator in method.decorator_list}
    args = method.args
    if not decorators <= {"staticmethod", "classmethod"} or any(default is None for default in args.kw_defaults):
        return None
    positional = [*args.posonlyargs, *args.args][0 if "staticmethod" in decorators else 1 :]
    if len(positional) - len(args.defaults) > 1:
        return None
    return positional[0] if positional else args.vararg


def _is_request(parameter: ast.arg) -> bool:
    annotation = parameter.annotation
    named = last_name(annotation) if annotation is not None else ""
    return "request" in parameter.arg.lower() or parameter.arg in ("req", "args") or "Request" in named
