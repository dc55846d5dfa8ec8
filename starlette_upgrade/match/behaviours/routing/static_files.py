"""Subclasses of `StaticFiles` that rely on how it looked for files before 0.17.0."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.catching import nets_around
from starlette_upgrade.match.guards import is_chosen, is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.receiver import Receiver
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_FILES = "starlette.staticfiles.StaticFiles"


def find_lookup(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`async def lookup_path` in a subclass, and `await ….lookup_path(…)`."""
    for statement, name, scope in context.candidates.members:
        if name in match.members and isinstance(statement, ast.AsyncFunctionDef):
            place = Place(scope, Block(scope.place.block if scope.place else None, None, "body"), statement)
            line = context.inference.classes.line(class_of(scope))[1:]
            if any(cls.name == _FILES for cls in line) and not is_chosen(place, name):
                yield Usage(active, statement, place, name, _FILES)
    for call, place in context.candidates.calls:
        receiver = _files(call, "lookup_path", place, context)
        if receiver is not None and not is_guarded(place, "lookup_path"):
            for node in ast.walk(place.statement):
                if isinstance(node, ast.Await) and node.value is call:
                    yield Usage(active, node, place, "lookup_path", _FILES, whole=receiver.whole)


def find_status(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Checks for an error's status on what `get_response` gives, where no `HTTPException` is caught."""
    for call, place in context.candidates.calls:
        receiver = _files(call, "get_response", place, context)
        if receiver is None or is_chosen(place):
            continue
        if any(
            net.catches_all() or _names_httpexception(net.errors) for net in nets_around(place, context.inference)
        ):
            continue
        statement = place.statement
        awaited = isinstance(statement, ast.Assign) and getattr(statement.value, "value", None) is call
        targets = statement.targets if isinstance(statement, ast.Assign) and awaited else []
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        for node in ast.walk(place.scope.node):
            if isinstance(node, ast.Compare) and node.lineno >= call.lineno and _asks_for_error(node, names):
                yield Usage(active, node, place, "status_code", _FILES, whole=receiver.whole)
                break


def _files(call: ast.Call, name: str, place: Place, context: Context) -> Receiver | None:
    """What the method is called on, if it is surely that of a `StaticFiles`."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr != name:
        return None
    found = context.inference.type_of(function.value, place)
    receiver = judge_receiver(found, name, (_FILES,), context.inference)
    return receiver if receiver is not None and receiver.certain else None


def _names_httpexception(errors: frozenset[str]) -> bool:
    return any(error.endswith("HTTPException") for error in errors)


def _asks_for_error(compare: ast.Compare, names: set[str]) -> bool:
    """`response.status_code == 404` and the like, for a response under one of `names`."""
    left = compare.left
    if not (isinstance(left, ast.Attribute) and left.attr == "status_code" and len(compare.ops) == 1):
        return False
    if getattr(left.value, "id", "") not in names:
        return False
    right = compare.comparators[0]
    values = right.elts if isinstance(right, ast.Tuple | ast.List | ast.Set) else [right]
    return any(_is_error(value) for value in values)


def _is_error(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value in (400, 401, 404, 405)
    return last_name(value).startswith(("HTTP_401", "HTTP_404", "HTTP_405", "NOT_FOUND", "METHOD_NOT_ALLOWED"))
