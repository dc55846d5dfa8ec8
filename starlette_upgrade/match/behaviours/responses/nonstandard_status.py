"""`try: HTTPException(code) … except ValueError`: a number without a standard phrase raises no error any more."""

from __future__ import annotations

import ast
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import heads, holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_EXCEPTION = "starlette.exceptions.HTTPException"
_EXPECTING = ("raises", "assertRaises", "suppress")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Exceptions made with a number and without a text, where a ValueError is expected."""
    if not holds(context.module, match.words) or not holds(context.module, ("ValueError",)):
        return
    for call, place in _calls(context):
        code = argument_of(call, "status_code", 0)
        if code is None or argument_of(call, "detail", 1) is not None or not _may_be_unknown(code):
            continue
        found = context.inference.type_of(call.func, place)
        is_own = isinstance(found, ClassType) and found.name == _EXCEPTION
        if is_own and _expects_value_error(call, place) and not is_chosen(place):
            yield Usage(active, call, place, "HTTPException", _EXCEPTION, None, call)


def _calls(context: Context) -> Iterator[tuple[ast.Call, Place]]:
    for place in statements(context.module):
        for node in heads(place):
            if isinstance(node, ast.Call) and last_name(node.func) == "HTTPException":
                yield node, place


def _may_be_unknown(code: ast.expr) -> bool:
    """A variable, or a number that is none of Python's."""
    if isinstance(code, ast.Constant):
        return isinstance(code.value, int) and code.value not in set(HTTPStatus)
    return isinstance(code, ast.Name)


def _expects_value_error(call: ast.Call, place: Place) -> bool:
    for block in place.block.chain():
        owner = block.owner
        if isinstance(owner, ast.With | ast.AsyncWith):
            managers = [item.context_expr for item in owner.items if isinstance(item.context_expr, ast.Call)]
            if any(
                last_name(manager.func) in _EXPECTING and any(_is_value_error(arg) for arg in manager.args)
                for manager in managers
            ):
                return True
        handlers: list[ast.ExceptHandler] = getattr(owner, "handlers", [])
        if block.arm == "body" and any(_is_value_error(handler.type) for handler in handlers):
            # It is about the exception only where little else is tried that could raise the error.
            return getattr(owner, "body", [None])[0] is place.statement and _is_plain(call)
    return False


def _is_value_error(node: ast.expr | None) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(part is not None and last_name(part) == "ValueError" for part in parts)


def _is_plain(call: ast.Call) -> bool:
    """Whether the arguments call nothing: `HTTPException(int(text))` may be tried for another error."""
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return not any(isinstance(node, ast.Call) for argument in arguments for node in ast.walk(argument))
