"""What a person pastes (a name, a line, a traceback, a piece of a log) as the exceptions that it tells of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What colours a terminal, or carries a link in it.
_ESCAPES = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")
# Boxes and bars that reports draw around a traceback.
_BOXES = re.compile("[\u2500-\u259f]")
_QUOTES = str.maketrans(dict.fromkeys('"`\u2018\u2019\u201c\u201d\u00b4', "'"))
# The bars of an exception group, the marks of a quotation, of pytest and of containers' logs.
_GUTTER = re.compile(r"^(?:[\w.-]+ +\| |[\s|>+-]+|E\s{2,})+")
_PREFIX = r"(?<![\w.'(])(?:[A-Za-z_]\w*\.)*"
_ENDING = (
    r"(?:Error|Exception|Warning|Disconnect(?:ed)?|Group|Closed(?:OK)?|EndOfStream|WouldBlock|NoMatchFound|"
    r"StreamConsumed|DenialResponse|InvalidState|Interrupt|Exit|Iteration|Hang)"
)
_HEAD = re.compile(rf"{_PREFIX}(?P<cls>[A-Za-z_]\w*)\s*(?::(?:\s+|$)|$)(?P<text>.*)", re.DOTALL)
_ANYWHERE = re.compile(rf"{_PREFIX}(?P<cls>[A-Z_]?\w*{_ENDING})\b(?P<text>.*)", re.DOTALL)
_FRAME = re.compile(r"File '")
_PLACE = re.compile(r"File '([^'\n]+)', line (\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """An exception that a text tells of: its class, without the module, and what it says; "" where nobody knows.

    `line` counts from 0.
    """

    cls: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a text, with how far it is indented."""

    number: int
    indent: int
    text: str


def squeezed(text: str) -> str:
    """The text as it is compared: one kind of quotes, one space at a time, no colours."""
    return " ".join(_plain(text).split())


def tiers(text: str) -> Iterator[list[Told]]:
    """What the text tells, the surest first: lines that begin as an exception does, then names of exceptions
    anywhere, then all else: each line, and the whole, which may be one line that was folded.

    The frames of a traceback and their source count for the last only.
    """
    lines = list(_numbered(text))
    told = [line for line, above in zip(lines, (None, *lines), strict=False) if not _is_of_frame(line, above)]
    for pattern in (_HEAD.match, _ANYWHERE.search):
        heads = ((line.number, pattern(line.text)) for line in told)
        yield [Told(found["cls"], _text(found["text"]), number) for number, found in heads if found]
    whole = " ".join(line.text for line in lines)
    yield [*(Told("", line.text, line.number) for line in lines), Told("", whole, -1)]


def _numbered(text: str) -> Iterator[_Line]:
    """The lines that say something, without what stands in front of them."""
    for number, line in enumerate(_lines(text)):
        gutter = _GUTTER.match(line)
        indent = gutter.end() if gutter else 0
        if words := " ".join(line[indent:].split()):
            yield _Line(number, indent, words)


def _is_of_frame(line: _Line, above: _Line | None) -> bool:
    """A frame, or its source, which is indented below it; some frames have none."""
    if _FRAME.match(line.text):
        return True
    return above is not None and line.indent > above.indent and bool(_FRAME.match(above.text))


def frames(text: str) -> frozenset[tuple[str, int]]:
    """The places that a traceback goes through: names of files, without their folders, and lines."""
    found = _PLACE.findall(_plain(text).replace("\\\\", "\\"))
    return frozenset((re.split(r"[\\/]", path)[-1], int(line)) for path, line in found)


def _lines(text: str) -> list[str]:
    """A log that writes a traceback as one value has its newlines escaped."""
    plain = _plain(text)
    return (plain.replace("\\n", "\n") if plain.count("\\n") > plain.count("\n") else plain).splitlines()


def _plain(text: str) -> str:
    text = _BOXES.sub(" ", _ESCAPES.sub("", text)).translate(_QUOTES)
    return text.replace("\\'", "'")


def _text(text: str) -> str:
    """What an exception says, also where it is written as `RuntimeError('…')`."""
    text = text.strip().lstrip(":").strip()
    if text.startswith(("('", "(\\'")):
        text = text.strip("()\\',")
    return text
