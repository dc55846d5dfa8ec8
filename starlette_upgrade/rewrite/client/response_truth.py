"""`if response` becomes `if response.status_code < 400`, which is what it asked."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import above, parents_at
from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_TESTED = (ast.Assert, ast.If, ast.IfExp, ast.While)


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The status is compared instead; `not response` turns the comparison around."""
    response, document = usage.node, context.module.document
    assert isinstance(response, ast.expr)
    parents = parents_at(usage.place)
    around = parents.get(response)
    statement = next((node for node in above(response, parents) if isinstance(node, ast.stmt)), None)
    if statement is None:
        return Refusal("the statement around it was not found")
    if isinstance(around, ast.BoolOp) and not _is_only_asked(around, parents):
        return Refusal("the response itself may come out of the `and` or `or`")
    if isinstance(around, ast.UnaryOp):
        return Plan((edit_of(around, statement, document, _failed),))
    return Plan((edit_of(response, statement, document, partial(_compared, operator="<")),))


def _is_only_asked(node: ast.expr, parents: Parents) -> bool:
    """Whether of a condition nothing but its truth matters."""
    around = parents.get(node)
    if isinstance(around, ast.BoolOp):
        return _is_only_asked(around, parents)
    if isinstance(around, _TESTED):
        return around.test is node
    return isinstance(around, ast.UnaryOp) and isinstance(around.op, ast.Not)


def _failed(node: cst.UnaryOperation) -> cst.BaseExpression:
    """`not x` becomes `x.status_code >= 400`."""
    made = _compared(node.expression, operator=">=")
    return made.with_changes(lpar=(*node.lpar, *made.lpar), rpar=(*made.rpar, *node.rpar))


def _compared(response: cst.BaseExpression, *, operator: str) -> cst.BaseExpression:
    import libcst as cst

    if isinstance(response, cst.NamedExpr) and not response.lpar:
        response = response.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    comparison = cst.ensure_type(cst.parse_expression(f"_.status_code {operator} 400"), cst.Comparison)
    status = cst.ensure_type(comparison.left, cst.Attribute)
    return comparison.with_changes(left=status.with_changes(value=response))
