"""`request.session`: a value that was changed in place is written again; the session is changed, not replaced."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.sessions import stories
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.rewrite.text.expressions import replaced
from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.rewrite.text.listing import argument, listing_of, with_listing

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

    Lines = cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]

_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete)


def plan_write(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Behind the last change of the value: `request.session["cart"] = cart`."""
    write = _write_of(usage.node, usage, context)
    if isinstance(write, Refusal):
        return write
    body = _body_around(usage.place.statement, usage)
    last = usage.place.statement
    for story in stories(context):
        for event in story.changes:
            statement = event.place.statement
            if statement in body and statement.lineno > last.lineno:
                other = _write_of(event.node, usage, context)
                last = statement if other == write else last
    if not isinstance(usage.place.statement, _SIMPLE) or not isinstance(last, _SIMPLE):
        return Refusal("the change is part of a larger statement")
    return Plan((_line(last, partial(_followed, text=write), context),))


def _write_of(node: ast.AST, usage: Usage, context: Context) -> str | Refusal:
    """The write that saves what a change has changed."""
    document = context.module.document
    value = _changed(node)
    name = ""
    if isinstance(value, ast.Name):
        name, bindings = value.id, usage.place.scope.names.get(value.id, ())
        if len(bindings) != 1 or not isinstance(bindings[0].statement, ast.Assign | ast.AnnAssign):
            return Refusal(f"`{name}` is not given its value in one place")
        statement = bindings[0].statement
        given = statement.value
        is_alone = isinstance(statement, ast.AnnAssign) or len(statement.targets) == 1
        if given is None or bindings[0].index is not None or not is_alone:
            return Refusal(f"`{name}` is not given its value in one place")
        if any(
            statement.lineno < write.statement.lineno < usage.place.statement.lineno
            for story in stories(context)
            for write in story.writes
            if write.scope is usage.place.scope
        ):
            return Refusal(f"the session is written to between `{name}` and its change")
        value = given
    found = _key(value)
    if found is None:
        return Refusal("which key of the session it belongs to is not plain to see")
    session, key = found
    if not _is_path(session):
        return Refusal("the session is not reached by plain names")
    if not isinstance(key, ast.Constant) and not _is_path(key):
        return Refusal("its key is not a plain name or text")
    for part in (session, key):
        if any(isinstance(inner, ast.Name) and _is_rebound(inner.id, usage) for inner in ast.walk(part)):
            return Refusal("what leads to the session is given another value in this function")
    place = f"{document.segment(document.span(session))}[{document.segment(document.span(key))}]"
    return f"{place} = {name or place}"


def _changed(node: ast.AST) -> ast.expr | None:
    """The value, or name, right below the session in `….append(x)`, `…["a"]["b"] = x`."""
    found = node.func if isinstance(node, ast.Call) else node
    below: ast.expr | None = getattr(found, "value", None)
    while isinstance(below, ast.Subscript) and not _is_session(below.value):
        below = below.value
    return below


def _is_session(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "session"


def _key(value: ast.expr | None) -> tuple[ast.expr, ast.expr] | None:
    """The session and the key in `session[key]`, `session.get(key)` and `session.setdefault(key, …)`."""
    if isinstance(value, ast.Subscript) and _is_session(value.value):
        return value.value, value.slice
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.keywords):
        return None
    counts = {"setdefault": (2,), "get": (1,)}.get(value.func.attr, ())
    if len(value.args) not in counts or not _is_session(value.func.value):
        return None
    return value.func.value, value.args[0]


