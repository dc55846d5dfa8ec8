"""Generated programs: old usages of every kind in every surrounding, between lines that have to stay as they are."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from hypothesis import strategies as st

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
OPENINGS = (
    "",
    '"""A module."""\n',
    "#!/usr/bin/env python\n# Everybody's.\n\n",
    '"""A module.\n\nOf several lines.\n"""\n\nfrom __future__ import annotations\n\nimport os\n\n',
    "import os, sys\nimport httpx\n",
    "try:\n    import uvloop\nexcept ImportError:\n    uvloop = None\n\n",
)
SETUP = """
app = Starlette()
router = Router()
client = TestClient(app)
templates = Jinja2Templates("templates")
request = None

"""

# Expressions that hold something old. Quotes are double throughout, so that they can stand in an f-string.
EXPRESSIONS = (
    'client.get("/", allow_redirects=False)',
    'client.post("/", timeout=5, json={})',
    'client.get("/é世", timeout=None, allow_redirects=None)',
    'templates.TemplateResponse("a.html", {"request": request})',
    'templates.TemplateResponse("a.html", {"a": 1, "request": request, "b": [2]}, 404)',
    'templates.TemplateResponse(name="a.html", context=dict(request=request, a=1))',
    'templates.TemplateResponse("a.html", context)',
    'FileResponse("a.txt", method="GET")',
    'FileResponse("a.txt", 200, None, None, None, "a.txt", None, "GET", "inline")',
    "status.HTTP_422_UNPROCESSABLE_ENTITY",
    "HTTP_413_REQUEST_ENTITY_TOO_LARGE",
    "(ExceptionMiddleware)",
    "WebSocket",
    "applications.BaseHTTPMiddleware",
    "iscoroutinefunction_or_partial(print)",
    "routing.iscoroutinefunction_or_partial(print)",
    "MultiPartParser.max_file_size",
    'Jinja2Templates("templates", autoescape=True)',
    'app.add_websocket_route("/ws", print)',
)
# The same over several lines, which an f-string does not take.
LAYOUTS = (
    'client.get(\n→"/",  # the path\n→# not further\n→allow_redirects=False,  # really\n→# the end\n)',
    'client.request("GET",\n               "/",\n               timeout=5,\n               allow_redirects=None)',
    'client.get("/", timeout=(\n→1,\n→2,\n), headers={\n→"a": "b",\n})',
    'FileResponse(\n→"a.txt", 200, method="GET",  # get\n→filename="b.txt"\n)',
    'FileResponse(method="GET",  # get\n             # it\n             path="a.txt")',
    'templates.TemplateResponse(\n→"a.html",\n→{\n→→"a": 1,  # one\n→→"request": request,  # two\n→},\n)',
    'templates.TemplateResponse("a.html", {  # a\n→"request": request,\n→# b\n})',
    'templates.TemplateResponse(  # a\n→name="a.html", context={"request": request, "a": 1},\n)',
    'templates.TemplateResponse("a.html",\n                           context={"request":\n                                    request})',
    'Jinja2Templates(  # a\n→"templates",  # b\n→# c\n→context_processors=[\n→→print,\n→],\n→auto_reload=True  # d\n)',
    'Jinja2Templates(directory="templates",\n                auto_reload=True,  # a\n                trim_blocks=(\n→True\n))',
    'app.route(\n→"/",\n→name="a"\n)(print)',
    "status \\\n→.HTTP_422_UNPROCESSABLE_ENTITY",
    "(status\n→.HTTP_414_REQUEST_URI_TOO_LONG)",
)
# Surroundings of an expression (or two). `→` is one step of indentation.
PLACES = (
    "x = {0}",
    "print({0}, {1})",
    "x = 1; y = {0}; z = {1}",
    "if {0}: print({1})",
    "x = [{0} for _ in range(3)]",
    "x = f'{{{0}}} and {{{1}!r}}'",
    "x = lambda a={0}: {1}",
    "x = (\n→{0},  # a comment, 世界\n→# and another\n→{1}\n)",
    "x = {0} \\\n→or {1}",
    "assert {0}, \\\n→{1}",
    "x = {{\n→'key': {0},\n→**{{'more': {1}}},\n}}",
    "while {0}:\n→print({1})\nelse:\n→print({0})",
    "if x:\n→pass\nelif {0}:\n→print({1})\nelse: print({0})",
    "try:\n→x = {0}\nexcept (ValueError, {1}):\n→raise\nfinally:\n→print({1})",
    "with open({0}) as f, open({1}):\n→f.write({0})",
    "for x in {0}:\n→print({1})",
    "match {0}:\n→case 1 if {1}:\n→→print({0})\n→case _: print({1})",
    "def function(a={0}, *, b: {1} = None) -> {0}:\n→return {1}",
    "class Class({0}, metaclass={1}):\n→value = {0}\n→def method(self): return {1}",
    "@print({0})\ndef decorated():\n→'''A text\nwith {0}\n'''\n→yield {1}",
    "del x[{0}], x[{1}]",
    "x = '''text''', {0}, \"\"\"\n{1}\n\"\"\", {1}",
)
STATEMENTS = (
    '@app.route("/")\nasync def home(request):\n→return None',
    '@app.route("/", methods=["GET"])  # noqa\n@router.route("/b")\n# A comment.\ndef home(request): return None',
    '# Above.\n@app.websocket_route(\n→"/ws",\n→name="ws",  # named\n)\nclass Echo:\n→pass\n→# At the end.',
    "@app.exception_handler(404)\n@app.exception_handler(ValueError)\nasync def error(request, exc):\n→'''Text\n'''",
    '@app.middleware("http")\nasync def log(request, call_next):\n→return await call_next(request)',
    '@print\n@app.route("/")\nasync def refused(request):\n→pass',
    'app.route("/")(print)',
    'router.websocket_route(path="/")(print); app.middleware("http")(print)',
    "class Small(MultiPartParser):\n→max_file_size = 1",
    "MultiPartParser.max_file_size = 1",
    "formparsers.MultiPartParser.max_file_size += 1",
    'templates = Jinja2Templates(\n→directory="templates",\n→trim_blocks=True,  # tidy\n→extensions=[\n→→"a",\n→],\n)',
    "def local():\n→from starlette.status import HTTP_414_REQUEST_URI_TOO_LONG\n→return HTTP_414_REQUEST_URI_TOO_LONG",
    "def local():\n→from starlette.routing import iscoroutinefunction_or_partial as f, Route\n→return f(Route)",
)
# What must come out as it went in, however oddly it is written.
NEUTRAL = (
    "keep  =  {n} # é世",
    "keep = [ {n} ,\n→→→ 2\n→ ]",
    "keep = '''{n}\n\t  odd   \n'''",
    "# keep {n}   ",
    "keep = {n};",
    "def keep_{n}( a,b ) :\n→return  a+b",
    "keep = {n} + \\\n→2",
)
BLOCKS = (
    "{0}",
    "{0}",
    "if x:\n→{0}",
    "def outer(request):\n→{0}",
    "class Outer:\n→{0}",
    "try:\n→{0}\nexcept ValueError:\n→pass",
    "with x:\n→{0}",
    "async def outer():\n→for x in y:\n→→{0}",
    "if x:\n→pass\nelse:\n→{0}",
    "match x:\n→case 1:\n→→{0}",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program's bytes, and the lines of it that have nothing to do with any rewrite."""

    data: bytes
    neutral: tuple[str, ...]
    newline: str


