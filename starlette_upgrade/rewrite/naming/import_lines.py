"""Changes of the line that an import stands on: a name in it renamed, dropped, or moved to another module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.plan import CannotApply
from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.rewrite.text.listing import Listing, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import libcst as cst

    from starlette_upgrade.rewrite.text.fitting import Margin

    Line = cst.SimpleStatementLine | cst.SimpleStatementSuite


def renamed(line: Line, *, old: str, new: str, asname: str = "") -> Line:
    """`from m import old` becomes `from m import new`, or `new as asname`; a name listed twice is listed once."""
    import libcst as cst

    small, position, index = _import_of(line, old)
    listing = listing_of(small)
    if not asname and any(_is_plain(other, new) for other in listing.items):
        return _with(line, position, with_listing(small, listing.without(index)))
    alias = listing.items[index].with_changes(name=cst.Name(new))
    return _with(line, position, with_listing(small, listing.replaced(index, _named(alias, asname))))


def dropped(line: Line, *, old: str) -> Line | cst.RemovalSentinel:
    """The line without the name; without the import, where that was the only one."""
    import libcst as cst

    small, position, index = _import_of(line, old)
    listing = listing_of(small)
    if len(listing.items) > 1:
        return _with(line, position, with_listing(small, listing.without(index)))
    rest = [other for number, other in enumerate(line.body) if number != position]
    if not rest:
        return (
            cst.RemoveFromParent() if isinstance(line, cst.SimpleStatementLine) else _with_body(line, [cst.Pass()])
        )
    return _with_body(line, rest)


def moved(
    line: Line, *, old: str, module: str, new: str, asname: str = ""
) -> Line | cst.FlattenSentinel[cst.SimpleStatementLine]:
    """The name comes from another module; what else was imported with it stays where it was."""
    import libcst as cst

    small, position, index = _import_of(line, old)
    listing = listing_of(small)
    source = _dotted(module)
    alias = _named(listing.items[index].with_changes(name=cst.Name(new)), asname)
    if len(listing.items) == 1:
        alone = with_listing(small, listing.replaced(0, alias))
        return _with(line, position, alone.with_changes(module=source, relative=()))
    rest = with_listing(small, listing.without(index))
    own = cst.ImportFrom(source, [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)])
    return _with_another(line, position, rest, own)


def replaced_by_module(line: Line, *, old: str, module: str) -> Line | cst.FlattenSentinel[cst.SimpleStatementLine]:
    """`import module` instead of the name, or beside what else was imported with it."""
    import libcst as cst

    small, position, index = _import_of(line, old)
    listing = listing_of(small)
    made = cst.Import([cst.ImportAlias(_dotted(module))])
    if len(listing.items) == 1:
        return _with(line, position, made)
    return _with_another(line, position, with_listing(small, listing.without(index)), made)


def _import_of(line: Line, old: str) -> tuple[cst.ImportFrom, int, int]:
    """The import in the line that has the name: the statement, its place in the line, the name's place in it."""
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        raise CannotApply("another name of the import moves as well")  # it has its turn in the next pass
    for position, small in enumerate(line.body):
        if isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar):
            for index, alias in enumerate(small.names):
                if isinstance(alias.name, cst.Name) and alias.name.value == old:
                    return small, position, index
    raise CannotApply(f"no import of `{old}`")


def _is_plain(alias: cst.ImportAlias, name: str) -> bool:
    return alias.asname is None and alias.evaluated_name == name


def _named(alias: cst.ImportAlias, asname: str) -> cst.ImportAlias:
    import libcst as cst

    return alias.with_changes(asname=cst.AsName(cst.Name(asname))) if asname else alias


def _dotted(module: str) -> cst.Name | cst.Attribute:
    import libcst as cst

    name = cst.parse_expression(module)
    assert isinstance(name, cst.Name | cst.Attribute)
    return name


def _with(line: Line, position: int, small: cst.ImportFrom | cst.Import) -> Line:
    body = list(line.body)
    body[position] = small.with_changes(semicolon=body[position].semicolon)
    return line.with_changes(body=body)


def _with_another(
    line: Line, position: int, small: cst.ImportFrom, more: cst.ImportFrom | cst.Import
) -> Line | cst.FlattenSentinel[cst.SimpleStatementLine]:
    """The changed statement and one more: on a line below, or behind a semicolon where there are others."""
    import libcst as cst

    changed = _with(line, position, small)
    if isinstance(changed, cst.SimpleStatementLine) and len(line.body) == 1:
        return cst.FlattenSentinel([changed, cst.SimpleStatementLine([more])])
    return _with_body(line, [*line.body[:position], small, more, *line.body[position + 1 :]])


def _with_body(line: Line, body: Sequence[cst.BaseSmallStatement]) -> Line:
    """The line with these statements, with semicolons between them."""
    import libcst as cst

    between = cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" "))
    joined = [
        small
        if isinstance(small.semicolon, cst.Semicolon) and number < len(body) - 1
        else small.with_changes(semicolon=between if number < len(body) - 1 else cst.MaybeSentinel.DEFAULT)
        for number, small in enumerate(body)
    ]
    return line.with_changes(body=joined)


def merged(line: cst.SimpleStatementLine, *, module: str, name: str, asname: str | None) -> cst.SimpleStatementLine:
    """The line with one more name in its import of `module`: in order, where the names are in order."""
    import libcst as cst
    from libcst.helpers import get_full_name_for_node

    for position, small in enumerate(line.body):
        if not isinstance(small, cst.ImportFrom) or isinstance(small.names, cst.ImportStar):
            continue
        if small.relative or small.module is None or get_full_name_for_node(small.module) != module:
            continue
        listing = listing_of(small)
        texts = [alias.evaluated_name for alias in listing.items]
        ordered = texts == sorted(texts, key=str.lower)
        index = sum(text.lower() <= name.lower() for text in texts) if ordered else len(texts)
        alias = _named(cst.ImportAlias(cst.Name(name)), asname or "")
        changed: cst.ImportFrom = with_listing(small, listing.inserted(index, alias))
        return line.with_changes(body=[*line.body[:position], changed, *line.body[position + 1 :]])
    raise CannotApply(f"no import from `{module}`")


def within(line: Line, *, change: Callable[[Line], Any], margin: Callable[[], Margin]) -> Any:
    """What `change` makes of the line; an import that gets too long by it is broken over several lines."""
    import libcst as cst

    changed, room = change(line), margin()
    if not isinstance(changed, cst.SimpleStatementLine) or len(room.block) + len(_text(line)) > room.width:
        return changed
    return broken(changed, room) if len(room.block) + len(_text(changed)) > room.width else changed


def _text(line: Line) -> str:
    return code_of(line.with_changes(leading_lines=())).strip() if hasattr(line, "leading_lines") else code_of(line)


def broken(line: cst.SimpleStatementLine, room: Margin) -> cst.SimpleStatementLine:
    """A line that is one import from a module, with each name on a line of its own in brackets."""
    import libcst as cst

    small = line.body[0]
    if len(line.body) > 1 or not isinstance(small, cst.ImportFrom) or "\n" in _text(line):
        return line
    names = listing_of(small).items
    inner = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(room.step))
    closing = cst.ParenthesizedWhitespace(indent=True)
    bracketed = small.with_changes(lpar=cst.LeftParen(), rpar=cst.RightParen())
    listing = Listing(names, tuple(inner for _ in names), closing, trailing=True)
    return line.with_changes(body=[with_listing(bracketed, listing)])
