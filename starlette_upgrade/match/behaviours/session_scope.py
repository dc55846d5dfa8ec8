"""`request.scope["session"] = {…}`: a plain dict in the place of the session."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.sessions import CONNECTION, has_own_middleware
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import all_arguments, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Assignments of anything but a Session. Certain where a dict is put into the request of an application."""
    for node, parent, place in context.candidates.attributes:
        if node.attr != "scope" or not isinstance(parent, ast.Subscript):
            continue
        key = parent.slice
        if not (isinstance(key, ast.Constant) and key.value == "session" and isinstance(parent.ctx, ast.Store)):
            continue
        value = place.statement.value if isinstance(place.statement, ast.Assign | ast.AnnAssign) else None
        if value is None or (isinstance(value, ast.Call) and last_name(value.func) == "Session"):
            continue
        receiver = judge_receiver(
            context.inference.type_of(node.value, place), "scope", (CONNECTION,), context.inference
        )
        if receiver is None or is_chosen(place, "Session") or not has_own_middleware(context):
            continue
        is_dict = isinstance(value, ast.Dict | ast.DictComp) or (
            isinstance(value, ast.Call) and getattr(value.func, "id", "") == "dict"
        )
        certain = receiver.certain and is_dict and _is_served(node.value, place)
        yield Usage(active, parent, place, "session", CONNECTION, certain=certain, whole=certain)


def _is_served(node: ast.expr, place: Place) -> bool:
    """Whether the request is a parameter of a function, and that is no test."""
    function = place.scope.node
    if not (isinstance(node, ast.Name) and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)):
        return False
    given = (argument.arg for argument in all_arguments(function.args))
    return node.id in given and not function.name.startswith("test")
