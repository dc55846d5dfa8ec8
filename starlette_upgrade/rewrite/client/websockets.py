"""`client.websocket_connect(url)` that stands alone becomes `with client.websocket_connect(url): pass`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import above, parents_at
from starlette_upgrade.rewrite.fitting import step_of
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_RAISES = frozenset({"assertRaises", "assertRaisesRegex", "raises"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The session is entered and left at once, where a test only expects that this raises an error."""
    statement, document = usage.place.statement, context.module.document
    if not isinstance(statement, ast.Expr) or statement.value is not usage.node:
        return Refusal("what the session is used for would have to go into a block")
    if not _is_expected_to_raise(statement, parents_at(usage.place)):
        return Refusal("leaving the block would close the connection, which stays open now")
    change = partial(_entered, step=step_of(document))
    return Plan((Edit(statement, document.span(statement), WHOLE_LINE, change),))


def _is_expected_to_raise(statement: ast.stmt, parents: Parents) -> bool:
    """Whether the statement is all that is done where an error is expected."""
    around = next(above(statement, parents), None)
    return (
        isinstance(around, ast.With)
        and around.body == [statement]
        and any(
            isinstance(item.context_expr, ast.Call) and last_name(item.context_expr.func) in _RAISES
            for item in around.items
        )
    )


def _entered(line: cst.SimpleStatementLine, *, step: str) -> cst.With:
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise CannotApply("the statement shares its line with others")
    call = cst.ensure_type(line.body[0], cst.Expr).value
    body = cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])], header=line.trailing_whitespace, indent=step)
    return cst.With([cst.WithItem(call)], body, leading_lines=line.leading_lines)
