"""A generator function as `lifespan`, without a decorator that makes a context manager of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match import argument
from starlette_upgrade.ruleset.rule import ArgumentMatch
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.types import FunctionType, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`lifespan=function` where the function is known, yields, and has no decorator."""
    arguments = ArgumentMatch(match.classes, match.keywords)
    for usage in argument.find(active, arguments, context):
        if isinstance(usage.node, ast.keyword):
            found = context.inference.type_of(_unwrapped(usage.node.value, usage.place, context), usage.place)
            if isinstance(found, FunctionType) and _is_bare_generator(found):
                yield usage


def _unwrapped(node: ast.expr, place: Place, context: Context) -> ast.expr:
    """The function inside of `functools.partial(function, …)`, which Starlette looks at as well."""
    if not (isinstance(node, ast.Call) and node.args):
        return node
    if context.inference.type_of(node.func, place) == Symbol("functools.partial"):
        return node.args[0]
    return node


def _is_bare_generator(function: FunctionType) -> bool:
    node = function.node
    if isinstance(node, ast.Lambda) or node.decorator_list:
        return False
    ensure_bound(function.scope)  # which puts the body back if it was left out
    stack: list[ast.AST] = [*node.body]
    while stack:
        inner = stack.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, _FUNCTIONS):
            stack.extend(ast.iter_child_nodes(inner))
    return False
