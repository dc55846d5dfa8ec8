"""Functions of the project that are given a websocket and accept it: `await manager.connect(websocket)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.narrowing import dotted
from starlette_upgrade.semantics.types import FunctionType

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place

_PLAIN = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)


def accepts(call: ast.Call, name: str, place: Place, context: Context) -> bool:
    """Whether what is called surely accepts the websocket called `name`, before it does anything else with it."""
    found = context.inference.type_of(call.func, place)
    if not isinstance(found, FunctionType) or not isinstance(found.node, ast.AsyncFunctionDef):
        return False
    parameter = _parameter(call, name, found)
    if not parameter or found.node.decorator_list:
        return False
    for statement in found.node.body:
        if not isinstance(statement, _PLAIN) or any(isinstance(n, ast.Yield) for n in ast.walk(statement)):
            return False
        value = statement.value
        if isinstance(value, ast.Await) and isinstance(value.value, ast.Call):
            if dotted(value.value.func) == f"{parameter}.accept":
                return True
            if parameter in map(dotted, value.value.args):
                return False
    return False


def _parameter(call: ast.Call, name: str, function: FunctionType) -> str:
    """The parameter that takes the websocket; "" where that is not plain."""
    arguments = function.node.args.args
    taken = [argument.arg for argument in (arguments[1:] if function.receiver is not None else arguments)]
    for number, value in enumerate(call.args):
        if isinstance(value, ast.Starred):
            return ""
        if dotted(value) == name:
            return taken[number] if number < len(taken) else ""
    return next((keyword.arg or "" for keyword in call.keywords if dotted(keyword.value) == name), "")
