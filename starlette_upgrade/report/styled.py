"""Text that knows how it should look: plain letters where nobody sees colours, rich on a terminal.

Reports are made of lines, lines of pieces, and a piece is a text with a style in rich's words.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

Piece = tuple[str, str]
Line = tuple[Piece, ...]

BLANK: Line = ()

# What moves the cursor, hides text or turns its direction: never let a file's content do that to a terminal.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def line(*pieces: Piece | str) -> Line:
    """A line of pieces; a bare string has no style."""
    return tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces)


def printable(text: str) -> str:
    """The text on one line, with each character that a terminal would obey replaced by �."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The text with every run of white space as one space, safe for a terminal."""
    return printable(" ".join(text.split()))


def paragraph(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text wrapped to a width, after `first` on the first line and `rest` on the others.

    A line that starts with white space is kept as it is: code within prose.
    """
    rows: list[str] = []
    for part in _parts(text):
        if part[:1].isspace():
            rows.append(rest + printable(part.expandtabs(4)))
            continue
        wrapped = textwrap.wrap(
            one_line(part),
            max(width, len(rest) + 20),
            initial_indent=rest,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        rows.extend(wrapped or [rest.rstrip()])
    if rows:
        rows[0] = first + rows[0][len(rest) :]
    return rows


def _parts(text: str) -> list[str]:
    """Paragraphs of prose as one string each, lines of code and empty lines as they are."""
    parts: list[str] = []
    prose = False
    for row in text.strip().splitlines():
        if not row.strip() or row[:1].isspace():
            parts.append(row.rstrip())
            prose = False
        elif prose:
            parts[-1] += " " + row
        else:
            parts.append(row)
            prose = True
    return parts


def plain(lines: Iterable[Line], end: str = "\n") -> str:
    """The lines without any style, each ended."""
    return "".join("".join(text for text, _ in pieces) + end for pieces in lines)


def show(lines: Iterable[Line], stream: TextIO, *, colour: bool, end: str = "\n") -> None:
    """Write the lines to a stream, with escape codes only if `colour` and if any style asks for them."""
    every = list(lines)
    if not every:
        return
    if not colour or not any(style for pieces in every for _, style in pieces):
        stream.write(plain(every, end))
        return
    from rich.console import Console
    from rich.text import Text

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich itself would end the program with exit code 1

    with Terminal(file=stream, force_terminal=True, highlight=False, soft_wrap=True) as console:
        for pieces in every:
            console.print(Text.assemble(*pieces), end=end)
