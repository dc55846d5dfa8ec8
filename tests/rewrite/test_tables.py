"""Tables, run: an app does on the newest release what it did with decorators on the last one that has them."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options
from tests.conftest import Case, as_parameters, read_cases
from tests.proofs.laboratory import run
from tests.rewrite.test_cases import before_and_after

RELEASES = load_releases(examples=False)
OLD, NEW = Version("0.49.3"), Version("1.10.0")
_NOT_INSTALLED = re.compile(r"^\s*(?:from|import) (?:\.|(?:vendor|werkzeug|fastapi|uvicorn)\b)", re.MULTILINE)
CASES = [
    case
    for case in read_cases(Path(__file__).parent / "cases")
    if case.title.startswith("table: ")
    and "Left:" not in case.prose
    and not _NOT_INSTALLED.search(case.blocks[0].text)
]

# All that was registered on the apps of a program, and what was set on them.
DESCRIBE = """

def named(value):
    return getattr(value, "__name__", None) or (value if isinstance(value, (str, list, bool, int)) else type(value))


def described(route):
    kept = ("path", "host", "name", "include_in_schema")
    own = {key: value for key, value in vars(route).items() if key in kept}
    inner = [described(inner) for inner in getattr(route, "routes", None) or []]
    endpoint = named(getattr(route, "endpoint", None) or route.app)
    return type(route).__name__, own, sorted(getattr(route, "methods", None) or []), endpoint, inner


def described_app(app):
    yield [described(route) for route in app.routes]
    for cls, args, options in getattr(app, "user_middleware", ()):
        yield named(cls), [named(arg) for arg in args], {key: named(value) for key, value in options.items()}
    yield [(key, named(handler)) for key, handler in getattr(app, "exception_handlers", {}).items()]
    state = app.state._state if hasattr(app, "state") else {}
    yield getattr(app, "debug", None), {key: named(value) for key, value in state.items()}


found = dict(globals())
for name, value in sorted(found.items()):
    if name.startswith(("create_", "test_")):
        value = value()
    if hasattr(value, "routes") and not isinstance(value, type):
        for line in described_app(value):
            print(name, line)
"""


def in_tables(text: str) -> str:
    """What `fix --unsafe --style table` makes of a module; a second time it changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.py"
        path.write_text(text)
        asked = Options((path,), Move(OLD, NEW), unsafe=True, style="table")
        for change in pipeline.fix(asked, RELEASES).changes:
            path.write_bytes(change.after)
        assert not pipeline.fix(asked, RELEASES).changes
        return path.read_text()


@pytest.mark.parametrize("case", as_parameters(CASES))
def test_the_same_is_registered(case: Case) -> None:
    before, after = (texts["main.py"] for texts in before_and_after(case))
    old, new = run(before + DESCRIBE, OLD), run(after + DESCRIBE, NEW)
    assert (old.error, new.error) == ("", "")
    assert new.output == old.output


HEAD = """\
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route


class Traced:
    def __init__(self, app, name="traced"):
        self.app, self.name = app, name

    async def __call__(self, scope, receive, send):
        scope["trace"] = [*scope.get("trace", []), self.name]
        await self.app(scope, receive, send)


async def first(request):
    return PlainTextResponse("first " + " ".join(request.scope.get("trace", [])))


def failed(request, exc):
    return PlainTextResponse(f"failed {exc!r}", status_code=599)


"""
ASK = """

from starlette.testclient import TestClient

client = TestClient(app, raise_server_exceptions=False)
for path in ("/", "/a", "/b", "/c", "/raise/key", "/raise/value", "/raise/403", "/raise/404", "/sub/a", "/nothing"):
    for method in ("GET", "POST"):
        response = client.request(method, path)
        print(method, path, response.status_code, response.text, response.headers.get("x-trace"))
for path in ("/ws", "/ws/a", "/a"):
    try:
        with client.websocket_connect(path) as session:
            print(path, session.receive_text())
    except Exception as error:
        print(path, type(error).__name__)
with client:
    print(vars(app.state))
print([getattr(route, "name", None) for route in app.routes], vars(app.state))
"""
PATHS = st.sampled_from(["/", "/a", "/b", "/{anything}", "/a", "/{one}/{two}", "/raise/{what}"])
KEYS = st.sampled_from(["404", "403", "500", "HTTPException", "KeyError", "ValueError", "Exception"])


@dataclass
class Names:
    """A number for each name."""

    count: int = 0

    def new(self) -> str:
        self.count += 1
        return f"own{self.count}"


