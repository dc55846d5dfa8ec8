"""Calls that a rewrite made too long for their line, broken as formatters break them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.text.listing import Listing, listing_of, with_listing
from starlette_upgrade.settings.formatting import formatting_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.source.document import Document

_WIDTHS = (88, 120)  # the least and the most that a line may have, where only the file itself tells


@dataclass(frozen=True, slots=True)
class Margin:
    """The room that a statement has: its block's indentation, one step of it, and the width of a line."""

    block: str
    step: str
    width: int


def margin_of(document: Document, line: int) -> Margin:
    """The margin of a statement that starts on `line`, in the manner of its file."""
    row = document.lines[line - 1]
    return Margin(indentation_of(row), step_of(document), width_of(document))


def indentation_of(row: str) -> str:
    return row[: len(row) - len(row.lstrip(" \t"))]


def f_string_around(node: ast.expr, statement: ast.stmt) -> ast.JoinedStr | None:
    """The f-string that an expression stands in: there no line can be broken, and not every quote be used."""
    for found in ast.walk(statement):
        if isinstance(found, ast.JoinedStr) and any(inner is node for inner in ast.walk(found)):
            return found
    return None


@lru_cache(maxsize=4)
def width_of(document: Document) -> int:
    """How long the lines of the file may get: as its formatter is told, else as the longest is, within reason."""
    told = formatting_of(document.path).width
    if told:
        return told
    least, most = _WIDTHS
    return max(least, max((n for n in (len(row.rstrip()) for row in document.lines) if n <= most), default=0))


@lru_cache(maxsize=4)
def step_of(document: Document) -> str:
    """One step of the file's indentation: that of the first block in it."""
    for statement in ast.walk(document.tree):
        body = getattr(statement, "body", None)
        if isinstance(statement, ast.stmt) and isinstance(body, list) and body[0].lineno > statement.lineno:
            outer, inner = (indentation_of(document.lines[node.lineno - 1]) for node in (statement, body[0]))
            step = inner[len(outer) :]
            if step:
                return step
    indented = [indentation_of(row) for row in document.lines if row.strip()]
    usual = formatting_of(document.path).step or "    "
    return min((found for found in indented if found == "\t" or 2 <= len(found) <= 8), key=len, default=usual)


def refitted(before: cst.Call, after: cst.Call, column: int | None, margin: Callable[[], Margin]) -> cst.Call:
    """A rewritten call, broken if it got too long by it. `column`: where it starts, if it stands alone there."""
    if column is None:
        return after
    room = margin()
    text = code_of(before)
    if "\n" in text:
        return exploded(after, room)
    return after if column - 1 + len(text) > room.width else fitted(after, column, "", room)


def fitted(call: cst.Call, column: int, indentation: str, margin: Margin, *, behind: int = 0) -> cst.Call:
    """The call on one line if it fits: else its arguments on one line below, or each on a line of its own.

    `column` counts from 1; `indentation` is that of the call's line beyond its block's; `behind` counts the
    characters that follow the call on its line.
    """
    import libcst as cst

    text = code_of(call)
    start = column - 1 - len(margin.block) + columns(margin.block)
    if "\n" in text or start + len(text) + behind <= margin.width:
        return call
    inner = indentation + margin.step
    room = margin.width - columns(margin.block + inner)
    arguments = tuple(call.args)
    flat = sum(len(code_of(given)) + 2 for given in _bare(arguments)) - 2
    together = flat <= room
    if not together:
        last = 1 if len(arguments) > 1 else 0
        arguments = tuple(_fitted_argument(given, inner, margin, behind=last) for given in arguments)
    lines = not together and len(arguments) > 1
    between = _line_break(inner) if lines else cst.SimpleWhitespace(" ")
    gaps = (_line_break(inner), *[between for _ in arguments[1:]])
    broken: cst.Call = with_listing(call, Listing(_bare(arguments), gaps, _line_break(indentation), trailing=lines))
    return broken


def _fitted_argument(given: cst.Arg, inner: str, margin: Margin, *, behind: int) -> cst.Arg:
    import libcst as cst

    if not isinstance(given.value, cst.Call):
        return given
    before = len(given.keyword.value) + 1 if given.keyword is not None else 0
    column = len(margin.block) + columns(inner) + before + 1
    return given.with_changes(value=fitted(given.value, column, inner, margin, behind=behind))


def exploded(call: cst.Call, margin: Margin) -> cst.Call:
    """The call with each argument on its own line, if the one inner line that holds them is too long now."""
    import libcst as cst

    listing = listing_of(call)
    opening = listing.gaps[0] if listing.items else None
    if not isinstance(opening, cst.ParenthesizedWhitespace) or len(listing.items) < 2:
        return call
    flat = [code_of(given) for given in _bare(listing.items)]
    if any(isinstance(gap, cst.ParenthesizedWhitespace) for gap in listing.gaps[1:]) or "\n" in "".join(flat):
        return call
    inner = opening.last_line.value
    if columns(margin.block + inner) + len(", ".join(flat)) <= margin.width:
        return call
    gaps = (opening, *[_line_break(inner) for _ in listing.items[1:]])
    changed: cst.Call = with_listing(call, Listing(listing.items, gaps, listing.closing, trailing=True))
    return changed


def code_of(node: cst.CSTNode) -> str:
    import libcst as cst

    return cst.Module([]).code_for_node(node)


def _bare(arguments: tuple[cst.Arg, ...]) -> tuple[cst.Arg, ...]:
    """The arguments without what stands behind them."""
    import libcst as cst

    nothing = cst.SimpleWhitespace("")
    return tuple(
        given.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=nothing) for given in arguments
    )


def _line_break(indentation: str) -> cst.ParenthesizedWhitespace:
    import libcst as cst

    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indentation))


def columns(text: str) -> int:
    """How many columns an indentation, or a line, takes; a tab counts as four."""
    return len(text.expandtabs(4))
