"""`==` between query parameters or forms: the order of the values of one key counts now."""

from __future__ import annotations

import ast
from operator import itemgetter
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import heads, holds, statements
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_MULTIDICT = "starlette.datastructures.ImmutableMultiDict"
_KEY = itemgetter(0)
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
            is_meant = _are_alike(*sides, place, context) and _may_differ(*sides, place, context)
            if is_meant and not is_chosen(place):
                yield Usage(active, node, place, "==", _MULTIDICT)


def _may_differ(one: ast.expr, other: ast.expr, place: Place, context: Context) -> bool:
    """Whether the order of the values of a key can decide, as far as the objects are written out."""
    first, second = _made(one, place, context), _made(other, place, context)
    if any(
        node is not None and ast.dump(node) == ast.dump(copied) for node, copied in ((first, other), (second, one))
    ):
        return False  # one is a copy of the other
    mine, theirs = _pairs(first), _pairs(second)
    if mine is not None and theirs is not None:
        return sorted(mine) == sorted(theirs) and sorted(mine, key=_KEY) != sorted(theirs, key=_KEY)
    return all(pairs is None or len(dict(pairs)) < len(pairs) for pairs in (mine, theirs))


def _are_alike(one: ast.expr, other: ast.expr, place: Place, context: Context) -> bool:
    """Whether both are multi-dicts, and of one class: those of different classes have never been equal."""
    if isinstance(one, ast.Constant) or isinstance(other, ast.Constant):
        return False
    classes = {_class_of(node, place, context) for node in (one, other)}
    return len(classes) == 1 and "" not in classes


def _class_of(node: ast.expr, place: Place, context: Context) -> str:
    """The class, if an expression is a multi-dict and nothing else."""
    inference = context.inference
    found = list(members(without_none(inference.type_of(node, place))))
    only = found[0] if len(found) == 1 else None
    is_multidict = isinstance(only, Instance) and inference.classes.owner(only.cls, "__eq__", (_MULTIDICT,))
    return only.cls.name if is_multidict and isinstance(only, Instance) else ""


def _made(node: ast.expr, place: Place, context: Context) -> ast.expr | None:
    """What an object is made of, where it is made of one thing. An empty dict, if of nothing."""
    found = context.inference.type_of(node, place)
    if not (isinstance(found, Instance) and found.origin is not None):
        return None
    call = found.origin[0]
    if not call.args and all(keyword.arg for keyword in call.keywords):
        return ast.Dict([ast.Constant(keyword.arg) for keyword in call.keywords], [k.value for k in call.keywords])
    return call.args[0] if len(call.args) == 1 and not call.keywords else None


def _pairs(node: ast.expr | None) -> list[tuple[str, str]] | None:
    """The keys and values of a literal; None where something is not written out."""
    if isinstance(node, ast.Dict):
        return _texts(zip(node.keys, node.values, strict=True))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return parse_qsl(node.value, keep_blank_values=True)
    if isinstance(node, ast.List | ast.Tuple):
        elements = [element.elts for element in node.elts if isinstance(element, ast.Tuple | ast.List)]
        if len(elements) == len(node.elts) and all(len(element) == 2 for element in elements):
            return _texts((key, value) for key, value in elements)
    return None


def _texts(pairs: Iterable[tuple[ast.expr | None, ast.expr]]) -> list[tuple[str, str]] | None:
    """Keys and values as texts; a value that is not written out is taken for a text of its own."""
    found = []
    for key, value in pairs:
        if not isinstance(key, ast.Constant):
            return None
        found.append((str(key.value), str(value.value) if isinstance(value, ast.Constant) else ast.dump(value)))
    return found
