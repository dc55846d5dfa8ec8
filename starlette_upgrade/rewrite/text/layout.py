"""The calls that a rewrite changed, laid out as Black and Ruff do: on one line, on the one below, or on many.

Only where the code was laid out so before: no line of it was too long, and calls were broken as they break them.
Arguments that somebody has put below the first one stay so, in one more line where there is no room.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.text.fitting import Margin, code_of, columns, exploded, fitted, indentation_of
from starlette_upgrade.rewrite.text.hanging import rewrapped
from starlette_upgrade.rewrite.text.listing import Listing, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst
    from libcst.metadata import CodeRange

_ROUNDS = 20
# What may follow a call that is broken at the end of its line.
_END = re.compile(r"[)\]},:;]*|( as \w+)?:")
_ONE_ITEM = re.compile(r"\s*(async )?with ")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def relaid(changed: str, source: str, step: str, width: int) -> str:
    """The rewritten lines with their calls laid out anew. Both texts hold whole lines of statements."""
    if "\r\n" in changed:
        plain, before_it = changed.replace("\r\n", "\n"), source.replace("\r\n", "\n")
        return relaid(plain, before_it, step, width).replace("\n", "\r\n")
    if "\r" in changed or any(columns(row) > width for row in source.splitlines()):
        return changed
    before = _Code(source, step, width)
    otherwise = any(before.is_otherwise(call, place) for call, place, _ in before.calls())
    known = {code_of(call) for call, _, _ in before.calls()}
    for _ in range(_ROUNDS):
        better = next(_Code(changed, step, width).better(known, hanging=otherwise), None)
        if better is None:
            break
        changed = better
    return changed


class _Code:
    """Lines of code with their calls, outer ones first, each with its place and its statement's indentation."""

    def __init__(self, text: str, step: str, width: int) -> None:
        import libcst as cst
        from libcst.metadata import MetadataWrapper, PositionProvider

        self._head = "if 1:\n" if text[:1] in (" ", "\t") else ""
        self._module = cst.parse_module(self._head + text)
        self._rows = (self._head + text).split("\n")
        self._step, self._width = step, width
        wrapper = MetadataWrapper(self._module, unsafe_skip_copy=True)
        self._places = wrapper.resolve(PositionProvider)

    def calls(self) -> Iterator[tuple[cst.Call, CodeRange, str]]:
        import libcst as cst

        found = [(node, place) for node, place in self._places.items() if isinstance(node, cst.Call)]
        found.sort(
            key=lambda pair: (pair[1].start.line, pair[1].start.column, -pair[1].end.line, -pair[1].end.column)
        )
        for call, place in found:
            yield call, place, self._block(place)

    def _block(self, place: CodeRange) -> str:
        """The indentation of the statement or decorator that holds a place."""
        import libcst as cst

        kinds = cst.SimpleStatementLine | cst.BaseCompoundStatement | cst.Decorator
        around = [
            other
            for node, other in self._places.items()
            if isinstance(node, kinds) and other.start.line <= place.start.line and place.end.line <= other.end.line
        ]
        inner = max(around, key=lambda other: (other.start.line, -other.end.line), default=place)
        return indentation_of(self._rows[inner.start.line - 1])

    def better(self, known: set[str], *, hanging: bool) -> Iterator[str]:
        """The text with one call laid out anew, of those not `known`; `hanging`: only as such calls are."""
        import libcst as cst

        for call, place, block in self.calls():
            if code_of(call) in known:
                continue
            new = self._rewrapped(call, place) if hanging else self._anew(call, place, block)
            if new is not None:
                made = self._module.deep_replace(call, new)
                if isinstance(made, cst.Module) and made.code != self._module.code:
                    yield made.code[len(self._head) :]

    def _anew(self, call: cst.Call, place: CodeRange, block: str) -> cst.Call | None:
        row = self._rows[place.start.line - 1]
        room = Margin(block, self._step, self._width)
        if place.start.line < place.end.line:
            return self.joined(call, place) or exploded(call, room)
        front, behind = row[: place.start.column], row[place.end.column :]
        if columns(row) <= self._width or not call.args or not _END.fullmatch(behind) or _is_open(front):
            return None
        if "(" in code_of(call.func) or ";" in front or (" as " in behind and not _ONE_ITEM.fullmatch(front)):
            return None
        extra = indentation_of(row).removeprefix(block)
        return fitted(call, place.start.column + 1, extra, room, behind=len(behind))

    def _rewrapped(self, call: cst.Call, place: CodeRange) -> cst.Call | None:
        if place.start.line == place.end.line:
            return None
        closing = code_of(listing_of(call).closing) + ")" + self._rows[place.end.line - 1][place.end.column :]
        starts = [self._places[given].start.column for given in call.args]
        return rewrapped(call, starts, len(closing), self._width)

    def is_otherwise(self, call: cst.Call, place: CodeRange) -> bool:
        """Whether somebody has broken a call in another way than formatters do."""
        listing = listing_of(call)
        if place.start.line == place.end.line or not listing.items:
            return False
        opening, closing = ("\n" in code_of(space) for space in (listing.gaps[0], listing.closing))
        between = ["\n" in code_of(gap) for gap in listing.gaps[1:]]
        if opening and closing and ((all(between) and listing.trailing) or len(listing.items) == 1):
            return self.joined(call, place) is not None
        return opening != closing or any(between) or self.joined(call, place) is not None

    def joined(self, call: cst.Call, place: CodeRange) -> cst.Call | None:
        """A call with its arguments on the line below, on one line, if there is room for that."""
        listing = listing_of(call)
        if place.start.line == place.end.line or not listing.items or listing.trailing:
            return None
        text = code_of(call)
        if not _is_below(listing) or text.count("\n") != 2 or "#" in text:
            return None
        import libcst as cst

        nothing, blank = cst.SimpleWhitespace(""), cst.SimpleWhitespace(" ")
        gaps = (nothing, *[blank for _ in listing.items[1:]])
        flat: cst.Call = with_listing(call, Listing(listing.items, gaps, nothing, trailing=False))
        front = self._rows[place.start.line - 1][: place.start.column]
        behind = self._rows[place.end.line - 1][place.end.column :]
        if not _END.fullmatch(behind) or columns(front + code_of(flat) + behind) > self._width:
            return None
        return flat


def _is_below(listing: Listing) -> bool:
    spaces = [code_of(space) for space in (listing.gaps[0], listing.closing)]
    return all("\n" in space for space in spaces) and not any("\n" in code_of(gap) for gap in listing.gaps[1:])


def _is_open(front: str) -> bool:
    """Whether a bracket is open in front of a call: then that one is broken."""
    return sum(_BRACKETS.get(letter, 0) for letter in front) > 0
