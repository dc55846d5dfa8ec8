"""`self.call_next` in a `dispatch` becomes the parameter that it is given."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import replaced

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The third parameter of `dispatch`, which is the same function."""
    node, scope = usage.node, usage.place.scope
    function = scope.node
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return Refusal("it is not an attribute of `self`")
    if not isinstance(function, ast.AsyncFunctionDef) or function.name != "dispatch":
        return Refusal("only `dispatch` is given a `call_next`")
    parameters = [*function.args.posonlyargs, *function.args.args]
    if len(parameters) != 3 or node.value.id != parameters[0].arg or len(scope.names[parameters[2].arg]) != 1:
        return Refusal("the parameters of `dispatch` are not those that it is given")
    return Plan((replaced(node, usage.place.statement, context.module.document, parameters[2].arg),))