def _indented(text: str, depth: int) -> str:
    """Every line but the first and those inside a triple-quoted text, deeper by `depth` steps."""
    rows = text.split("\n")
    inside = False
    for number, row in enumerate(rows):
        if number and row and not inside:
            rows[number] = "→" * depth + row
        inside ^= (row.count("'''") + row.count('"""')) % 2 == 1
    return "\n".join(rows)


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A statement in its block, and its neutral lines."""
    number = draw(st.integers(0, 999))
    kind = draw(st.sampled_from(("place", "place", "statement", "neutral")))
    neutral: tuple[str, ...] = ()
    if kind == "place":
        place = draw(st.sampled_from(PLACES))
        pair = st.sampled_from(EXPRESSIONS if "f'" in place else EXPRESSIONS + LAYOUTS)
        text = place.format(draw(pair), draw(pair))
    elif kind == "statement":
        text = draw(st.sampled_from(STATEMENTS))
    else:
        text = draw(st.sampled_from(NEUTRAL)).format(n=number)
    block = draw(st.sampled_from(BLOCKS))
    if kind == "neutral" and text.startswith("#") and block != "{0}":
        text = f"keep = {number}"
    depth = len(block.split("{0}")[0].rpartition("\n")[2])
    text = _indented(text, depth)
    if kind == "neutral":
        neutral = tuple(("→" * depth + text).split("\n"))
    return block.replace("{0}", text), neutral


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A whole module, in one of many dresses."""
    indentation = draw(st.sampled_from(("    ", "    ", "\t", "  ")))
    newline = draw(st.sampled_from(("\n", "\n", "\r\n")))
    body = draw(st.lists(statements(), min_size=1, max_size=6))
    gaps = draw(st.lists(st.sampled_from(("\n", "\n\n", "\n\n\n")), min_size=len(body), max_size=len(body)))
    parts = [draw(st.sampled_from(OPENINGS)), HEADER, SETUP]
    for (text, _), gap in zip(body, gaps, strict=True):
        parts += [text, gap]
    text = "".join(parts).replace("→", indentation).replace("\n", newline)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    neutral = tuple(row.replace("→", indentation) for _, rows in body for row in rows)
    data = text.encode()
    if draw(st.integers(0, 4)) == 0:
        data = codecs.BOM_UTF8 + data
    return Program(data, neutral, newline)
