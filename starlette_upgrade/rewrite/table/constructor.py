"""The text of an app's constructor with its tables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.rewrite.table.app import PARAMETERS
from starlette_upgrade.rewrite.table.entries import unpacked
from starlette_upgrade.rewrite.table.layout import Brackets, Item, Text, laid_out
from starlette_upgrade.rewrite.table.source import comments_in, is_inside, items_of, text_of
from starlette_upgrade.semantics.types import NONE, UNKNOWN, members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.rewrite.table.app import App
    from starlette_upgrade.rewrite.table.layout import Room
    from starlette_upgrade.rewrite.table.registrations import Table
    from starlette_upgrade.rewrite.table.source import Comment
    from starlette_upgrade.source.document import Document

_ORDER = ("debug", "routes", "middleware", "exception_handlers")


def constructor(app: App, tables: Mapping[Table, Sequence[Item]], context: Context, room: Room) -> str | Refusal:
    """`app = Starlette(routes=[…], …)`, with the entries of the tables behind (middleware: before) what it has."""
    call, document = app.call, context.module.document
    if any(isinstance(given, ast.Starred) for given in call.args) or any(k.arg is None for k in call.keywords):
        return Refusal("the app's arguments are unpacked")
    own = PARAMETERS[app.cls]
    if any(name not in own for name in tables):
        return Refusal("a router has no such table")
    if len(call.args) > len(own):
        return Refusal("the app has further arguments by position")
    given = [(name, False, value) for name, value in zip(own, call.args, strict=False)]
    given += [(keyword.arg or "", True, keyword.value) for keyword in call.keywords]
    comments = comments_in(document, app.statement.lineno, app.statement.end_lineno or app.statement.lineno)
    last = [comment for comment in comments if _is_behind(comment, app, document)]
    loose = [
        comment
        for comment in comments
        if comment not in last and not any(is_inside(comment, value, document) for _, _, value in given)
    ]
    arguments: list[tuple[ast.expr, Item]] = []
    rest = dict(tables)
    for name, named, value in given:
        content: Text | Brackets = text_of(value, document)
        entries = rest.pop(name, None) if name in _ORDER else None  # type: ignore[call-overload]
        if entries is not None:
            inside = [comment for comment in comments if is_inside(comment, value, document)]
            content = _extended(name, value, entries, inside, app, context)
        arguments.append((value, Item(content, name if named else "")))
    items, tail, behind = items_of(arguments, loose, document)
    behind = "  ".join(filter(None, (behind, *(comment.text for comment in last))))
    placed = list(items)
    for name in _ORDER:
        if name in rest:
            opening, closing = ("{", "}") if name == "exception_handlers" else ("[", "]")
            table = Brackets(opening, tuple(rest[name]), closing, tall=True)
            placed.insert(_place(name, placed, len(call.args)), Item(table, name))
    whole = Brackets(f"{_segment(call.func, document)}(", tuple(placed), ")", behind=behind, tail=tail)
    return laid_out(whole, room, _before(app, document))


def _is_behind(comment: Comment, app: App, document: Document) -> bool:
    """Whether a comment stands behind the whole statement."""
    span = document.span(app.call)
    return (comment.line, comment.column) >= (span.end_line, span.end_column - 1)


def _place(name: str, items: Sequence[Item], positional: int) -> int:
    """Where a new argument goes, in the order of the documentation."""
    rank = _ORDER.index(name)
    for number, item in enumerate(items):
        if number >= positional and (item.name not in _ORDER or _ORDER.index(item.name) > rank):
            return number
    return len(items)


def _extended(
    name: str, value: ast.expr, entries: Sequence[Item], comments: Sequence[Comment], app: App, context: Context
) -> Brackets:
    """A table that the constructor has already, with more entries."""
    document = context.module.document
    first = name == "middleware"
    opening, closing = ("{", "}") if name == "exception_handlers" else ("[", "]")
    if isinstance(value, ast.Constant) and value.value is None:
        return Brackets(opening, tuple(entries), closing, tall=True)
    own: list[tuple[ast.expr, Item]]
    if isinstance(value, ast.Dict) and closing == "}":
        own = [
            (entry, _dict_item(key, entry, document)) for key, entry in zip(value.keys, value.values, strict=True)
        ]
    elif isinstance(value, ast.List | ast.Tuple) and closing == "]":
        own = [(entry, Item(text_of(entry, document))) for entry in value.elts]
    else:
        stars = "**" if closing == "}" else "*"
        sure = all(found not in (NONE, UNKNOWN) for found in members(context.inference.type_of(value, app.place)))
        content = unpacked(stars, value, document, "" if sure else f"{opening}{closing}")
        own, comments = [(value, Item(content))], []
    items, tail, behind = items_of(own, comments, document)
    above = (behind,) if behind else ()
    if first:
        return Brackets(opening, (*entries, *_led(items, above)), closing, tall=True, tail=tail)
    joined = (*_led(items, above), *_led(entries, tail)) if entries else items
    return Brackets(opening, joined, closing, tall=True)


def _led(items: Sequence[Item], comments: Sequence[str]) -> tuple[Item, ...]:
    """The items with comment lines above the first."""
    if not items:
        return ()
    first = items[0]
    return (Item(first.content, first.name, (*comments, *first.above), first.behind), *items[1:])


def _dict_item(key: ast.expr | None, value: ast.expr, document: Document) -> Item:
    if key is None:
        return Item(unpacked("**", value, document))
    before, after = text_of(key, document), text_of(value, document)
    rows = (*before.rows[:-1], f"{before.rows[-1]}: {after.rows[0]}", *after.rows[1:])
    shifted = {number + len(before.rows) - 1 for number in after.fixed}
    return Item(Text(rows, frozenset({*before.fixed, *shifted})))


def _before(app: App, document: Document) -> str:
    """`app = `, or `app: Starlette = `."""
    statement = app.statement
    annotation = f": {_segment(statement.annotation, document)}" if isinstance(statement, ast.AnnAssign) else ""
    return f"{app.name}{annotation} = "


def _segment(node: ast.expr, document: Document) -> str:
    return document.segment(document.span(node))
