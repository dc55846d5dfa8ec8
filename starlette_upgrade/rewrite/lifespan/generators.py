"""A generator function that is a lifespan gets the decorator that makes a context manager of it."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.rewrite.lifespan.constructors import function_of
from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.types import FunctionType

_MANAGER = "contextlib.asynccontextmanager"


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`@asynccontextmanager` above the function, or around it where it is handed over."""
    if not isinstance(usage.node, ast.keyword):
        return Refusal("the lifespan is not given by keyword")
    value, place = usage.node.value, usage.place
    function = function_of(value, place, context.inference)
    if function is None:
        return Refusal("it is wrapped in a `partial`")
    is_async = isinstance(function.node, ast.AsyncFunctionDef)
    decorated = _decorated(function, context)
    if decorated is not None:
        return decorated
    if not is_async:
        return Refusal("the plain generator is used elsewhere, too, or defined in another module")
    manager = reach(_MANAGER, place, context)
    if isinstance(manager, Refusal):
        return manager
    change = partial(_called, manager=manager.expression)
    span = context.module.document.span(value)
    kind = {ast.Name: "Name", ast.Attribute: "Attribute"}.get(type(value))
    if kind is None:
        return Refusal("the lifespan is not given by its name")
    return Plan((Edit(place.statement, span, kind, change),), manager.imports)


def _decorated(function: FunctionType, context: Context) -> Plan | None:
    """The plan for the definition, if it is in sight and nothing else uses the function."""
    node, where = function.node, function.scope.place
    if where is None or function.scope.module is not context.module:
        return None
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or where.scope.is_class:
        return None
    used = sum(
        isinstance(inner, ast.Name) and inner.id == node.name for inner in ast.walk(context.module.scope.node)
    )
    manager = reach(_MANAGER, where, context)
    if used != 1 or isinstance(manager, Refusal):
        return None
    if isinstance(node, ast.FunctionDef) and any(_is_only_plain(inner) for inner in _own(function)):
        return None
    document = context.module.document
    change = partial(_with_decorator, manager=manager.expression)
    return Plan((Edit(node, document.span(node), "FunctionDef", change),), manager.imports)


def _own(function: FunctionType) -> Iterator[ast.AST]:
    surroundings = inside(function.scope)
    return (node for node in ast.walk(function.node) if surroundings.is_own(node))


def _is_only_plain(node: ast.AST) -> bool:
    """Whether something can't stand in an async generator, or means something else there."""
    return isinstance(node, ast.YieldFrom) or (isinstance(node, ast.Return) and node.value is not None)


def _with_decorator(node: cst.FunctionDef, *, manager: str) -> cst.FunctionDef:
    import libcst as cst

    if not isinstance(node, cst.FunctionDef):
        raise CannotApply("the function is not what it was")
    decorator = cst.Decorator(cst.parse_expression(manager))
    asynchronous = node.asynchronous or cst.Asynchronous()
    # The comments above the definition stay above all of it.
    return node.with_changes(decorators=[decorator, *node.decorators], asynchronous=asynchronous)


def _called(node: cst.BaseExpression, *, manager: str) -> cst.Call:
    import libcst as cst

    return cst.Call(cst.parse_expression(manager), [cst.Arg(node)])
