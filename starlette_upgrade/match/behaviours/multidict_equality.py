"""`==` between query parameters or forms: the order of the values of one key counts now."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Instance, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_MULTIDICT = "starlette.datastructures.ImmutableMultiDict"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Comparisons of two such objects, unless one is written out and no key stands in it twice."""
    seen: set[int] = set()
    places = [place for _, place in context.candidates.calls]
    places += [place for _, _, place in context.candidates.attributes]
    for place in places:
        statement = place.statement
        if id(statement) in seen:
            continue
        seen.add(id(statement))
        for node in _heads(statement):
            if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = (node.left, node.comparators[0])
                if all(_is_multidict(side, place, context) for side in sides):
                    repeats = [_repeats(side, place, context) for side in sides]
                    if False not in repeats and not is_chosen(place):
                        yield Usage(active, node, place, "==", _MULTIDICT)


def _heads(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement without the statements in it."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt))


def _is_multidict(node: ast.expr, place: Place, context: Context) -> bool:
    inference = context.inference
    found = list(members(without_none(inference.type_of(node, place))))
    return bool(found) and all(
        isinstance(member, Instance) and inference.classes.owner(member.cls, "__eq__", (_MULTIDICT,))
        for member in found
    )


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
