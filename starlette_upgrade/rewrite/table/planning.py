"""The plan that makes tables of all that is registered on one app, for every usage that is part of it."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.general.decorators import gives_back, split, without_decorator
from starlette_upgrade.rewrite.insertion import comments_above
from starlette_upgrade.rewrite.lifespan.constructors import STARLETTE
from starlette_upgrade.rewrite.lifespan.planning import plans_in
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Insertion, Plan, Refusal, Removal
from starlette_upgrade.rewrite.ranges import Ranges
from starlette_upgrade.rewrite.table.app import app_of, root_of
from starlette_upgrade.rewrite.table.between import assignments, elsewhere, obstacle
from starlette_upgrade.rewrite.table.constructor import constructor
from starlette_upgrade.rewrite.table.entries import entry_of, symbols_of, values_of
from starlette_upgrade.rewrite.table.layout import Room
from starlette_upgrade.rewrite.table.naming import name_all
from starlette_upgrade.rewrite.table.registrations import registrations_of
from starlette_upgrade.rewrite.table.source import comments_in, holds_long_string, is_inside
from starlette_upgrade.rewrite.text.fitting import margin_of
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.table.app import App
    from starlette_upgrade.rewrite.table.layout import Item
    from starlette_upgrade.rewrite.table.registrations import Registration, Table
    from starlette_upgrade.source.document import Document

# Names that Starlette took away from its apps: what registers by one of them must be in the table, too.
REMOVED = frozenset({"route", "websocket_route", "exception_handler", "middleware", "add_websocket_route"})
UNSAFE_BECAUSE = (
    "The app is made below its handlers; code that asks for it before, in a way that can't be seen here, "
    "does not find it."
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def speaks_of(usage: Usage) -> bool:
    """Whether a usage registers something in a way that is gone, so that a table could hold it."""
    return isinstance(usage.node, ast.Attribute) and usage.node.attr in REMOVED


def plan(usage: Usage, context: Context) -> Plan | Refusal:
    """The one plan for all that is registered on the usage's app, made once."""
    app = app_of(usage, context)
    if isinstance(app, Refusal):
        return app
    if app.statement not in context.shared:
        context.shared[app.statement] = _plan(app, context)
    return context.shared[app.statement]


def before(usage: Usage, context: Context) -> tuple[Plan, ...]:
    """The plans for the startup and shutdown handlers of the usage's app: they may clear the way for a table."""
    app = app_of(usage, context)
    return () if isinstance(app, Refusal) else _lifespans(app, context)


def _lifespans(app: App, context: Context) -> tuple[Plan, ...]:
    plans = plans_in(context.module, context.inference, STARLETTE)
    used = {id(node) for node, _, _ in references(app.name, app.scope)}
    nodes = [
        node
        for statement in app.body
        for node in ast.walk(statement)
        if statement is app.statement or (isinstance(node, ast.Attribute) and id(root_of(node)) in used)
    ]
    found = [plans.get(id(node)) for node in nodes]
    return tuple(dict.fromkeys(plan for plan in found if isinstance(plan, Plan)))


def _plan(app: App, context: Context) -> Plan | Refusal:
    registrations = registrations_of(app)
    found = elsewhere(app, registrations, REMOVED)
    if found is not None or not registrations:
        return found or Refusal("nothing is registered by statements of the same body")
    last = registrations[-1].index
    following = assignments(app, last)
    found = (
        _shared(app, registrations, context)
        or obstacle(app, registrations, following, context)
        or _repeated(app, registrations)
    )
    if found is not None:
        return found
    return _written(app, registrations, following, context)


def _shared(app: App, registrations: Sequence[Registration], context: Context) -> Refusal | None:
    """A definition whose decorators do more than register it here, or a line with more than one statement."""
    consumed = {id(found.call) for found in registrations}
    for index in sorted({found.index for found in registrations}):
        statement = app.body[index]
        if not isinstance(statement, _DEFINITIONS):
            continue
        own = [number for number, node in enumerate(statement.decorator_list) if id(node) in consumed]
        for number, decorator in enumerate(statement.decorator_list):
            if id(decorator) in consumed:
                continue
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(target, ast.Attribute) and target.attr in REMOVED:
                return Refusal(f"`{statement.name}` is registered by `@{ast.unparse(decorator)}` as well")
            if number < own[-1] and not gives_back(decorator, app.place, context):
                return Refusal(
                    f"`@{ast.unparse(decorator)}` may change what is registered in line {decorator.lineno}"
                )
    return None


def _repeated(app: App, registrations: Sequence[Registration]) -> Refusal | None:
    """Two handlers for one exception: the later one counts, which a table would hide."""
    seen: set[str] = set()
    for keyword in app.call.keywords:
        if keyword.arg == "exception_handlers" and isinstance(keyword.value, ast.Dict):
            seen.update(ast.dump(key) for key in keyword.value.keys if key is not None)
    for found in registrations:
        if found.kind.table != "exception_handlers":
            continue
        key = found.call.args[0] if found.call.args else None
        text = ast.dump(key) if key is not None else ""
        if text in seen:
            return Refusal(f"a second handler for the same exception is registered in line {found.call.lineno}")
        seen.add(text)
    return None


