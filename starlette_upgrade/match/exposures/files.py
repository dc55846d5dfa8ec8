"""Files that are served: `FileResponse`, `StaticFiles`, and the classes that derive from them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import class_named, is_below
from starlette_upgrade.match.places import holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_RESPONSE = "starlette.responses.FileResponse"
_FOLDER = "starlette.staticfiles.StaticFiles"
_FOLLOW = 4


def find_response(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What makes a response of a file, or has Starlette make one: classes, and `response_class=`."""
    if not match.keywords:
        yield from _made(active, context, _RESPONSE, _FOLDER)
        return
    for call, place in context.candidates.calls:
        for keyword in call.keywords:
            if keyword.arg in match.keywords and class_named(keyword.value, place, context.inference, _RESPONSE):
                yield Usage(active, keyword, place, "FileResponse", _RESPONSE, call, call)


def find_folder(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """What serves a folder. Where links are followed, no path is resolved on the disk: `SU511` is not about it."""
    for usage in _made(active, context, _FOLDER):
        follows = usage.call is not None and _is_true(argument_of(usage.call, "follow_symlink", _FOLLOW))
        if not (follows and active.rule.code == "SU511"):
            yield usage


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _made(active: ActiveRule, context: Context, *classes: str) -> Iterator[Usage]:
    """Calls of the classes, and the definitions of classes that derive from them, for their calls elsewhere."""
    inference = context.inference
    for call, place in context.candidates.calls:
        if last_name(call.func) not in context.candidates.callables:
            continue  # collected for a keyword that is another rule's
        found = inference.type_of(call.func, place)
        if isinstance(found, ClassType) and is_below(found, inference, *classes):
            owner = next(cls.name for cls in inference.classes.line(found) if cls.name in classes)
            yield Usage(active, call.func, place, owner.rpartition(".")[2], owner, call, call)
    last_parts = [name.rpartition(".")[2] for name in classes]
    if not holds(context.module, last_parts):
        return
    for place in statements(context.module):
        yield from _derived(active, place, context, classes)


def _derived(active: ActiveRule, place: Place, context: Context, classes: tuple[str, ...]) -> Iterator[Usage]:
    if isinstance(place.statement, ast.ClassDef):
        for base in place.statement.bases:
            found = class_named(base, place, context.inference, *classes)
            if found is not None and found.name in classes:
                yield Usage(active, base, place, found.name.rpartition(".")[2], found.name, place.statement)
