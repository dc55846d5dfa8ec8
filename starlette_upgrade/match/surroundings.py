"""The tree around a place: what an expression stands in, statement by statement, up to its function."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.scopes import Scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


Parents = dict[ast.AST, ast.AST]


@lru_cache(maxsize=64)
def parents_in(root: ast.AST) -> Parents:
    """The parent of every node below `root`."""
    return {child: node for node in ast.walk(root) for child in ast.iter_child_nodes(node)}


class Surroundings:
    """The nodes of the scope that a place is in, each with its parent."""

    def __init__(self, place: Place) -> None:
        scope = place.scope
        while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
            scope = scope.parent
        self.scope = scope
        self._parents = parents_in(scope.node)
        # The blocks that the binder made: which binding holds at a place is a matter of their identity.
        self._blocks = {}
        for block in place.block.chain():
            self._blocks[(id(block.owner), block.arm)] = block
            if block.owner is None:  # the body of the function; what lies around it has blocks of its own
                break

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around this one; None for the scope itself."""
        return None if node is self.scope.node else self._parents.get(node)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around this one, from the inside out, without the scope itself."""
        found = self.parent(node)
        while found is not None and found is not self.scope.node:
            yield found
            found = self.parent(found)

    def is_own(self, node: ast.AST) -> bool:
        """Whether a node belongs to the scope itself, not to a function or class in it."""
        return not any(isinstance(outer, _FUNCTIONS) for outer in self.around(node))

    def place(self, node: ast.AST) -> Place:
        """The place of a node that belongs to the scope."""
        around = self.scope.place.block if self.scope.place else None
        block = self._block(around, None, "body")
        outer: ast.AST = self.scope.node
        statement = outer
        for inner in reversed([node, *self.around(node)]):
            arm = _arm(inner, outer)
            if arm:
                block = self._block(block, outer, arm)
            statement = inner if isinstance(inner, ast.stmt) else statement
            outer = inner
        assert isinstance(statement, ast.stmt)
        return Place(self.scope, block, statement)

    def _block(self, parent: Block | None, owner: ast.AST | None, arm: str) -> Block:
        return self._blocks.get((id(owner), arm)) or Block(parent, owner, arm)


def _arm(inner: ast.AST, outer: ast.AST) -> str:
    """Which arm of the compound statement `outer` this part of it is, in the binder's words; "" for none."""
    if isinstance(outer, ast.With | ast.AsyncWith):
        return "with" if inner in outer.body else ""
    if isinstance(outer, ast.Match):
        return f"case {outer.cases.index(inner)}" if isinstance(inner, ast.match_case) else ""
    if isinstance(inner, ast.ExceptHandler):
        return f"handler {getattr(outer, 'handlers', [inner]).index(inner)}"
    if not isinstance(outer, ast.If | ast.While | ast.For | ast.AsyncFor) and not hasattr(outer, "handlers"):
        return ""
    if inner in getattr(outer, "body", ()):
        return "body"
    return "else" if inner in getattr(outer, "orelse", ()) else ""


def function_scopes(scope: Scope) -> Iterator[Scope]:
    """The scope and the functions in it, methods among them, to any depth."""
    ensure_bound(scope)
    yield scope
    for inner in tuple(scope.functions.values()):
        if isinstance(inner.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from function_scopes(inner)


def inside(scope: Scope) -> Surroundings:
    """The surroundings of what a scope holds."""
    body = getattr(scope.node, "body", None)
    statement = body[0] if isinstance(body, list) and body else ast.Pass()
    around = scope.place.block if scope.place else None
    return Surroundings(Place(scope, Block(around, None, "body"), statement))
