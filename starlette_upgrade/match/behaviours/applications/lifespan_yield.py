"""Lifespans that yield something other than a mapping, which is taken for the state of the requests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.handed_over import APPLICATION, is_lifespan
from starlette_upgrade.match.surroundings import function_scopes
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_ITERABLE = frozenset({"keys", "__iter__", "__getitem__", "__getattr__"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Yields of what `dict.update` does not take."""
    for function in function_scopes(context.module.scope):
        wrong = [
            (value, place)
            for value, place in function.yields
            if _is_no_mapping(value, place, context.inference) and not is_guarded(place)
        ]
        if wrong and is_lifespan(function, context.inference):
            for value, place in wrong:
                yield Usage(active, value, place, ast.unparse(value), APPLICATION, whole=False)


def _is_no_mapping(node: ast.expr, place: Place, inference: Inference) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is not None
    if isinstance(node, ast.JoinedStr | ast.Lambda | ast.Compare):
        return True
    found = list(members(inference.type_of(node, place)))
    return all(isinstance(member, Instance) and _is_plain(member, inference) for member in found)


def _is_plain(found: Instance, inference: Inference) -> bool:
    """An application, or an object of a class of the project that nobody can go through."""
    line = inference.classes.line(found.cls)
    if any(base.name == APPLICATION for base in line):
        return True
    own = [base for base in line if base.scope is not None]
    if len(own) != len(line) or inference.classes.is_open(found.cls):
        return False
    return not any(inference.classes.defines(base, name) for base in own for name in _ITERABLE)
