"""`env=jinja2.Environment(…)` in a constructor's call: which arguments go into it, and their layout."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.text.fitting import Margin, code_of, fitted
from starlette_upgrade.rewrite.text.listing import Listing, argument, keyword_of, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import libcst as cst

# The arguments of the constructor that are no options of jinja2.
OWN = frozenset({"context_processors", "env"})


def built(
    call: cst.Call,
    *,
    environment: str,
    loader: str,
    said: frozenset[str],
    column: int,
    indentation: str,
    margin: Callable[[], Margin],
    one_line: bool,
) -> cst.Call:
    """The constructor's call with an environment; `said`: the options that it gives, of those filled in else."""
    import libcst as cst

    room = margin()
    extra = indentation.removeprefix(room.block)
    listing = listing_of(call)
    if "env" in map(keyword_of, listing.items):
        return call  # several findings are resolved by this
    kept, inner = _divided(listing, loader, said)
    environment_call = cst.Call(cst.parse_expression(environment))
    if not _is_stacked(listing):
        made = with_listing(environment_call, _flat(inner))
        outer = _flat(replace(kept, items=(*kept.items, argument(made, "env"))))
        flat: cst.Call = with_listing(call, outer)
        return flat if one_line else fitted(flat, column, extra, room)
    deeper = room.step if "\n" in code_of(listing.gaps[0]) else room.step * 2
    made = with_listing(environment_call, _stacked(inner, extra + room.step, room.step, deeper))
    # What stands behind the last argument that stays goes with it, what stands at the end stays there.
    gaps, closing = (*kept.gaps, _space(kept.closing, None)), _space(None, kept.closing)
    together = Listing((*kept.items, argument(made, "env")), gaps, closing, trailing=True)
    outer = replace(_stacked(together, extra, room.step, ""), trailing=bool(kept.items))
    changed: cst.Call = with_listing(call, outer)
    return changed


def _divided(listing: Listing, loader: str, said: frozenset[str]) -> tuple[Listing, Listing]:
    """The arguments that stay with the templates, and those of the environment, in their old order."""
    import libcst as cst

    kinds = ["**" if given.star else keyword_of(given) or "directory" for given in listing.items]
    superfluous = ("directory",) if "loader" in said else ()
    stays = [number for number, kind in enumerate(kinds) if kind in OWN]
    goes = [number for number, kind in enumerate(kinds) if kind not in OWN and kind not in superfluous]
    kept, inner = _chosen(listing, stays, outside=True), _chosen(listing, goes, outside=False)
    for number, given in enumerate(inner.items):
        if not given.star and keyword_of(given) in (None, "directory"):
            load = cst.Call(cst.parse_expression(loader), [cst.Arg(given.value)])
            inner = inner.replaced(number, argument(load, "loader").with_changes(comma=given.comma))
    if "autoescape" not in said:  # jinja2's own default is off, Starlette's was on
        loads = [number for number, given in enumerate(inner.items) if keyword_of(given) == "loader"]
        inner = inner.inserted(loads[0] + 1 if loads else 0, argument(cst.Name("True"), "autoescape"))
    return kept, inner


def _chosen(listing: Listing, indices: Sequence[int], *, outside: bool) -> Listing:
    """Some of the arguments, each with the comments above and behind it.

    `outside`: with those behind the opening bracket, and those above the closing one.
    """
    spaces = (*listing.gaps, listing.closing)
    behind = [spaces[0] if outside else None, *(spaces[index + 1] for index in indices)]
    above = [*(spaces[index] for index in indices), listing.closing if outside else None]
    *gaps, closing = map(_space, behind, above)
    return Listing(tuple(listing.items[index] for index in indices), tuple(gaps), closing, trailing=True)


def _space(
    behind: cst.BaseParenthesizableWhitespace | None, above: cst.BaseParenthesizableWhitespace | None
) -> cst.ParenthesizedWhitespace:
    """A line break with the comment behind the line before, and those on lines of their own."""
    import libcst as cst

    made = cst.ParenthesizedWhitespace()
    if isinstance(behind, cst.ParenthesizedWhitespace):
        made = made.with_changes(first_line=behind.first_line)
    if isinstance(above, cst.ParenthesizedWhitespace):
        made = made.with_changes(empty_lines=above.empty_lines)
    return made


def _is_stacked(listing: Listing) -> bool:
    """Whether the arguments cannot or should not go on one line: they have lines of their own, or comments."""
    spaces = "".join(code_of(space) for space in (*listing.gaps, listing.closing))
    return listing.one_per_line or "#" in spaces or any("\n" in code_of(given.value) for given in listing.items)


def _flat(listing: Listing) -> Listing:
    import libcst as cst

    nothing, blank = cst.SimpleWhitespace(""), cst.SimpleWhitespace(" ")
    gaps = [blank if number else nothing for number in range(len(listing.items))]
    return Listing(listing.items, tuple(gaps), nothing, trailing=False)


def _stacked(listing: Listing, indentation: str, step: str, deeper: str) -> Listing:
    """Each argument on its line, one step inside `indentation`, with the comments that it had.

    What an argument itself has on further lines goes `deeper`.
    """
    items = tuple(given.with_changes(value=_deepened(given.value, deeper)) for given in listing.items)
    gaps = tuple(_own_line(indentation + step, gap) for gap in listing.gaps)
    return Listing(items, gaps, _own_line(indentation, listing.closing, inner=step), trailing=True)


def _own_line(
    indentation: str, space: cst.BaseParenthesizableWhitespace | None = None, *, inner: str = ""
) -> cst.ParenthesizedWhitespace:
    """A line break to an indentation, with the comments of `space` (those on their own lines `inner` deeper)."""
    import libcst as cst

    made = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indentation))
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return made
    lines = [
        line.with_changes(indent=True, whitespace=cst.SimpleWhitespace(indentation + inner))
        if line.comment is not None
        else line
        for line in space.empty_lines
    ]
    return made.with_changes(first_line=space.first_line, empty_lines=lines)


def _deepened(value: cst.BaseExpression, by: str) -> cst.BaseExpression:
    """The expression with every line but its first indented further."""
    import libcst as cst

    class Deeper(cst.CSTTransformer):
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            updated = super().on_leave(original_node, updated_node)
            if isinstance(updated, cst.ParenthesizedWhitespace):
                return updated.with_changes(last_line=cst.SimpleWhitespace(updated.last_line.value + by))
            if isinstance(updated, cst.EmptyLine) and updated.comment is not None:
                return updated.with_changes(whitespace=cst.SimpleWhitespace(updated.whitespace.value + by))
            return updated

    visited = value.visit(Deeper())
    assert isinstance(visited, cst.BaseExpression)
    return visited