def route(draw: st.DrawFn, name: str) -> str:
    more = draw(st.sampled_from(["", ', methods=["POST"]', ', ["GET", "POST"]', f', name="{name}_page"']))
    body = f'    return PlainTextResponse("{name} " + " ".join(request.scope.get("trace", [])))\n'
    decorators = "".join(f'@app.route("{draw(PATHS)}"{more})\n' for _ in range(draw(st.integers(1, 2))))
    kind = draw(st.sampled_from(["async def", "def", "class"]))
    if kind == "class":
        return f"{decorators}class {name}(HTTPEndpoint):\n    async def get(self, request):\n    {body}"
    return f"{decorators}{kind} {name}(request):\n{body}"


def raising(draw: st.DrawFn, name: str) -> str:
    return (
        f'@app.route("/raise/{{what}}")\nasync def {name}(request):\n    what = request.path_params["what"]\n'
        "    if what.isdigit():\n        raise HTTPException(int(what))\n"
        '    raise {"key": KeyError, "value": ValueError}[what]("gone")\n'
    )


def websocket(draw: st.DrawFn, name: str) -> str:
    path = draw(st.sampled_from(["/ws", "/ws/{anything}", "/{anything}"]))
    return (
        f'@app.websocket_route("{path}")\nasync def {name}(websocket):\n    await websocket.accept()\n'
        f'    await websocket.send_text("{name}")\n    await websocket.close()\n'
    )


def handler(draw: st.DrawFn, name: str) -> str:
    return (
        f"@app.exception_handler({draw(KEYS)})\ndef {name}(request, exc):\n"
        f'    return PlainTextResponse("{name} caught", status_code=418)\n'
    )


def middleware(draw: st.DrawFn, name: str) -> str:
    return (
        f'@app.middleware("http")\nasync def {name}(request, call_next):\n'
        f'    request.scope["trace"] = [*request.scope.get("trace", []), "{name}"]\n'
        "    response = await call_next(request)\n"
        f'    response.headers["x-trace"] = response.headers.get("x-trace", "") + " {name}"\n    return response\n'
    )


def event(draw: st.DrawFn, name: str) -> str:
    kind = draw(st.sampled_from(["startup", "shutdown"]))
    return (
        f'@app.on_event("{kind}")\nasync def {name}():\n'
        f'    app.state.ran = [*getattr(app.state, "ran", []), "{name}"]\n'
    )


def added(draw: st.DrawFn, name: str) -> str:
    return draw(
        st.sampled_from(
            [
                "app.add_middleware(Traced)\n",
                f'app.add_middleware(Traced, name="{name}")\n',
                f'# {name}\napp.add_route("/a", first, name="{name}")\n',
                f'app.add_route("/c", first, ["POST"], "{name}")  # {name}\n',
                f'app.mount("/sub", Starlette(routes=[Route("/a", first)]), "{name}")\n',
                f'app.host("{name}.example.org", first)\n',
                "app.add_exception_handler(\n    KeyError,  # nothing\n    failed,\n)\n",
                f'app.state.{name} = "{name}"\n',
                'app.route("/b")(first)\n',
            ]
        )
    )


CONSTRUCTORS = [
    "app = Starlette()\n",
    "app: Starlette = Starlette(debug=False)  # an app\n",
    'app = Starlette(False, [Route("/a", first)])\n',
    'app = Starlette(routes=[Route("/c", first, name="c")], middleware=[Middleware(Traced, name="own")])\n',
    "app = Starlette(\n    middleware=(Middleware(Traced),),\n    exception_handlers={ValueError: failed},\n)\n",
    'routes = [Route("/b", first)]\nhandlers = {405: failed}\n'
    "app = Starlette(routes=routes, exception_handlers=handlers)\n",
]


@st.composite
def apps(draw: st.DrawFn) -> str:
    names = Names()
    pieces = [route, route, raising, websocket, handler, middleware, added, added]
    parts = [draw(st.sampled_from(CONSTRUCTORS)), route(draw, names.new())]
    if not parts[0].startswith("app:"):  # a lifespan is not given to such a constructor
        pieces.append(event)
    parts += [draw(st.sampled_from(pieces))(draw, names.new()) for _ in range(draw(st.integers(1, 8)))]
    return HEAD + draw(st.sampled_from(["\n\n", "\n"])).join(parts)


@settings(
    deadline=None,
    max_examples=40,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a program is short, and takes its time
    suppress_health_check=[HealthCheck.too_slow],
)
@given(apps())
def test_an_app_answers_as_before(program: str) -> None:
    changed = in_tables(program)
    keys = re.findall(r"exception_handler\(\s*(\w+)|exception_handlers=\{(\w+)", program)
    assert ("\napp.add_" in changed) == (len(set(map("".join, keys))) < len(keys))  # see "Two handlers" in table.md
    assert "@app." not in changed
    old, new = run(program + ASK, OLD), run(changed + ASK, NEW)
    assert (old.error, new.error) == ("", ""), changed
    assert new.output == old.output, changed
