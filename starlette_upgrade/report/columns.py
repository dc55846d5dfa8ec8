"""Rows of a table whose last cell is prose: beside the others if there is room, else below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import Line, line, one_line, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Piece

_NARROWEST = 36


def row(cells: Sequence[Piece | str], text: str, view: View, *, below: int = 8) -> Iterator[Line]:
    """The cells, padded already, with the text two columns behind them, or under them and indented by `below`."""
    if not view.width:
        yield line(*cells, f"  {one_line(text)}")
        return
    start = sum(len(text) for text, _ in line(*cells)) + 2
    beside = view.width - start >= _NARROWEST
    indent = " " * (start if beside else below)
    first, *others = paragraph(text, view.width, indent, indent)
    if beside:
        yield line(*cells, f"  {first[start:]}")
    else:
        yield line(*cells)
        yield line((first, "dim"))
    yield from (line((text, "" if beside else "dim")) for text in others)
