"""`stream=True` goes from a request, and so does a `with` around it: the response was read in full all along."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import above, parents_at, uses_of
from starlette_upgrade.rewrite.general import arguments
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The argument goes; `with client.get(…) as response` becomes `response = client.get(…)`."""
    call = usage.call
    assert call is not None
    parents = parents_at(usage.place)
    removal = arguments.plan_removal(usage, fix, context) if usage.name == "stream" else Plan()
    entered = [use for use in uses_of(call, parents) if isinstance(parents.get(use), ast.withitem)]
    if not entered or isinstance(removal, Refusal):
        return removal
    statement = next(node for node in above(entered[0], parents) if isinstance(node, ast.stmt))
    if entered != [call] or not isinstance(statement, ast.With) or len(statement.items) != 1:
        return Refusal("the response is entered by `with`, which is no longer possible")
    if not isinstance(statement.items[0].optional_vars, ast.Name | None):
        return Refusal("the response is entered by `with`, which is no longer possible")
    alone = Edit(statement, context.module.document.span(statement), "With", _opened)
    return replace(removal, edits=(*removal.edits, alone))


def _opened(node: cst.With) -> cst.FlattenSentinel[cst.BaseStatement]:
    """The response under its name, and below it what stood in the block."""
    import libcst as cst

    body, item = node.body, node.items[0]
    if not isinstance(body, cst.IndentedBlock) or any(line.comment is not None for line in body.footer):
        raise CannotApply("the block has something that would have no place")
    value: cst.BaseSmallStatement = cst.Expr(item.item)
    if item.asname is not None:
        name = cst.ensure_type(item.asname.name, cst.Name)
        value = cst.Assign([cst.AssignTarget(name)], item.item)
    first = cst.SimpleStatementLine([value], leading_lines=node.leading_lines, trailing_whitespace=body.header)
    return cst.FlattenSentinel([first, *body.body])
