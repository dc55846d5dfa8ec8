"""A `Middleware` taken apart into two: its class and its options."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.match.guards import is_caught, is_chosen
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import Holding, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.surroundings import Surroundings
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_APPLICATION = "starlette.applications.Starlette"
_MIDDLEWARE = "starlette.middleware.Middleware"
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_KEEPING = frozenset({"reversed", "list", "tuple", "iter"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`for cls, options in app.user_middleware`, `cls, options = middleware`."""
    inference = context.inference
    for scope in function_scopes(context.module.scope):
        surroundings: Surroundings | None = None
        for node in _own(scope.node):
            if isinstance(node, ast.For | ast.comprehension):
                target, source, several = node.target, node.iter, True
            elif isinstance(node, ast.Assign):
                target, source, several = node.targets[0], node.value, False
            else:
                continue
            if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != 2:
                continue
            if any(isinstance(element, ast.Starred) for element in target.elts):
                continue
            surroundings = surroundings or inside(scope)
            place = surroundings.place(source)
            are = _are_middleware(source, place, inference) if several else _is_middleware(source, place, inference)
            if are and not is_chosen(place) and not is_caught(place, "ValueError"):
                whole = not _may_hold_others(source, place, inference)
                yield Usage(active, target, place, "Middleware", _MIDDLEWARE, node, whole=whole)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope that are in no function or class inside of it."""
    stack = [scope]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, _SCOPES))


def _are_middleware(node: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether what is gone through are objects of `Middleware`."""
    if isinstance(node, ast.Call) and last_name(node.func) in _KEEPING and len(node.args) == 1:
        return _are_middleware(node.args[0], place, inference)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(_are_middleware(side, place, inference) for side in (node.left, node.right))
    if isinstance(node, ast.List) and any(isinstance(element, ast.Starred) for element in node.elts):
        return all(
            _are_middleware(element.value, place, inference)
            if isinstance(element, ast.Starred)
            else is_object(inference.type_of(element, place), inference, _MIDDLEWARE)
            for element in node.elts
        )
    if isinstance(node, ast.Attribute) and node.attr == "user_middleware":
        receiver = judge_receiver(inference.type_of(node.value, place), node.attr, (_APPLICATION,), inference)
        return receiver is not None and receiver.certain
    if isinstance(node, ast.Name):
        found = inference.bindings_of(node.id, place, node)
        if (
            isinstance(found, list)
            and len(found) == 1
            and isinstance(found[0].node, ast.BinOp | ast.Attribute | ast.List)
        ):
            return _are_middleware(found[0].node, found[0].place, inference)
    kinds = [member for member in members(inference.type_of(node, place)) if isinstance(member, Holding)]
    return bool(kinds) and all(not kind.keyed and is_object(kind.item, inference, _MIDDLEWARE) for kind in kinds)


def _may_hold_others(node: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether some of what is gone through may be pairs of the project's own."""
    if isinstance(node, ast.Call | ast.Subscript):
        return any(_may_hold_others(inner, place, inference) for inner in _parts(node))
    if isinstance(node, ast.BinOp):
        return any(_may_hold_others(side, place, inference) for side in (node.left, node.right))
    if isinstance(node, ast.List | ast.Tuple):
        return any(isinstance(element, ast.Tuple | ast.List) for element in node.elts)
    if isinstance(node, ast.Attribute) and node.attr == "user_middleware":
        receiver = judge_receiver(inference.type_of(node.value, place), node.attr, (_APPLICATION,), inference)
        return receiver is not None and not receiver.whole
    if isinstance(node, ast.Name):
        found = inference.bindings_of(node.id, place, node)
        if isinstance(found, list) and len(found) == 1 and isinstance(found[0].node, ast.expr):
            return _may_hold_others(found[0].node, found[0].place, inference)
    return False


def _parts(node: ast.Call | ast.Subscript) -> list[ast.expr]:
    return node.args if isinstance(node, ast.Call) else [node.value]


def _is_middleware(node: ast.expr, place: Place, inference: Inference) -> bool:
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        return _are_middleware(node.value, place, inference)
    return is_object(inference.type_of(node, place), inference, _MIDDLEWARE)
