"""Calls whose arguments stand below the first one: a line that got too long is broken as the others are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.rewrite.text.listing import Listing, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst


def rewrapped(call: cst.Call, starts: Sequence[int], behind: int, width: int) -> cst.Call:
    """The call with as many arguments on each of its lines as there is room for, where one has become too long.

    `starts` are the columns of its arguments, from 0; `behind` counts the characters behind the last one.
    """
    listing = listing_of(call)
    gaps = [code_of(gap) for gap in listing.gaps]
    breaks = [number for number, gap in enumerate(gaps) if "\n" in gap]
    items = [code_of(item).rstrip().removesuffix(",") for item in listing.items]
    if not breaks or breaks[0] == 0 or any("\n" in item for item in items) or "#" in "".join(gaps):
        return call
    column = starts[0]
    if any(starts[number] != column for number in breaks):
        return call  # they hang in another way
    rows = [0, *breaks, len(items)]
    new = list(listing.gaps)
    for first, last in pairwise(rows):
        ends = behind if last == len(items) else 1
        if column + len(", ".join(items[first:last])) + ends <= width:
            continue
        end = column + len(items[first])
        for number in range(first + 1, last):
            end += 2 + len(items[number])
            if end + (behind if number == len(items) - 1 else 1) > width:
                new[number] = listing.gaps[breaks[0]]
                end = column + len(items[number])
    changed: cst.Call = with_listing(call, Listing(listing.items, tuple(new), listing.closing, listing.trailing))
    return changed
