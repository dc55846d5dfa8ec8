"""`==` between query parameters or forms: the order of the values of one key counts now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import heads, holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_MULTIDICT = "starlette.datastructures.ImmutableMultiDict"
_EQUALITY = (ast.Eq, ast.NotEq)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons of two such objects, unless one is written out and no key stands in it twice."""
    if not holds(context.module, match.words):
        return
    for place in statements(context.module):
        for node in heads(place):
            if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _EQUALITY)):
                continue
            sides = (node.left, node.comparators[0])
            if _are_alike(*sides, place, context) and not is_chosen(place):
                repeats = [_repeats(side, place, context) for side in sides]
                if False not in repeats:
                    yield Usage(active, node, place, "==", _MULTIDICT)


def _are_alike(one: ast.expr, other: ast.expr, place: Place, context: Context) -> bool:
    """Whether both are multi-dicts, and of one class: those of different classes have never been equal."""
    classes = {_class_of(node, place, context) for node in (one, other)}
    return len(classes) == 1 and "" not in classes


def _class_of(node: ast.expr, place: Place, context: Context) -> str:
    """The class, if an expression is a multi-dict and nothing else."""
    inference = context.inference
    found = list(members(without_none(inference.type_of(node, place))))
    only = found[0] if len(found) == 1 else None
    is_multidict = isinstance(only, Instance) and inference.classes.owner(only.cls, "__eq__", (_MULTIDICT,))
    return only.cls.name if is_multidict and isinstance(only, Instance) else ""


def _repeats(node: ast.expr, place: Place, context: Context) -> bool | None:
    """Whether a key may stand twice in an object that is written out; None where it can't be seen."""
    found = context.inference.type_of(node, place)
    if not (isinstance(found, Instance) and found.origin is not None):
        return None
    call = found.origin[0]
    if len(call.args) + len(call.keywords) != 1:
        return False if not call.args and not call.keywords else None
    value = call.args[0] if call.args else call.keywords[0].value
    if isinstance(value, ast.Dict):
        return False
    if isinstance(value, ast.Constant) and isinstance(value.value, str | bytes):
        text = value.value if isinstance(value.value, str) else value.value.decode("latin-1")
        keys = [part.partition("=")[0] for part in text.split("&") if part]
    elif isinstance(value, ast.List | ast.Tuple):
        pairs = [element.elts[0] for element in value.elts if isinstance(element, ast.Tuple) and element.elts]
        if len(pairs) != len(value.elts) or not all(isinstance(pair, ast.Constant) for pair in pairs):
            return None
        keys = [str(pair.value) for pair in pairs if isinstance(pair, ast.Constant)]
    else:
        return None
    return len(set(keys)) < len(keys)
