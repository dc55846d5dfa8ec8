"""`websocket = client.websocket_connect(url)` becomes `with client.websocket_connect(url) as websocket:`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import above, parents_at, readings
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.rewrite.text.fitting import step_of
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_RAISES = frozenset({"assertRaises", "assertRaisesRegex", "raises"})
_CLOSES = "The end of the block waits for the application and raises what it raised, which nothing did before."


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What uses the session goes into a block; where an error is all that a test expects, nothing does."""
    statement, parents = usage.place.statement, parents_at(usage.place)
    if isinstance(statement, ast.Assign) and statement.value is usage.node:
        return _around_uses(statement, parents, context)
    if not isinstance(statement, ast.Expr) or statement.value is not usage.node:
        return Refusal("the session has no name, which it would need in a block")
    if not _is_expected_to_raise(statement, parents):
        return Refusal("leaving the block would close the connection, which stays open now")
    document = context.module.document
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
    """The call of the line, entered and left."""
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise CannotApply("the statement shares its line with others")
    call = cst.ensure_type(line.body[0], cst.Expr).value
    body = cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])], header=line.trailing_whitespace, indent=step)
    return cst.With([cst.WithItem(call)], body, leading_lines=line.leading_lines)


def _around_uses(statement: ast.Assign, parents: Parents, context: Context) -> Plan | Refusal:
    """The statements from the connection to the last one that uses it."""
    document, target = context.module.document, statement.targets[0]
    function = parents.get(statement)
    if not isinstance(function, ast.FunctionDef) or statement not in function.body:
        return Refusal("the connection is not made among the statements of a function itself")
    if not isinstance(target, ast.Name):
        return Refusal("the session has no name of its own")
    first = function.body.index(statement)
    using = [n for n, later in enumerate(function.body) if n > first and _is_used(later, target.id)]
    last = using[-1]
    closed = _is_closing(function.body[last], target.id)
    if last - closed == first or isinstance(function.body[last], ast.Return):
        return Refusal("nothing would be left for the block")
    count = len(function.body)
    change = partial(_blocked, first=first, last=last, closed=closed, count=count, step=step_of(document))
    return Plan((Edit(function, document.span(function), "FunctionDef", change),), unsafe_because=_CLOSES)


def _is_used(statement: ast.stmt, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement))


def _is_closing(statement: ast.stmt, name: str) -> bool:
    """`websocket.close()`, which the end of a block does."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "close"
        and not (call.args or call.keywords)
        and any(True for _ in readings(call.func, name))
    )


def _blocked(
    node: cst.FunctionDef, *, first: int, last: int, closed: bool, count: int, step: str
) -> cst.FunctionDef:
    import libcst as cst

    lines: Sequence[cst.CSTNode] = node.body.body
    line = lines[first] if len(lines) == count else None
    if not isinstance(node.body, cst.IndentedBlock) or not isinstance(line, cst.SimpleStatementLine):
        raise CannotApply("some statements share a line")
    made = cst.ensure_type(line.body[0], cst.Assign)
    item = cst.WithItem(made.value, cst.AsName(cst.ensure_type(made.targets[0].target, cst.Name)))
    inside = list(node.body.body[first + 1 : last + 1])
    if closed:
        gone = inside.pop()
        if any(space.comment for space in cst.ensure_type(gone, cst.SimpleStatementLine).leading_lines):
            raise CannotApply("a comment stands above what closes the connection")
    block = cst.IndentedBlock(inside, header=line.trailing_whitespace, indent=step)
    entered = cst.With([item], block, leading_lines=line.leading_lines)
    body = [*node.body.body[:first], entered, *node.body.body[last + 1 :]]
    return node.with_changes(body=node.body.with_changes(body=body))
