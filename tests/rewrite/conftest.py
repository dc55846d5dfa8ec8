"""Generated programs: old usages of every kind in every surrounding, between lines that have to stay."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.conftest import read_cases

HEADER = """\
from starlette import applications, formparsers, routing, status
from starlette.applications import Starlette, WebSocket
from starlette.exceptions import ExceptionMiddleware
from starlette.formparsers import MultiPartParser
from starlette.responses import FileResponse
from starlette.routing import Route, Router, iscoroutinefunction_or_partial
from starlette.status import HTTP_200_OK, HTTP_413_REQUEST_ENTITY_TOO_LARGE
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient
"""
SETUP = """
app = Starlette()
router = Router()
client = TestClient(app)
templates = Jinja2Templates("templates")
request = None

"""

PIECES = {
    case.title.removeprefix("pieces: "): tuple(block.text.rstrip("\n") for block in case.blocks)
    for case in read_cases(Path(__file__).parent)
}
# What must come out as it went in, however oddly it is written.
NEUTRAL = (
    "keep  =  {n} # é世",
    "keep = [ {n} ,\n            2\n     ]",
    "keep = '''{n}\n\t  odd   \n'''",
    "# keep {n}   ",
    "keep = {n};",
    "def keep_{n}( a,b ) :\n    return  a+b",
    "keep = {n} + \\\n    2",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program's bytes, and the lines of it that have nothing to do with any rewrite."""

    data: bytes
    neutral: tuple[str, ...]
    newline: str


def _indented(text: str, indentation: str) -> str:
    """Every line but the first and those inside a triple-quoted text, deeper by `indentation`."""
    rows = text.split("\n")
    inside = False
    for number, row in enumerate(rows):
        if number and row and not inside:
            rows[number] = indentation + row
        inside ^= (row.count("'''") + row.count('"""')) % 2 == 1
    return "\n".join(rows)


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A statement in its block, and its neutral lines."""
    kind = draw(st.sampled_from(("Places", "Places", "Statements", "neutral")))
    if kind == "neutral":
        text = draw(st.sampled_from(NEUTRAL)).format(n=draw(st.integers(0, 999)))
    else:
        text = draw(st.sampled_from(PIECES[kind]))
        flat = st.sampled_from(PIECES["Expressions"])
        pieces = flat if "f'" in text else flat | st.sampled_from(PIECES["Layouts"])
        text = text.replace("FIRST", draw(pieces)).replace("SECOND", draw(pieces))
    block = draw(st.just("BODY") | st.sampled_from(PIECES["Blocks"]))
    if text.startswith("#") and block != "BODY":
        text += "\npass"
    depth = block[: block.index("BODY")].rpartition("\n")[2]
    text = _indented(text, depth)
    return block.replace("BODY", text), tuple((depth + text).split("\n")) if kind == "neutral" else ()


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A whole module, in one of many dresses."""
    step = draw(st.sampled_from(("    ", "    ", "\t", "  ")))
    newline = draw(st.sampled_from(("\n", "\n", "\r\n")))
    body = draw(st.lists(statements(), min_size=1, max_size=6))
    opening = draw(st.just("") | st.sampled_from(PIECES["Openings"]))
    text = f"{opening}\n{HEADER}{SETUP}".lstrip("\n")
    for statement, _ in body:
        text += statement + draw(st.sampled_from(("\n", "\n\n", "\n\n\n")))
    if draw(st.booleans()):
        text = text.rstrip("\n")
    data = _dressed(text, step).replace("\n", newline).encode()
    if draw(st.integers(0, 4)) == 0:
        data = codecs.BOM_UTF8 + data
    return Program(data, tuple(_dressed(row, step) for _, rows in body for row in rows), newline)


def _dressed(text: str, step: str) -> str:
    return re.sub(r"^(?: {4})+", lambda spaces: step * (len(spaces[0]) // 4), text, flags=re.MULTILINE)


OLD_NAMES = {
    "HTTP_422_UNPROCESSABLE_ENTITY": "starlette.status",
    "HTTP_413_REQUEST_ENTITY_TOO_LARGE": "starlette.status",
    "ExceptionMiddleware": "starlette.exceptions",
    "WebSocket": "starlette.applications",
    "iscoroutinefunction_or_partial": "starlette.routing",
}


@st.composite
def packages(draw: st.DrawFn) -> dict[str, str]:
    """Modules in a row: the first has an old name in some way, each later one takes it from one before it."""
    name = draw(st.sampled_from(sorted(OLD_NAMES)))
    origin = OLD_NAMES[name]
    modules = draw(st.permutations(["alpha", "beta", "gamma", "delta"]))
    first = draw(
        st.sampled_from(
            [
                f"from {origin} import {name}\n",
                f"from {origin} import {name}\n\nprint({name})\n",
                f'from {origin} import {name}\n\n__all__ = ["{name}"]\n',
                f"from {origin} import {name} as {name}\n",
                f"from {origin} import *\n",
                f"import {origin}\n\n{name} = {origin}.{name}\n",
                f"from {origin} import {name}\n\n{name} = {name}\n",
                f"from {origin} import {name}\n\nHTTP_422_UNPROCESSABLE_CONTENT = inspect = 1\n",
                f"try:\n    from {origin} import {name}\nfinally:\n    pass\n",
            ]
        )
    )
    package = {modules[0]: first}
    for number in range(1, draw(st.integers(2, 4))):
        source = draw(st.sampled_from(modules[:number]))
        package[modules[number]] = draw(
            st.sampled_from(
                [
                    f"from {source} import {name}\n\nprint({name})\n",
                    f"from {source} import {name}\n",
                    f"from {source} import *\n\nprint({name})\n",
                    f"import {source}\n\nprint({source}.{name})\n{name} = {source}.{name}\n",
                    f"def use():\n    from {source} import {name}\n\n    return {name}\n\n\n{name} = use()\n",
                    f"from {source} import {name}\n\nHTTP_422_UNPROCESSABLE_CONTENT = 1\nprint({name})\n",
                    f"from {source} import {name}\n\n{name} = 1\n",
                ]
            )
        )
    return package
