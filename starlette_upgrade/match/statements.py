"""The statements of a module with their places, for what no call, attribute or import leads to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.semantics.scopes import Scope

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statements(scope: Scope) -> Iterator[tuple[ast.stmt, Place]]:
    """Every statement in a scope, and in those inside of it."""
    ensure_bound(scope)
    block = Block(scope.place.block if scope.place else None, None, "body")
    body = getattr(scope.node, "body", ())
    yield from _in(body if isinstance(body, list) else (), scope, block)


def _in(body: Sequence[ast.stmt], scope: Scope, block: Block) -> Iterator[tuple[ast.stmt, Place]]:
    for node in body:
        yield node, Place(scope, block, node)
        if isinstance(node, _DEFINITIONS):
            inner = scope.functions.get(id(node))
            if inner is not None:
                yield from statements(inner)
            continue
        for arm, part in (("body", "body"), ("else", "orelse"), ("body", "finalbody")):
            inside = getattr(node, part, None)
            if isinstance(inside, list) and inside:
                within = Block(block, node, "with" if isinstance(node, ast.With | ast.AsyncWith) else arm)
                yield from _in(inside, scope, block if part == "finalbody" else within)
        for number, handler in enumerate(getattr(node, "handlers", ())):
            yield from _in(handler.body, scope, Block(block, node, f"handler {number}"))
        for number, case in enumerate(getattr(node, "cases", ())):
            yield from _in(case.body, scope, Block(block, node, f"case {number}"))
