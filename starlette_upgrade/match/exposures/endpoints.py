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
    """Methods that can be called with the request alone, under a name that is in lower case."""
    if not holds(context.module, match.words):
        return
    for place in statements(context.module):
        method = place.statement
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) or not place.scope.is_class:
            continue
        if method.name in _MEANT or method.name != method.name.lower() or method.name.startswith("__"):
            continue
        if _takes_one(method) and is_below(class_of(place.scope), context.inference, _ENDPOINT):
            yield Usage(active, method, place, method.name, _ENDPOINT)


def _takes_one(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the method can be called with one argument beside its object."""
    decorators = {last_name(decorator) for decorator in method.decorator_list}
    if not decorators <= {"staticmethod", "classmethod"}:
        return False
    args = method.args
    positional = [*args.posonlyargs, *args.args][0 if "staticmethod" in decorators else 1 :]
    least = len(positional) - len(args.defaults)
    if any(default is None for default in args.kw_defaults):
        return False
    return least <= 1 and (len(positional) >= 1 or args.vararg is not None)
