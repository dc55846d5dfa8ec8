"""Lists between brackets (arguments, entries, elements, imported names): taken apart, changed, put together again.

The white space between the elements is kept apart from them, so that an element can go or come without
disturbing the layout of the others, and every comment stays with the line that it was written for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import libcst as cst

    Space = cst.BaseParenthesizableWhitespace
    Bracketed = cst.Call | cst.Dict | cst.List | cst.ImportFrom


@dataclass(frozen=True, slots=True)
class Listing:
    """`gaps[i]` is the white space before `items[i]`, `closing` that before the closing bracket.

    `trailing`: whether a comma stands behind the last element.
    """

    items: tuple[Any, ...]
    gaps: tuple[Space, ...]
    closing: Space
    trailing: bool

    def without(self, index: int) -> Listing:
        """All elements but one; a comment behind the one goes with it, those on lines of their own stay."""
        items = (*self.items[:index], *self.items[index + 1 :])
        before = self.gaps[index]
        if index == len(self.items) - 1:
            closing = _last_gone(before, self.closing) if index else _only_gone(before, self.closing)
            return Listing(items, self.gaps[:index], closing, self.trailing and bool(items))
        joined = _joined(before, self.gaps[index + 1], first=index == 0)
        gaps = (*self.gaps[:index], joined, *self.gaps[index + 2 :])
        return replace(self, items=items, gaps=gaps)

    def inserted(self, index: int, item: Any) -> Listing:
        """With one more element at `index`, laid out like its neighbours."""
        items = (*self.items[:index], item, *self.items[index:])
        if not self.items:
            return Listing(items, (_nothing(),), self.closing, trailing=False)
        if index == len(self.items):
            before, closing = self._appended()
            return replace(self, items=items, gaps=(*self.gaps, before), closing=closing)
        before, after = self._divided(index)
        return replace(self, items=items, gaps=(*self.gaps[:index], before, after, *self.gaps[index + 1 :]))

    def replaced(self, index: int, item: Any) -> Listing:
        return replace(self, items=(*self.items[:index], item, *self.items[index + 1 :]))

    @property
    def one_per_line(self) -> bool:
        """Whether every element starts a line (a single one: if a comma behind it says so)."""
        between = all(_breaks(gap) for gap in self.gaps[1:])
        return _breaks(self.gaps[0]) and between and (len(self.items) > 1 or self.trailing)

    @property
    def _aligned(self) -> bool:
        """Whether the elements behind the first one stand below it."""
        return len(self.items) > 1 and all(_breaks(gap) for gap in self.gaps[1:])

    @property
    def _space(self) -> Space:
        """What stands behind a comma: nothing, where no comma between the elements has a space behind it."""
        tight = len(self.items) > 1 and all(getattr(gap, "value", None) == "" for gap in self.gaps[1:])
        return _nothing() if tight else _blank()

    def _appended(self) -> tuple[Space, Space]:
        """The space before one more element at the end, and the closing one then."""
        last = self.gaps[-1]
        if not _breaks(self.closing):
            return (_bare(last) if self._aligned else self._space, self.closing)
        if not (_breaks(last) and (len(self.items) > 1 or self.trailing)):
            return self._space, self.closing
        return _commented(_bare(last), self.closing), _uncommented(self.closing)

    def _divided(self, index: int) -> tuple[Space, Space]:
        """The spaces before and behind a new element at `index`."""
        gap = self.gaps[index]
        if index == 0 and not _breaks(gap):
            return gap, (_bare(self.gaps[1]) if self._aligned else self._space)
        if index == 0 and not self.one_per_line:
            return gap, self._space
        if _breaks(gap):
            return _commented(_bare(gap), gap), _uncommented(gap)
        return gap, gap


def listing_of(node: Bracketed) -> Listing:
    """The elements of a call, a dict, a list or an import, and what stands between them."""
    import libcst as cst

    if isinstance(node, cst.Call):
        elements: list[Any] = list(node.args)
        opening: Space = node.whitespace_before_args
        closing: Space = elements[-1].whitespace_after_arg if elements else _nothing()
    elif isinstance(node, cst.Dict):
        elements = list(node.elements)
        opening, closing = node.lbrace.whitespace_after, node.rbrace.whitespace_before
    elif isinstance(node, cst.List):
        elements = list(node.elements)
        opening, closing = node.lbracket.whitespace_after, node.rbracket.whitespace_before
    else:
        elements = [] if isinstance(node.names, cst.ImportStar) else list(node.names)
        opening = node.lpar.whitespace_after if node.lpar else _nothing()
        closing = node.rpar.whitespace_before if node.rpar else _nothing()
    if not elements:
        return Listing((), (), opening, trailing=False)
    trailing = isinstance(elements[-1].comma, cst.Comma)
    if trailing and not isinstance(node, cst.Dict | cst.List):
        closing = elements[-1].comma.whitespace_after
    between = [getattr(element.comma, "whitespace_after", _blank()) for element in elements[:-1]]
    return Listing(tuple(elements), (opening, *between), closing, trailing)


def with_listing(node: Any, listing: Listing) -> Any:
    """The call, dict, list or import with these elements instead of its own."""
    import libcst as cst

    opening = listing.gaps[0] if listing.items else listing.closing
    elements = []
    for number, item in enumerate(listing.items):
        last = number == len(listing.items) - 1
        after = listing.closing if last else listing.gaps[number + 1]
        elements.append(_separated(item, after, comma=not last or listing.trailing, last=last))
    if isinstance(node, cst.Call):
        return node.with_changes(args=elements, whitespace_before_args=opening)
    if isinstance(node, cst.Dict | cst.List):
        closing = listing.closing if listing.items else _nothing()
        if listing.items and listing.trailing:
            elements[-1] = _separated(listing.items[-1], _nothing(), comma=True, last=True)
        left, right = ("lbrace", "rbrace") if isinstance(node, cst.Dict) else ("lbracket", "rbracket")
        brackets = {
            left: getattr(node, left).with_changes(whitespace_after=opening),
            right: getattr(node, right).with_changes(whitespace_before=closing),
        }
        return node.with_changes(elements=elements, **brackets)
    if node.lpar is None:
        return node.with_changes(names=elements)
    closing = _nothing() if listing.trailing else listing.closing
    return node.with_changes(
        names=elements,
        lpar=node.lpar.with_changes(whitespace_after=opening),
        rpar=node.rpar.with_changes(whitespace_before=closing),
    )


def _separated(item: Any, after: Space, *, comma: bool, last: bool) -> Any:
    import libcst as cst

    changed = item
    if isinstance(item, cst.Arg):
        changed = changed.with_changes(whitespace_after_arg=after if last and not comma else _nothing())
    if not comma:
        return changed.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    present = item.comma if isinstance(item.comma, cst.Comma) else cst.Comma()
    return changed.with_changes(comma=present.with_changes(whitespace_after=after))


def argument(value: cst.BaseExpression, keyword: str = "") -> cst.Arg:
    """`value`, or `keyword=value` without spaces."""
    import libcst as cst

    if not keyword:
        return cst.Arg(value)
    equal = cst.AssignEqual(whitespace_before=_nothing(), whitespace_after=_nothing())
    return cst.Arg(value, keyword=cst.Name(keyword), equal=equal)


def keyword_of(given: cst.Arg) -> str | None:
    return given.keyword.value if given.keyword is not None else None


def _nothing() -> cst.SimpleWhitespace:
    import libcst as cst

    return cst.SimpleWhitespace("")


def _blank() -> cst.SimpleWhitespace:
    import libcst as cst

    return cst.SimpleWhitespace(" ")


def _breaks(space: Space) -> bool:
    """Whether the space holds a line break (in an import without brackets, behind a backslash)."""
    import libcst as cst

    return isinstance(space, cst.ParenthesizedWhitespace) or "\\" in getattr(space, "value", "")


def _bare(space: Space) -> Space:
    """The line break without comments."""
    import libcst as cst

    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return space.with_changes(first_line=cst.TrailingWhitespace(newline=space.first_line.newline), empty_lines=())


def _commented(space: Space, source: Space) -> Space:
    """The line break with the comment that `source` has behind the element before it."""
    import libcst as cst

    if isinstance(space, cst.ParenthesizedWhitespace) and isinstance(source, cst.ParenthesizedWhitespace):
        return space.with_changes(first_line=source.first_line)
    return space


def _uncommented(space: Space) -> Space:
    """The line break with only those comments that stand on lines of their own."""
    import libcst as cst

    if isinstance(space, cst.ParenthesizedWhitespace):
        return space.with_changes(first_line=cst.TrailingWhitespace(newline=space.first_line.newline))
    return space


def _joined(before: Space, after: Space, *, first: bool) -> Space:
    """What is left of the spaces around an element that goes; `first`: the bracket opens before it."""
    import libcst as cst

    if isinstance(before, cst.ParenthesizedWhitespace) and isinstance(after, cst.ParenthesizedWhitespace):
        return after.with_changes(
            first_line=before.first_line, empty_lines=(*before.empty_lines, *after.empty_lines)
        )
    if _breaks(before) or not _breaks(after):
        return before
    if first:
        return _uncommented(after) if _own_lines(after) else before
    return after


def _last_gone(before: Space, closing: Space) -> Space:
    import libcst as cst

    if isinstance(before, cst.ParenthesizedWhitespace):
        if isinstance(closing, cst.ParenthesizedWhitespace):
            return closing.with_changes(
                first_line=before.first_line, empty_lines=(*before.empty_lines, *closing.empty_lines)
            )
        if before.first_line.comment is not None or _own_lines(before):
            return before
    return closing


def _only_gone(before: Space, closing: Space) -> Space:
    comments = [space for space in (before, closing) if _own_lines(space)]
    if not comments and getattr(getattr(before, "first_line", None), "comment", None) is None:
        return _nothing()
    return _last_gone(before, closing)


def _own_lines(space: Space) -> bool:
    """Whether the space holds a comment on a line of its own."""
    return any(line.comment is not None for line in getattr(space, "empty_lines", ()))
