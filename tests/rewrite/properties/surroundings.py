"""The rules' own examples in any dress: in blocks, with comments everywhere, broken, joined, oddly indented."""

from __future__ import annotations

import ast
import io
import itertools
import re
import token as kinds
import tokenize
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.selection import all_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

STARLETTE, FASTAPI = load_known(), load_known(package="fastapi")
MOVE = Move(STARLETTE.releases[0], STARLETTE.newest, Move(FASTAPI.releases[0], FASTAPI.newest))
EXAMPLES = [example.before.lstrip("\n") for rule in all_rules(load_releases()) for example in rule.examples]

BLOCKS = (
    "if True:\n    {}",
    "if True:\n    pass\nelif True:\n    {}\nelse:\n    pass",
    "try:\n    {}\nexcept Exception:  # noqa\n    pass",
    "try:\n    pass\nexcept Exception:\n    {}\nfinally:\n    pass",
    "with open('a') as file, \\\n        open('b'):\n    {}",
    "def function(self):\n    '''Says.'''\n    {}\n    return locals()",
    "def function(\n    self,  # the one\n):\n  {}",
    "async def function():\n    {}\n    # at the end",
    "class Class:\n    {}\n\n    other = 1",
    "class Class:\n    def method(self):\n        {}",
    "for one in two:\n    {}\nelse:\n    pass",
    "while True:\n\t{}\n\tbreak",
    "match 1:\n    case 1:\n        {}\n    case _:\n        pass",
    "if True:\n    if True:\n        {}",
    "lambda: 0\n{}\n",
)
COMMENTS = (
    "# c{}",
    "#c{}",
    "# type: ignore # c{}",
    "# type: int # c{}",
    "# noqa: E501  c{}",
    "# fmt: skip c{}",
    "# é世 c{}",
)


@st.composite
def dressed(draw: st.DrawFn) -> bytes:
    """An example in a dress; never one that is no Python."""
    text = draw(st.sampled_from(EXAMPLES))
    if draw(st.booleans()):
        text = _in_block(text, draw(st.sampled_from(BLOCKS)), imports_too=draw(st.booleans()))
    for change in draw(st.permutations((_joined, _broken, _split, _commented))):
        if draw(st.booleans()):
            text = _if_python(change(text, draw), text)
    if draw(st.integers(0, 3)) == 0:
        text = _if_python(_with_tabs(text), text)
    if draw(st.integers(0, 3)) == 0:
        text = text.rstrip("\n")
    newline = draw(st.sampled_from(("\n", "\n", "\n", "\r\n")))
    return text.replace("\n", newline).encode()


