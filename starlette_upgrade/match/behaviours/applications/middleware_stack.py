"""`app.middleware_stack` before the application has started: it is None then."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_APPLICATION = "starlette.applications.Starlette"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the stack is called, wrapped or looked into by code that runs before it is built."""
    inference = context.inference
    for node, parent, place in context.candidates.attributes:
        if node.attr not in match.attributes or not isinstance(node.ctx, ast.Load):
            continue
        if not isinstance(parent, ast.Call | ast.Attribute | ast.keyword):
            continue
        found = inference.type_of(node.value, place)
        if not is_object(found, inference, _APPLICATION) or is_guarded(place, node.attr):
            continue
        if _is_unbuilt(node.value, place, inference) and not _takes_care(place):
            yield Usage(active, node, place, node.attr, _APPLICATION, parent, whole=False)


def _is_unbuilt(owner: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether nothing has run yet: the application is made here, or this is what every event comes through."""
    if not isinstance(owner, ast.Name):
        return False
    found = inference.bindings_of(owner.id, place, owner)
    if not isinstance(found, list) or len(found) != 1:
        return False
    binding = found[0]
    if isinstance(binding.node, ast.Call):
        return binding.place.scope is place.scope and _is_made_for_it(binding.node, binding.place, inference)
    function, around = place.scope.node, place.scope.parent
    if not isinstance(binding.node, ast.arg) or binding.statement is not function:
        return False
    if around is None or not around.is_class:
        return False
    name = getattr(function, "name", "")
    return name == "__init__" or (name == "__call__" and "middleware_stack" not in around.self_attributes)


def _is_made_for_it(call: ast.Call, place: Place, inference: Inference) -> bool:
    """Whether a call makes a new application, and does not give one that is kept elsewhere."""
    found = inference.type_of(call, place)
    if not isinstance(found, Instance) or found.origin is None:
        return False
    return found.origin[0] is call or found.origin[1].scope.is_function


def _takes_care(place: Place) -> bool:
    """Whether the function builds the stack, asks for it, or starts the application itself."""
    for node in ast.walk(place.scope.node):
        if isinstance(node, ast.Attribute) and node.attr == "build_middleware_stack":
            return True
        if isinstance(node, ast.Compare) and any(
            isinstance(part, ast.Attribute) and part.attr == "middleware_stack" for part in ast.walk(node)
        ):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TestClient":
            return True
    return False
