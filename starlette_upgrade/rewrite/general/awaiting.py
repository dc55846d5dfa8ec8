"""What became a coroutine function: its calls get `await`, and its overrides `async`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of, statement_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
# What binds tighter than `await`, so that it needs brackets there.
_TIGHT = (ast.Attribute, ast.Subscript, ast.Call)


def plan_call(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`x.method(…)` becomes `await x.method(…)`, inside of a coroutine function."""
    if usage.call is None:
        return Refusal("it is not called here")
    tree = context.module.document.tree
    parents = parents_in(tree)
    around: ast.AST | None = parents.get(usage.call)
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = parents.get(around)
    if not isinstance(around, ast.AsyncFunctionDef):
        return Refusal("the function around the call is not `async`")
    return Plan((_awaited(usage.call, usage.place.statement, context),))


def _awaited(call: ast.Call, statement: ast.stmt, context: Context) -> Edit:
    document = context.module.document
    parent = parents_in(document.tree).get(call)
    # An argument of a call stands between brackets anyway.
    is_tight = isinstance(parent, _TIGHT) and not (isinstance(parent, ast.Call) and parent.func is not call)

    def change(node: cst.Call) -> cst.BaseExpression:
        import libcst as cst

        if node.lpar or not is_tight:
            return cst.Await(node.with_changes(lpar=(), rpar=()), lpar=node.lpar, rpar=node.rpar)
        return cst.Await(node, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])

    return edit_of(call, statement, document, change)


def plan_override(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The override becomes `async def`, and awaits the inherited method where it calls it."""
    node, document = usage.node, context.module.document
    if not isinstance(node, ast.FunctionDef):
        return Refusal("it is not defined as a function")
    if node.decorator_list:
        outer = ast.unparse(node.decorator_list[0])
        return Refusal(f"the decorator `@{outer}` may not expect a coroutine function")
    parents = parents_in(document.tree)
    edits: list[Edit] = []
    for call in _inherited_calls(node):
        around: ast.AST = parents[call]
        while not isinstance(around, _FUNCTIONS):
            around = parents[around]
        if around is not node:
            return Refusal("the inherited method is called in a function inside of it")
        edits.append(_awaited(call, statement_around(call, parents), context))
    # Other overrides of this name are rewritten likewise, and what they call with them.
    functions = {
        call.func
        for definition in ast.walk(document.tree)
        if isinstance(definition, ast.FunctionDef) and definition.name == node.name
        for call in _inherited_calls(definition)
    }
    for other in ast.walk(document.tree):
        if isinstance(other, ast.Attribute) and other.attr == node.name and other not in functions:
            return Refusal("the method is also used elsewhere in this module")
        if isinstance(other, ast.Yield | ast.YieldFrom) and any(other is inner for inner in ast.walk(node)):
            return Refusal("it is a generator")
    return Plan((Edit(node, document.span(node), "FunctionDef", _asynchronous), *edits))


def _inherited_calls(node: ast.FunctionDef) -> Iterator[ast.Call]:
    """Each `super().name(…)` in a method of this name."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == node.name:
            owner = inner.func.value
            if isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super":
                yield inner


def _asynchronous(node: Any) -> cst.FunctionDef:
    import libcst as cst

    changed: cst.FunctionDef = node.with_changes(asynchronous=cst.Asynchronous())
    return changed
