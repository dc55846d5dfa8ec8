"""Generated applications in old style that run: everything that `fix` rewrites, mixed, nested and in any order."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

IMPORTS = """\
import contextlib
import functools

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router
from starlette.templating import Jinja2Templates

log = []
templates = Jinja2Templates("templates")


def told(text):
    log.append(text)
    return text


def kept(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


class Named(BaseHTTPMiddleware):
    def __init__(self, app, name):
        super().__init__(app)
        self.name = name

    async def dispatch(self, request, call_next):
        return await traced(request, call_next, self.name)


async def traced(request, call_next, name):
    response = await call_next(request)
    response.headers["x-trace"] = response.headers.get("x-trace", "") + name
    return response


"""

PROBE = """
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

import main


def shown(routes, path=""):
    for route in routes:
        print(type(route).__name__, path + route.path, route.name, sorted(getattr(route, "methods", None) or []))
        shown(getattr(route, "routes", None) or [], path + route.path)


def ask(client, routes, path=""):
    for route in routes:
        if isinstance(route, WebSocketRoute):
            with client.websocket_connect(path + route.path) as socket:
                print(path + route.path, socket.receive_text())
        elif getattr(route, "routes", None):
            ask(client, route.routes, path + route.path)
        else:
            for method in ("GET", "POST"):
                response = client.request(method, (path + route.path).replace("{name}", "x"))
                trace = response.headers.get("x-trace")
                print(method, path + route.path, response.status_code, response.text, trace)


for app in main.apps:
    shown(app.routes)
    with TestClient(app, raise_server_exceptions=False) as client:
        main.log.append("running")
        ask(client, app.routes)
        for path in ("/none", "/fails"):
            response = client.get(path)
            print(path, response.status_code, response.text, response.headers.get("x-trace"))
print(main.log)
"""
FILES = {"templates/page.html": "<p>{{ request.url.path }} {{ title }}</p>"}

# Statements that have nothing to do with a rewrite; `{n}` is a number that no other has.
NEUTRAL = (
    "keep_{n}  =  [ {n} ,\n            2\n     ]",
    "# keep {n}   ",
    "keep_{n} = {n}; print(  end='' )",
    "def keep_{n}( a,b ) :\n    # kept {n}\n    return  a+b",
    "keep_{n} = {n} + \\\n    2",
    "if told:\n    keep_{n} = {n}\nelse:\n    pass  # never {n}",
)
BLOCKS = (
    "{}",
    "{}",
    "{}",
    "if log is not None:\n    {}",
    "if log is None:\n    pass\nelse:\n    {}",
    "try:\n    {}\nfinally:\n    pass",
    "with contextlib.suppress(LookupError):\n    {}",
    "for name in ('a', 'b'):\n    {}",
)
RECEIVERS = ("app", "app", "app", "app.router")


@dataclass(slots=True)
class Naming:
    """Numbers, and names that are bound once or again and again."""

    again: bool
    number: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def function(self, kind: str) -> str:
        return f"{kind}_handler" if self.again else f"{kind}_{self.next()}"


@dataclass(frozen=True, slots=True)
class App:
    """A program's text."""

    text: str


def deeper(text: str, indentation: str = "    ") -> str:
    return "\n".join(indentation + row if row else row for row in text.split("\n"))


def _into(block: str, text: str) -> str:
    """A statement as the body of a block."""
    depth = block[: block.index("{}")].rpartition("\n")[2]
    return block.replace(f"{depth}{{}}", deeper(text, depth))


def _commented(draw: st.DrawFn, naming: Naming, text: str) -> str:
    """The text with comments behind and above some of its rows."""
    rows = []
    for row in text.split("\n"):
        place = draw(st.sampled_from(("", "", "", "behind", "above")))
        if place == "above":
            rows.append(row[: len(row) - len(row.lstrip())] + f"# above {naming.next()}")
        rows.append(f"{row}  # behind {naming.next()}" if place == "behind" else row)
    return "\n".join(rows)


def _definition(
    draw: st.DrawFn, naming: Naming, kind: str, parameters: str, body: str, *, asynchronous: bool
) -> str:
    """A function with some string or comment around its body."""
    name = naming.function(kind)
    opening = draw(st.sampled_from(("", "", f'"""Says {naming.next()}."""\n', f"# first {naming.next()}\n")))
    closing = draw(st.sampled_from(("", "", f"\n# last {naming.next()}")))
    head = f"{'async ' if asynchronous else ''}def {name}({parameters}):"
    return f"{head}\n{deeper(opening + body + closing)}"


def _decorated(draw: st.DrawFn, naming: Naming, decorators: list[str], definition: str, *, wrapped: bool) -> str:
    if wrapped and draw(st.integers(0, 3)) == 0:
        decorators = [*decorators, "@kept"]
    return _commented(draw, naming, "\n".join(decorators)) + "\n" + definition


def _response(draw: st.DrawFn, naming: Naming) -> str:
    text = f"page {naming.next()}"
    return draw(
        st.sampled_from(
            (
                f'return PlainTextResponse("{text}")',
                f'return PlainTextResponse(told("{text}"))',
                f'return templates.TemplateResponse("page.html", {{"request": request, "title": "{text}"}})',
                f'return templates.TemplateResponse("page.html", dict(request=request, title="{text}"), 202)',
                f'context = {{"request": request, "title": "{text}"}}\n'
                'return templates.TemplateResponse("page.html", context=context)',
                'return templates.TemplateResponse(name="page.html", context={"request": request})',
                f'raise ValueError("{text}")',
                f'raise KeyError("{text}")',
            )
        )
    )


def _path(draw: st.DrawFn, naming: Naming) -> str:
    return draw(st.sampled_from((f"/p{naming.next()}", "/same", "/{name}", f"/p{naming.next()}/{{name}}")))


@st.composite
def routes(draw: st.DrawFn, naming: Naming) -> str:
    receiver = draw(st.sampled_from(RECEIVERS))
    decorators = []
    for _ in range(draw(st.integers(1, 3))):
        path = _path(draw, naming)
        decorators.append(
            draw(
                st.sampled_from(
                    (
                        f'@{receiver}.route("{path}")',
                        f'@{receiver}.route("{path}", methods=["GET", "POST"])',
                        f'@{receiver}.route("{path}", ["POST"], "named_{naming.next()}")',
                        f'@{receiver}.route(name="named_{naming.next()}", path="{path}", include_in_schema=False)',
                        f'@{receiver}.route(\n    "{path}",\n    methods=["GET"],\n)',
                    )
                )
            )
        )
    if draw(st.integers(0, 4)) == 0:
        name = naming.function("Page")
        body = deeper(f"async def get(self, request):\n{deeper(_response(draw, naming))}")
        return _decorated(draw, naming, decorators, f"class {name}(HTTPEndpoint):\n{body}", wrapped=False)
    asynchronous = draw(st.booleans())
    definition = _definition(draw, naming, "page", "request", _response(draw, naming), asynchronous=asynchronous)
    return _decorated(draw, naming, decorators, definition, wrapped=True)


@st.composite
def applied(draw: st.DrawFn, naming: Naming) -> str:
    """Decorators used as calls."""
    number = naming.next()
    return draw(
        st.sampled_from(
            (
                f'app.route("/p{number}")(lambda request: PlainTextResponse("lambda {number}"))',
                f'app.add_route("/p{number}", lambda request: PlainTextResponse("added"), name="a{number}")',
                f'app.exception_handler(418)(lambda request, exc: PlainTextResponse("tea {number}"))',
            )
        )
    )


@st.composite
def sockets(draw: st.DrawFn, naming: Naming) -> str:
    number = naming.next()
    receiver = draw(st.sampled_from(RECEIVERS))
    body = f'await websocket.accept()\nawait websocket.send_text("socket {number}")\nawait websocket.close()'
    definition = _definition(draw, naming, "socket", "websocket", body, asynchronous=True)
    way = draw(st.integers(0, 2))
    if way == 0:
        return f'{definition}\n\n\n{receiver}.add_websocket_route("/ws{number}", {_name_of(definition)})'
    name = f', name="ws{number}"' if way == 1 else ""
    return _decorated(
        draw, naming, [f'@{receiver}.websocket_route("/ws{number}"{name})'], definition, wrapped=False
    )


@st.composite
def handlers(draw: st.DrawFn, naming: Naming) -> str:
    """Handlers of exceptions."""
    number = naming.next()
    kinds = draw(
        st.lists(
            st.sampled_from(("404", "405", "ValueError", "LookupError", "500", "Exception")), min_size=1, max_size=2
        )
    )
    body = f'return PlainTextResponse("handled {number} " + type(exc).__name__, 400)'
    definition = _definition(draw, naming, "handle", "request, exc", body, asynchronous=draw(st.booleans()))
    return _decorated(draw, naming, [f"@app.exception_handler({kind})" for kind in kinds], definition, wrapped=True)


@st.composite
def middleware(draw: st.DrawFn, naming: Naming) -> str:
    number = naming.next()
    if draw(st.integers(0, 3)) == 0:
        return f'app.add_middleware(Named, name="c{number}")'
    body = f'return await traced(request, call_next, "m{number}")'
    definition = _definition(draw, naming, "around", "request, call_next", body, asynchronous=True)
    return _decorated(draw, naming, ['@app.middleware("http")'], definition, wrapped=False)


@st.composite
def events(draw: st.DrawFn, naming: Naming) -> str:
    """Handlers of startup and shutdown, in every way that there was."""
    receiver = draw(st.sampled_from(RECEIVERS))
    event = draw(st.sampled_from(("startup", "startup", "shutdown")))
    number = naming.next()
    asynchronous = draw(st.booleans())
    definition = _definition(draw, naming, "on", "", f'log.append("{event} {number}")', asynchronous=asynchronous)
    name = _name_of(definition)
    way = draw(st.sampled_from(("decorator", "decorator", "both", "call", "append", "lambda", "partial")))
    if way == "decorator":
        return _decorated(draw, naming, [f'@{receiver}.on_event("{event}")'], definition, wrapped=True)
    if way == "both":
        both = [f'@{receiver}.on_event("startup")', f'@{receiver}.on_event("shutdown")']
        return _decorated(draw, naming, both, definition, wrapped=False)
    if way == "call":
        return f'{definition}\n\n\n{receiver}.add_event_handler("{event}", {name})'
    if way == "append":
        return f"{definition}\n\n\napp.router.on_{event}.append({name})"
    if way == "lambda":
        return f'{receiver}.add_event_handler("{event}", lambda: told("lambda {number}"))'
    return f'{receiver}.add_event_handler("{event}", functools.partial(told, "partial {number}"))'


@st.composite
def mounts(draw: st.DrawFn, naming: Naming) -> str:
    """A router or an app of its own below a path, with a route in old style."""
    number = naming.next()
    name, made = f"sub_{number}", draw(st.sampled_from(("Starlette()", "Router()")))
    first = f'@{name}.route("/inner")\n' + _definition(
        draw, naming, "inner", "request", f'return PlainTextResponse("inner {number}")', asynchronous=True
    )
    mounted = f'app.mount("/m{number}", {name})'
    return f"{name} = {made}\n" + draw(st.sampled_from((f"{mounted}\n\n\n{first}", f"\n\n{first}\n\n\n{mounted}")))


@st.composite
def neutral(draw: st.DrawFn, naming: Naming) -> str:
    return draw(st.sampled_from(NEUTRAL)).replace("{n}", str(naming.next()))


def _name_of(definition: str) -> str:
    return definition.partition("def ")[2].partition("(")[0]


@st.composite
def constructors(draw: st.DrawFn, naming: Naming, *, with_events: bool) -> str:
    """What stands above the app, and the statement that makes it."""
    above, arguments = [], []
    if draw(st.booleans()):
        number = naming.next()
        above.append(f'def listed_{number}(request):\n    return PlainTextResponse("listed {number}")\n\n\n')
        arguments.append(f'routes=[Route("/listed", listed_{number})]')
    if draw(st.integers(0, 2)) == 0:
        arguments.append(f'middleware=[Middleware(Named, name="l{naming.next()}")]')
    for event in ("startup", "shutdown") if with_events else ():
        count = draw(st.sampled_from((None, None, None, 0, 1, 2)))
        if count is None:
            continue
        names = []
        for _ in range(count):
            name, way = f"{event}_{naming.next()}", draw(st.sampled_from(("async def", "def", "lambda")))
            if way == "lambda":
                names.append(f'lambda: told("{name}")')
            else:
                names.append(name)
                above.append(f'{way} {name}():\n    log.append("{name}")\n\n\n')
        listed = ", ".join(names)
        way = draw(st.sampled_from(("list", "list", "tuple", "variable")))
        if way == "variable":
            above.append(f"on_{event} = [{listed}]\n")
            listed = f"on_{event}"
        elif way == "tuple":
            listed = f"({listed}{',' if count == 1 else ''})"
        else:
            listed = f"[{listed}]"
        arguments.append(f"on_{event}={listed}")
    arguments = draw(st.permutations(arguments))
    if draw(st.booleans()):
        call = f"Starlette({', '.join(arguments)})"
    else:
        call = "Starlette(\n" + "".join(f"    {text},\n" for text in arguments) + ")"
    return "".join(above) + f"app = {call}"


KINDS = (routes, routes, applied, sockets, handlers, middleware, events, events, mounts, neutral, neutral)


@st.composite
def apps(draw: st.DrawFn) -> App:
    """A whole program: one app, at the top of the module or in a factory that is called once or twice."""
    naming = Naming(again=draw(st.integers(0, 4)) == 0)
    with_events = draw(st.booleans())
    choice = KINDS if with_events else tuple(kind for kind in KINDS if kind is not events)
    kinds = draw(st.lists(st.sampled_from(choice), min_size=1, max_size=8))
    parts = [draw(constructors(naming, with_events=with_events))]
    for kind in kinds:
        text = draw(kind(naming))
        block = draw(st.sampled_from(BLOCKS))
        if text.startswith("#") and block != "{}":
            text += "\npass"
        if "for name" in block and kind is sockets:
            block = "{}"
        parts.append(_into(block, text))
    gaps = [draw(st.sampled_from(("\n", "\n\n", "\n\n\n"))) for _ in parts]
    body = "".join(part + gap for part, gap in zip(parts, gaps, strict=True))
    form = draw(st.sampled_from(("module", "factory", "twice", "class")))
    text = IMPORTS
    if form == "module":
        text += f"{body}\napps = [app]\n"
    elif form == "class":
        indentation = " " * 8
        text += (
            f"class Service:\n    def __init__(self):\n{deeper(body, indentation)}\n        self.app = app\n\n\n"
        )
        text += "apps = [Service().app]\n"
    else:
        text += f"def create_app():\n{deeper(body)}\n    return app\n\n\n"
        text += f"apps = [create_app(){', create_app()' if form == 'twice' else ''}]\n"
    return App(text)
