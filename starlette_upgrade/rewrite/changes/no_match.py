"""`NoMatchFound()` in a `url_path_for` gets what was looked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import replaced

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_LOOKING = frozenset({"url_path_for", "url_for"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`NoMatchFound(name, path_params)`, by the names that the parameters have there."""
    node, scope, document = usage.node, usage.place.scope, context.module.document
    function = scope.node
    error = node.func if isinstance(node, ast.Call) else node
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        return Refusal("it has arguments already")
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function.name not in _LOOKING:
        return Refusal("what was looked for is not known here")
    parameters = [*function.args.posonlyargs, *function.args.args]
    if scope.parent is not None and scope.parent.is_class:
        parameters = parameters[1:]
    if len(parameters) != 1 or function.args.kwarg is None:
        return Refusal("the parameters are not a name and the rest")
    names = parameters[0].arg, function.args.kwarg.arg
    if any(len(scope.names.get(name, ())) != 1 for name in names):
        return Refusal("the parameters are changed before")
    assert isinstance(node, ast.expr)
    made = f"{document.segment(document.span(error))}({names[0]}, {names[1]})"
    return Plan((replaced(node, usage.place.statement, document, made),))
