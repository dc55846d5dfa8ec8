"""Nodes that are found by walking a module's tree, each with its place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.semantics.scopes import Module, Scope

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def holds(module: Module, words: Iterable[str]) -> bool:
    """Whether one of the words stands in the text; walking what has none would be in vain."""
    return any(word in module.document.text for word in words)


def statements(module: Module) -> Iterator[Place]:
    """The place of every statement in a module, from top to bottom."""
    return _in_scope(module.scope)


def heads(place: Place) -> Iterator[ast.AST]:
    """Every node of a statement that is not part of another statement, or of a definition, inside of it."""
    stack: list[ast.AST] = [place.statement]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case | ast.Lambda)
        )


def _in_scope(scope: Scope) -> Iterator[Place]:
    ensure_bound(scope)
    outer = scope.place.block if scope.place else None
    yield from _in_body(getattr(scope.node, "body", []), scope, Block(outer, None, "body"))


def _in_body(body: list[ast.stmt], scope: Scope, block: Block) -> Iterator[Place]:
    for statement in body:
        yield Place(scope, block, statement)
        if isinstance(statement, _DEFINITIONS):
            inner = scope.functions.get(id(statement))
            if inner is not None:
                yield from _in_scope(inner)
            continue
        for arm, inside in _arms(statement):
            yield from _in_body(inside, scope, Block(block, statement, arm) if arm else block)


def _arms(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The bodies of a compound statement, by the names that the binder gives them."""
    if isinstance(statement, ast.With | ast.AsyncWith):
        yield "with", statement.body
    elif isinstance(statement, ast.Match):
        yield from ((f"case {number}", case.body) for number, case in enumerate(statement.cases))
    else:
        yield "body", getattr(statement, "body", [])
        yield from ((f"handler {n}", handler.body) for n, handler in enumerate(getattr(statement, "handlers", [])))
        yield "else", getattr(statement, "orelse", [])
        yield "", getattr(statement, "finalbody", [])
