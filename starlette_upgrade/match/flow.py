"""Where a value goes inside of its module: the places where it is used, itself or inside of a container."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from starlette_upgrade.match.surroundings import Surroundings
from starlette_upgrade.semantics.references import references
from starlette_upgrade.semantics.types import FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_CONTAINERS = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Starred)


@dataclass(frozen=True, slots=True)
class Use:
    """An expression that is the value, or (`held`) a container that holds it, and the node around that."""

    node: ast.expr
    parent: ast.AST
    surroundings: Surroundings
    held: bool = False

    @property
    def place(self) -> Place:
        return self.surroundings.place(self.node)


def uses_of(value: ast.expr, place: Place, inference: Inference) -> Iterator[Use]:
    """Every use of what an expression gives: where it stands, where the names that it is given are read, and
    where its function is called, if that is in the same module.
    """
    waiting = [(value, False, Surroundings(place))]
    seen: set[int] = set()
    while waiting:
        node, held, surroundings = waiting.pop()
        parent = surroundings.parent(node)
        if parent is None or id(node) in seen:
            continue
        seen.add(id(node))
        if _gives_it_on(parent, node):
            waiting.append((parent, held, surroundings))
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr) and parent.value is node:
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    reads = _reads(target.id, node, surroundings, inference)
                    waiting.extend((read, held, surroundings) for read in reads)
        if isinstance(parent, ast.Return):
            waiting.extend((call, held, Surroundings(at)) for call, at in _calls(surroundings.scope, inference))
        yield Use(node, parent, surroundings, held)
        if isinstance(parent, _CONTAINERS) and not (isinstance(parent, ast.Dict) and node in parent.keys):
            waiting.append((parent, True, surroundings))


def _gives_it_on(parent: ast.AST, node: ast.expr) -> TypeGuard[ast.expr]:
    """Whether an expression can be the value of `node` itself."""
    if isinstance(parent, ast.BoolOp):
        return isinstance(parent.op, ast.Or) or node is parent.values[-1]
    return isinstance(parent, ast.NamedExpr | ast.Await) or (
        isinstance(parent, ast.IfExp) and node is not parent.test
    )


def _calls(function: Scope, inference: Inference) -> Iterator[tuple[ast.Call, Place]]:
    """The calls of a function in its own module."""
    node = function.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
        return
    for call, place in inference.uses.called(node.name, function.module):
        if place.scope.module.document is function.module.document:
            found = members(inference.type_of(call.func, place))
            if all(isinstance(member, FunctionType) and member.key == id(node) for member in found):
                yield call, place


def _reads(name: str, value: ast.expr, surroundings: Surroundings, inference: Inference) -> Iterator[ast.Name]:
    """Where a name of the function is read that can hold nothing but `value` there."""
    for node, _, scope in references(name, surroundings.scope):
        if scope is not surroundings.scope or isinstance(node.ctx, ast.Del):
            continue
        parent = surroundings.parent(node)
        if isinstance(node.ctx, ast.Store) and not isinstance(parent, ast.AugAssign):
            continue
        found = inference.bindings_of(name, surroundings.place(node), node)
        if isinstance(found, list) and [binding.node for binding in found] == [value] and found[0].index is None:
            yield node
