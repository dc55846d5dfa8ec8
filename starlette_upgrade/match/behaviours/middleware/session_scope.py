"""`request.scope["session"] = {…}`: a plain dict in the place of the session."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.sessions import CONNECTION, has_own_middleware
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import holds, statements
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
    if not holds(context.module, match.words):
        return
    inference = context.inference
    for place in statements(context.module):
        statement = place.statement
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript)):
            continue
        target, value = statement.targets[0], statement.value
        owner, key = target.value, target.slice
        is_session = isinstance(key, ast.Constant) and key.value == "session"
        if not (is_session and isinstance(owner, ast.Attribute) and owner.attr == "scope"):
            continue
        if isinstance(value, ast.Call) and last_name(value.func) == "Session":
            continue
        receiver = judge_receiver(inference.type_of(owner.value, place), "scope", (CONNECTION,), inference)
        if receiver is None or is_chosen(place, "Session") or not has_own_middleware(context):
            continue
        is_dict = isinstance(value, ast.Dict | ast.DictComp) or (
            isinstance(value, ast.Call) and getattr(value.func, "id", "") == "dict"
        )
        certain = receiver.certain and is_dict and _is_served(owner.value, place)
        yield Usage(active, target, place, "session", CONNECTION, certain=certain, whole=certain)


def _is_served(node: ast.expr, place: Place) -> bool:
    """Whether the request is a parameter of a function, and that is no test."""
    function = place.scope.node
    if not (isinstance(node, ast.Name) and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)):
        return False
    given = (argument.arg for argument in all_arguments(function.args))
    return node.id in given and not function.name.startswith("test")
