"""`request._receive = receive`, which gave back a body that was read, goes: Starlette does that by itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.plan import Plan, Refusal, Removal
from starlette_upgrade.rewrite.ranges import bodies_of

if TYPE_CHECKING:
    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OTHERS = Refusal("what is received is not plainly the body that was read")


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The assignment and the function that was assigned; their function and its calls, if nothing is left of it."""
    statement, function = usage.place.statement, usage.place.scope.node
    node = usage.node
    if not (
        isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name) and len(statement.targets) == 1
    ):
        return _OTHERS
    if not isinstance(function, _Function) or not isinstance(node, ast.Attribute):
        return _OTHERS
    request = ast.unparse(node.value)
    body = next((list(body) for body in bodies_of(function) if statement in body), [])
    going = _going(statement, statement.value.id, request, function, body)
    if going is None:
        return _OTHERS
    left = [other for other in body if other not in going and not _is_text(other)]
    if left:
        return Plan(removals=tuple(Removal(gone, commented=True) for gone in going))
    calls = _calls_of(function, context)
    if calls is None:
        return Refusal("nothing would be left of the function, which is used elsewhere")
    return Plan(removals=(Removal(function, commented=True), *(Removal(call, commented=True) for call in calls)))


def _going(
    statement: ast.stmt, receive: str, request: str, function: _Function, body: list[ast.stmt]
) -> list[ast.stmt] | None:
    """The statements that only serve to give the body back; None if they may do something else."""
    inner = [other for other in body if isinstance(other, ast.AsyncFunctionDef) and other.name == receive]
    if len(inner) != 1 or inner[0].decorator_list or len(_uses(receive, function)) != 1:
        return None
    lines = [line for line in inner[0].body if not _is_text(line)]
    value = lines[0].value if len(lines) == 1 and isinstance(lines[0], ast.Return) else None
    if isinstance(value, ast.Name):
        read = _assigned(value.id, f"await {request}._receive()", body)
        if read is None or len(_uses(value.id, function)) != 1:
            return None
        return [read, inner[0], statement]
    if isinstance(value, ast.Dict):
        entries = {ast.unparse(key): entry for key, entry in zip(value.keys, value.values, strict=True) if key}
        content = entries.get("'body'")
        more = ast.unparse(entries.get("'more_body'", ast.Constant(False)))
        known = len(entries) == len(value.keys) and entries.keys() <= {"'type'", "'body'", "'more_body'"}
        if known and isinstance(content, ast.Name) and more == "False":
            read = _assigned(content.id, f"await {request}.body()", body)
            return [inner[0], statement] if read is not None else None
    return None


def _assigned(name: str, value: str, body: list[ast.stmt]) -> ast.stmt | None:
    """The one statement that gives a name its value, if it is this value."""
    found = [
        other
        for other in body
        for node in ast.walk(other)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    if len(found) == 1 and isinstance(found[0], ast.Assign) and ast.unparse(found[0].value) == value:
        return found[0] if isinstance(found[0].targets[0], ast.Name) and len(found[0].targets) == 1 else None
    return None


def _uses(name: str, function: ast.AST) -> list[ast.Name]:
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    return [node for node in nodes if isinstance(node.ctx, ast.Load)]


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _calls_of(function: _Function, context: Context) -> list[ast.stmt] | None:
    """The statements that do nothing but await a function; None if it is used in another way, or by others."""
    tree = context.module.document.tree
    parents = parents_in(tree)
    cls = parents.get(function)
    if not isinstance(cls, ast.ClassDef) or function.decorator_list:
        return None
    calls: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == function.name:
            return None
        if not isinstance(node, ast.Attribute) or node.attr != function.name:
            continue
        call = _call_as_statement(node, parents)
        if call is None or not any(node is inner for inner in ast.walk(cls)):
            return None
        calls.append(call)
    return calls or None


def _call_as_statement(node: ast.Attribute, parents: Parents) -> ast.stmt | None:
    """The statement `await self.method(name)`, where it is not the only one of its block."""
    call = parents.get(node)
    awaited = parents.get(call) if isinstance(call, ast.Call) and call.func is node else None
    statement = parents.get(awaited) if isinstance(awaited, ast.Await) else None
    if not isinstance(call, ast.Call) or not isinstance(statement, ast.Expr):
        return None
    if call.keywords or not all(isinstance(given, ast.Name) for given in call.args):
        return None
    around = parents[statement]
    bodies = bodies_of(around) if isinstance(around, ast.stmt) else ()
    return statement if any(statement in body and len(body) > 1 for body in bodies) else None
