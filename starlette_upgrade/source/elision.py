"""Elision: of a module that only an import leads to, function bodies are left out of the parse until asked for.

Parsing is the dearest step of a run, and of such a module few names matter. Lines keep their numbers. In doubt
nothing is left out; what goes wrong shows as a syntax error, and the whole file is parsed.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORTHWHILE = 3


def elide(text: str, wanted: Sequence[int]) -> tuple[str, dict[int, tuple[int, int]]]:
    """The text without the bodies of functions that hold none of the `wanted` lines, and where those stood.

    The bodies are given by the line of their `def`: their first and last line, all counted from 1.
    """
    lines = text.split("\n")
    bodies: dict[int, tuple[int, int]] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        bare = line.lstrip(" \t")
        if bare.startswith(("def ", "async def ")):
            indent = line[: len(line) - len(bare)]
            header = _end_of_header(lines, number, indent)
            end = _end_of_body(lines, header, indent)
            index = bisect_left(wanted, number + 1)
            if (index == len(wanted) or wanted[index] > end) and _can_go(lines, header, end):
                bodies[number + 1] = (header + 2, end)
                lines[header] = f"{lines[header].rstrip()} pass"
                lines[header + 1 : end] = [""] * (end - header - 1)
                number = end
                continue
        number += 1
    return "\n".join(lines), bodies


def _end_of_header(lines: Sequence[str], start: int, indent: str) -> int:
    """The index of the line that a definition's header ends on; -1 if that is not plain to see."""
    if lines[start].rstrip().endswith(":"):
        return start
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip() or _is_deeper(line, indent):
            continue
        closes = line.startswith(f"{indent})") and line.rstrip().endswith(":")
        return number if closes else -1
    return -1


def _end_of_body(lines: Sequence[str], header: int, indent: str) -> int:
    """The index behind the last line that is indented deeper than the definition."""
    end = header + 1
    for number in range(header + 1, len(lines)):
        line = lines[number]
        if line.strip():
            if not _is_deeper(line, indent):
                break
            end = number + 1
    return end


def _is_deeper(line: str, indent: str) -> bool:
    return line.startswith(indent) and line[len(indent) : len(indent) + 1] in (" ", "\t")


def _can_go(lines: Sequence[str], header: int, end: int) -> bool:
    """Whether a body is worth leaving out, and whole: its triple quotes and its brackets come in pairs."""
    if header < 0 or end - header <= _WORTHWHILE:
        return False
    body = "\n".join(lines[header + 1 : end])
    if body.count('"""') % 2 or body.count("'''") % 2:
        return False
    return all(body.count(opening) == body.count(closing) for opening, closing in ("()", "[]", "{}"))


def parse_body(lines: Sequence[str], first: int) -> list[ast.stmt]:
    """The statements of a body that was left out; `first` is the number of its first line. Raises SyntaxError."""
    wrapped = ast.parse("async def _():\n" + "".join(lines))
    ast.increment_lineno(wrapped, first - 2)
    definition = wrapped.body[0]
    assert isinstance(definition, ast.AsyncFunctionDef)
    return definition.body
