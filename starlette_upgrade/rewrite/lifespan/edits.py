"""What a registration becomes in its own place: nothing, a plain definition, a value that is kept."""

from __future__ import annotations

import ast
import contextlib
import io
import tokenize
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.insertion import comments_above
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Insertion, Removal
from starlette_upgrade.rewrite.ranges import Lines
from starlette_upgrade.rewrite.statement import WHOLE_LINE, comments_in
from starlette_upgrade.rewrite.text.fitting import fitted, indentation_of, margin_of
from starlette_upgrade.rewrite.text.listing import argument, keyword_of, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import libcst as cst

    from starlette_upgrade.rewrite.lifespan.constructors import Constructor
    from starlette_upgrade.rewrite.lifespan.registrations import Registration
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.source.document import Document


def undecorated(registration: Registration, document: Document) -> Edit:
    """The definition without the decorator that registered it, whose comments stand above it then."""
    definition = registration.statement
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    assert registration.decorator is not None
    index = definition.decorator_list.index(registration.decorator)
    change = partial(_without_decorator, from_end=len(definition.decorator_list) - index)
    return Edit(definition, document.span(definition), "FunctionDef", change, turn=index)


def _without_decorator(node: object, *, from_end: int) -> object:
    import libcst as cst

    from starlette_upgrade.rewrite.general.decorators import split, without_decorator

    definition, later = split(node)
    index = len(definition.decorators) - from_end
    if not 0 <= index < len(definition.decorators):
        raise CannotApply("the decorator is not where it was")
    decorators = list(definition.decorators)
    going = decorators[index]
    said = [cst.EmptyLine(comment=cst.Comment(text)) for text in comments_in(going.with_changes(leading_lines=()))]
    decorators[index] = going.with_changes(leading_lines=(*going.leading_lines, *said))
    changed = without_decorator(definition.with_changes(decorators=decorators), index)
    return cst.FlattenSentinel([changed, *later]) if later else changed


def kept(registration: Registration, values: list[tuple[str, str]], document: Document) -> Edit | Insertion:
    """The registration as a statement that keeps what it registered: `name = value`."""
    text = "\n".join(f"{name} = {value}" for name, value in values)
    statement = registration.statement
    if registration.decorator is not None:
        return Insertion(statement, text, below=True, definition=True)
    if isinstance(statement, ast.For):
        return Insertion(statement, text)
    change = partial(_assignment, text=text)
    return Edit(statement, document.span(statement), WHOLE_LINE, change)


def _assignment(line: cst.SimpleStatementLine, *, text: str) -> object:
    import libcst as cst

    parsed = [cst.parse_statement(row) for row in text.split("\n")]
    small = [inner for one in parsed if isinstance(one, cst.SimpleStatementLine) for inner in one.body]
    first = line.with_changes(body=small[:1])
    return cst.FlattenSentinel([first, *(cst.SimpleStatementLine([inner]) for inner in small[1:])])


def gone(registration: Registration) -> Removal:
    return Removal(registration.statement, commented=True)


def comments_of(statement: ast.stmt, document: Document) -> tuple[str, ...]:
    """The comments above a simple statement and inside of it."""
    lines = Lines(statement.lineno, statement.end_lineno or statement.lineno)
    whole = comments_above(document, lines)
    return tuple(_comments("".join(document.lines[whole.first - 1 : whole.last]).lstrip(" \t")))


def _comments(source: str) -> Iterator[str]:
    with contextlib.suppress(tokenize.TokenError, IndentationError):  # a part of a statement need not be whole
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.string


def comments_inside(node: ast.expr, document: Document) -> tuple[str, ...]:
    """The comments between the brackets of an expression."""
    return tuple(_comments(document.segment(document.span(node))))


def constructed(constructor: Constructor, lifespan: str, document: Document) -> Edit:
    """The constructor's call without its handlers, with `lifespan` if there is one."""
    call = constructor.call
    change = partial(
        _with_lifespan,
        gone=constructor.gone if lifespan else tuple(name for name in constructor.gone if name != "lifespan"),
        lifespan=lifespan,
        column=document.column(call.lineno, call.col_offset),
        indentation=indentation_of(document.lines[call.lineno - 1]),
        margin=partial(margin_of, document, constructor.place.statement.lineno),
    )
    return Edit(constructor.place.statement, document.span(call), "Call", change)


def _with_lifespan(
    call: cst.Call,
    *,
    gone: tuple[int | str, ...],
    lifespan: str,
    column: int,
    indentation: str,
    margin: Callable[[], Margin],
) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    going = [number for number, name in enumerate(names) if (number if name is None else name) in gone]
    if len(going) != len(gone):
        raise CannotApply("the arguments are not what they were")
    if lifespan:
        new = argument(cst.parse_expression(lifespan), "lifespan")
        if going:
            first = going.pop(0)
            listing = listing.replaced(first, new.with_changes(comma=listing.items[first].comma))
        else:
            starred = (number for number, given in enumerate(listing.items) if given.star == "**")
            listing = listing.inserted(next(starred, len(listing.items)), new)
    for number in reversed(going):
        listing = listing.without(number)
    made: cst.Call = with_listing(call, listing)
    room = margin()
    return fitted(made, column, indentation.removeprefix(room.block), room)