def _written(
    app: App, registrations: Sequence[Registration], following: Sequence[int], context: Context
) -> Plan | Refusal:
    document = context.module.document
    ranges = Ranges(document)
    gone = sorted({found.index for found in registrations if found.from_end == 0} | {*following})
    moved = [app.statement, *(app.body[index] for index in gone)]
    target = app.body[registrations[-1].index]
    if any(ranges.alone(statement) is None for statement in (*moved, target)):
        return Refusal("a line holds several statements")
    wanted = list(dict.fromkeys(symbol for found in registrations for symbol in symbols_of(found)))
    names = name_all(wanted, app, registrations[-1].index, context)
    if isinstance(names, Refusal):
        return names
    tables: dict[Table, list[Item]] = {}
    for found in registrations:
        entry = _with_comments(found, names.expressions, app, ranges, document)
        if isinstance(entry, Refusal):
            return entry
        tables.setdefault(found.kind.table, []).append(entry)
    if "middleware" in tables:
        tables["middleware"].reverse()  # each is put before those that were added before it
    margin = margin_of(document, app.statement.lineno)
    going = [*moved, *(found.call for found in registrations)]
    if margin.block and any(holds_long_string(node) for node in going):
        return Refusal("a string over several lines would have to be indented anew")
    room = Room(margin.width - len(margin.block.expandtabs(4)), margin.step)
    made = constructor(app, tables, context, room)
    if isinstance(made, Refusal):
        return made
    texts = [*_comments_above(app.statement, ranges, document), made]
    for index in following:
        texts += [*_comments_above(app.body[index], ranges, document), _as_written(app.body[index], document)]
    text = "\n".join(texts)
    if len(text.splitlines()) != text.count("\n") + 1:
        return Refusal("an unusual line break stands in its text")
    is_definition = isinstance(target, _DEFINITIONS)
    return Plan(
        edits=tuple(_edit(found, app, document) for found in registrations if found.from_end),
        imports=names.imports,
        insertions=(*names.insertions, Insertion(target, text, below=is_definition, definition=is_definition)),
        removals=tuple(Removal(statement, commented=True) for statement in moved),
        unsafe_because=UNSAFE_BECAUSE,
        after=_lifespans(app, context),
    )


def _edit(found: Registration, app: App, document: Document) -> Edit:
    definition = app.body[found.index]
    kind = "ClassDef" if isinstance(definition, ast.ClassDef) else "FunctionDef"
    # The upper one of two decorators goes first.
    turn = len(getattr(definition, "decorator_list", ())) - found.from_end
    return Edit(
        definition,
        document.span(definition),
        kind,
        partial(_bare, from_end=found.from_end),
        turn,
        moves_comments=True,
    )


def _bare(
    node: cst.FunctionDef | cst.ClassDef | cst.FlattenSentinel[cst.BaseStatement], *, from_end: int
) -> cst.FlattenSentinel[cst.BaseStatement]:
    """The definition without a decorator, counted from the bottom; the upper ones may be gone already."""
    import libcst as cst

    definition, later = split(node)
    index = len(definition.decorators) - from_end
    if not 0 <= index < len(definition.decorators):
        raise CannotApply("the decorator is not where it was")
    return cst.FlattenSentinel([without_decorator(definition, index), *later])


def _with_comments(
    found: Registration, names: Mapping[str, str], app: App, ranges: Ranges, document: Document
) -> Item | Refusal:
    """The entry with the comments of its statement, or of its decorator."""
    statement = app.body[found.index]
    node: ast.stmt | ast.expr = found.call if found.from_end else statement
    values = values_of(found)
    last = node.end_lineno or node.lineno
    loose = [
        comment
        for comment in comments_in(document, node.lineno, last)
        if not any(is_inside(comment, value, document) for value in values)
    ]
    behind = [comment for comment in loose if comment.line == last and comment.behind_code]
    entry = entry_of(found, names, [comment for comment in loose if comment not in behind], document)
    if isinstance(entry, Refusal):
        return entry
    above = [] if found.from_end else _comments_above(statement, ranges, document)
    return replace(entry, above=(*above, *entry.above), behind="  ".join(comment.text for comment in behind))


def _comments_above(statement: ast.stmt, ranges: Ranges, document: Document) -> list[str]:
    lines = ranges.of(statement)
    first = comments_above(document, lines).first
    return [row.strip() for row in document.lines[first - 1 : lines.first - 1]]


def _as_written(statement: ast.stmt, document: Document) -> str:
    """A whole statement with what stands behind it, at no indentation."""
    rows = document.lines[statement.lineno - 1 : statement.end_lineno]
    base = document.column(statement.lineno, statement.col_offset) - 1
    indentation = rows[0][:base]
    return "\n".join(row.rstrip("\r\n").removeprefix(indentation) for row in rows)