def _is_path(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _is_rebound(name: str, usage: Usage) -> bool:
    return len(usage.place.scope.names.get(name, ())) > 1


def _body_around(statement: ast.stmt, usage: Usage) -> list[ast.stmt]:
    """The run of statements that a statement belongs to."""
    scope = usage.place.scope.node
    parent = parents_in(scope).get(statement, scope)
    bodies = (getattr(parent, field, None) for field in ("body", "orelse", "finalbody"))
    return next((body for body in bodies if isinstance(body, list) and statement in body), [statement])


def _line(statement: ast.stmt, change: object, context: Context) -> Edit:
    assert callable(change)
    return Edit(statement, context.module.document.span(statement), WHOLE_LINE, change)


def _followed(line: Lines, *, text: str) -> Lines:
    """The line with one more statement below it; several changes of one value are followed by one write."""
    import libcst as cst

    if isinstance(line, cst.FlattenSentinel):
        rows = list(line)
        if any(code_of(row).strip() == text for row in rows):
            return line
        return cst.FlattenSentinel([*rows, _statement(text)])
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise CannotApply("the change stands on one line with other code")
    return cst.FlattenSentinel([line, _statement(text)])


def _statement(text: str) -> cst.SimpleStatementLine:
    import libcst as cst

    made = cst.parse_statement(text)
    assert isinstance(made, cst.SimpleStatementLine)
    return made


def plan_change(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`request.scope["session"] = {…}` becomes `request.session.clear()` and `request.session.update({…})`."""
    statement, node = usage.place.statement, usage.node
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return Refusal("it is assigned together with something else")
    assert isinstance(node, ast.Subscript)
    assert isinstance(node.value, ast.Attribute)
    request, value = node.value.value, statement.value
    if not isinstance(request, ast.Name):
        return Refusal("the request is not a plain name")
    session = f"{request.id}.session"
    is_call = isinstance(value, ast.Call)
    parts = [*value.args, *value.keywords] if isinstance(value, ast.Call) else getattr(value, "keys", [])
    starts_with_it = bool(parts) and _is_copy(value, session)
    inside = [inner for part in ast.iter_child_nodes(value) for inner in ast.walk(part)]
    names = [inner.id for inner in inside if isinstance(inner, ast.Name)]
    if names.count(request.id) > starts_with_it:
        return Refusal("the new value is made with the request, whose session would be empty by then")
    if any(isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom) for inner in inside):
        return Refusal("the new value is waited for, while the session would be empty already")
    if not isinstance(value, ast.Dict | ast.Call):
        return Refusal("the new value is not written out")
    change = partial(_updated, session=session, copied=starts_with_it, is_call=is_call)
    return Plan((_line(statement, change, context),))


def _is_copy(value: ast.expr, session: str) -> bool:
    """`{**request.session, …}`, or `dict(request.session, …)`."""
    if isinstance(value, ast.Dict):
        return value.keys[:1] == [None] and ast.unparse(value.values[0]) == session
    return isinstance(value, ast.Call) and bool(value.args) and ast.unparse(value.args[0]) == session


def _updated(line: Lines, *, session: str, copied: bool, is_call: bool) -> Lines:
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise CannotApply("it stands on one line with other code")
    (small,) = line.body
    if not isinstance(small, cst.Assign):
        raise CannotApply("it is not what it was")
    value = small.value
    if not isinstance(value, cst.Call | cst.Dict):
        raise CannotApply("the new value is not what it was")
    listing = listing_of(value)
    if copied:
        value = with_listing(value, listing.without(0))
    update = cst.parse_expression(f"{session}.update")
    clear = cst.SimpleStatementLine([cst.Expr(cst.parse_expression(f"{session}.clear()"))])
    made = value.with_changes(func=update) if is_call else cst.Call(update, [argument(value)])
    rows = [] if copied else [clear]
    if listing_of(value).items:
        rows.append(cst.SimpleStatementLine([cst.Expr(made)]))
    if not rows:
        raise CannotApply("the session is only copied")
    rows[0] = rows[0].with_changes(leading_lines=line.leading_lines)
    rows[-1] = rows[-1].with_changes(trailing_whitespace=line.trailing_whitespace)
    return cst.FlattenSentinel(rows)


def plan_noticed(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`session |= values` becomes `session.update(values)`, and `popitem()` a `pop()` of the last key."""
    statement, node = usage.place.statement, usage.node
    if isinstance(statement, ast.AugAssign):
        if not isinstance(statement.target, ast.Name):
            return Refusal("the session of a request can't be assigned to")
        return Plan((_line(statement, _update_for_or, context),))
    if not (isinstance(statement, ast.Expr) and statement.value is node and isinstance(node, ast.Call)):
        return Refusal("what `popitem()` gives is used")
    assert isinstance(node.func, ast.Attribute)
    if not _is_path(node.func.value):
        return Refusal("the session is not a plain name")
    if any(hasattr(block.owner, "handlers") for block in usage.place.block.chain()):
        return Refusal("of an empty session, another error would come")
    session = ast.unparse(node.func.value)
    return Plan((replaced(node, statement, context.module.document, f"{session}.pop(next(reversed({session})))"),))


def _update_for_or(line: Lines) -> Lines:
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise CannotApply("it stands on one line with other code")
    (small,) = line.body
    if not isinstance(small, cst.AugAssign):
        raise CannotApply("it is not what it was")
    call = cst.Call(cst.Attribute(small.target, cst.Name("update")), [argument(small.value)])
    return line.with_changes(body=[cst.Expr(call)])