def _if_python(text: str, otherwise: str) -> str:
    try:
        compile(text, "example", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return otherwise
    return text


def tokens_of(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def _rows_in_strings(text: str) -> set[int]:
    """The numbers of rows that begin inside a string, from 0."""
    inside = {getattr(kinds, name, -1) for name in ("STRING", "FSTRING_MIDDLE", "FSTRING_END")}
    return {row for found in tokens_of(text) if found.type in inside for row in range(found.start[0], found.end[0])}


def _in_block(text: str, block: str, *, imports_too: bool) -> str:
    """The program's statements, with or without the imports at its top, as the body of a block."""
    rows = text.split("\n")
    tree = ast.parse(text)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    first = 0 if imports_too else max((node.end_lineno or 0 for node in imports), default=0)
    depth = block[: block.index("{}")].rpartition("\n")[2]
    inside = _rows_in_strings(text)
    body = [
        depth + row if row and number not in inside else row for number, row in enumerate(rows) if number >= first
    ]
    wrapped = block.replace(f"{depth}{{}}", "\n".join(body).rstrip("\n"))
    return _if_python("\n".join(rows[:first]) + "\n" + wrapped + "\n", text)


def _with_tabs(text: str) -> str:
    inside = _rows_in_strings(text)
    rows = text.split("\n")
    return "\n".join(
        row if number in inside else re.sub("^(?: {4})+", lambda found: "\t" * (len(found[0]) // 4), row)
        for number, row in enumerate(rows)
    )


def _joined(text: str, draw: st.DrawFn) -> str:
    """Some statements on one line, some of them in the line of their block, some with a semicolon at the end."""
    rows = text.split("\n")
    bodies = [
        body
        for node in ast.walk(ast.parse(text))
        for name in ("body", "orelse", "finalbody")
        if isinstance(body := getattr(node, name, None), list)
    ]
    pairs = [pair for body in bodies for pair in itertools.pairwise(body)]
    pairs = [(one, other) for one, other in pairs if other.lineno == one.lineno + 1]
    for _, other in _some(draw, [pair for pair in pairs if all(_is_alone(it, rows) for it in pair)]):
        row = other.lineno - 1
        before = next(number for number in range(row - 1, -1, -1) if rows[number])
        rows[before] += draw(st.sampled_from(("; ", ";", " ; "))) + rows[row].strip()
        rows[row] = ""
    for statement in _some(draw, [it for body in bodies for it in body if _is_alone(it, rows)], most=2):
        if rows[statement.lineno - 1]:
            rows[statement.lineno - 1] += ";"
    return "\n".join(rows)


T = TypeVar("T")


def _some(draw: st.DrawFn, found: Sequence[T], most: int = 6) -> list[T]:
    """A few of these, in their order."""
    if not found:
        return []
    chosen = draw(st.sets(st.integers(0, len(found) - 1), max_size=most))
    return [found[number] for number in sorted(chosen)]


def _is_alone(statement: ast.stmt, rows: list[str]) -> bool:
    """Whether a simple statement is all that is on its row."""
    row = rows[statement.lineno - 1]
    if (
        statement.lineno != statement.end_lineno
        or hasattr(statement, "body")
        or "#" in row
        or hasattr(statement, "cases")
    ):
        return False
    return bool(row) and not row[: len(row.encode()[: statement.col_offset].decode())].strip()


def _edited(text: str, edits: list[tuple[tuple[int, int], tuple[int, int], str]]) -> str:
    """The text with what lies between two places replaced; places as tokens have them."""
    rows = text.split("\n")
    for (row, start), (_, end), new in sorted(edits, reverse=True):
        rows[row - 1] = rows[row - 1][:start] + new + rows[row - 1][end:]
    return "\n".join(rows)


def _pairs(text: str) -> list[tuple[tokenize.TokenInfo, tokenize.TokenInfo, int]]:
    """Neighbours on one row, with the number of brackets around the place between them; none inside f-strings."""
    found, depth, formatted = tokens_of(text), 0, 0
    pairs = []
    for one, other in itertools.pairwise(found):
        name = kinds.tok_name[one.type]
        formatted += (name == "FSTRING_START") - (name == "FSTRING_END")
        if one.type == tokenize.OP:
            depth += (one.string in "([{") - (one.string in ")]}")
        real = one.type not in _LAYOUT and other.type not in _LAYOUT
        if real and not formatted and one.end[0] == other.start[0]:
            pairs.append((one, other, depth))
    return pairs


_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.COMMENT}


def _broken(text: str, draw: st.DrawFn) -> str:
    """Lines that go on behind a backslash."""
    places = [(one, other) for one, other, depth in _pairs(text) if depth == 0 and one.end != other.start]
    breaks = st.sampled_from((" \\\n    ", " \\\n", "\\\n        "))
    return _edited(text, [(one.end, other.start, draw(breaks)) for one, other in _some(draw, places)])


def _split(text: str, draw: st.DrawFn) -> str:
    """Brackets over several lines, with comments in them."""
    places = [(one, other) for one, other, depth in _pairs(text) if depth > 0]
    edits = []
    for one, other in _some(draw, places, most=8):
        behind, above = (draw(st.booleans()) for _ in range(2))
        row, column = other.start
        new = f"  # s{row}_{column}" if behind else ""
        new += f"\n  # t{row}_{column}" if above else ""
        edits.append((one.end, other.start, f"{new}\n{' ' * draw(st.sampled_from((0, 1, 4, 8)))}"))
    return _edited(text, edits)


def _commented(text: str, draw: st.DrawFn) -> str:
    """Comments behind and above lines."""
    ends = [
        found
        for found in tokens_of(text)
        if found.type in (tokenize.NEWLINE, tokenize.NL) and found.line.strip() and "#" not in found.line
    ]
    edits = []
    for number, found in enumerate(_some(draw, ends)):
        edits.append((found.start, found.start, "  " + draw(st.sampled_from(COMMENTS)).format(number)))
    rows = _edited(text, edits).split("\n")
    inside = _rows_in_strings("\n".join(rows))
    whole = [
        number
        for number, row in enumerate(rows)
        if row.strip() and number not in inside and not (number and rows[number - 1].endswith("\\"))
    ]
    for number in reversed(_some(draw, whole)):
        row = rows[number]
        depth = row[: len(row) - len(row.lstrip())] if draw(st.integers(0, 3)) else ""
        rows[number:number] = [f"{depth}# a{number}", *([""] if draw(st.integers(0, 3)) == 3 else [])]
    return "\n".join(rows)
