"""Roles: what a handler is given, annotated or not, follows from where it is registered."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal

IMPORTS = """\
import functools
from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.authentication import AuthenticationBackend, requires
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.concurrency import run_in_threadpool
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient
app = Starlette()
api = FastAPI()
"""
HANDLER = "def handle(it, more=None):\n    reveal(it)\n"


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        pytest.param("routes = [Route('/', handle)]", "Request", id="route"),
        pytest.param("routes = [Route('/', endpoint=handle)]", "Request", id="route-by-keyword"),
        pytest.param("R = Route\nR('/', handle)", "Request", id="route-by-another-name"),
        pytest.param("class R(Route): ...\nR('/', handle)", "Request", id="subclass-of-route"),
        pytest.param("routes = [Mount('/', routes=[Route('/', handle)])]", "Request", id="route-in-a-mount"),
        pytest.param("app.add_route('/', handle)", "Request", id="add_route"),
        pytest.param("app.router.add_route('/', handle)", "Request", id="add_route-of-a-router"),
        pytest.param("api.add_route('/', handle)", "Request", id="add_route-of-fastapi"),
        pytest.param("def setup():\n    app.add_route('/', handle)", "Request", id="registered-in-a-function"),
        pytest.param("routes = [WebSocketRoute('/', handle)]", "WebSocket", id="websocket-route"),
        pytest.param("app.add_websocket_route('/', handle)", "WebSocket", id="add_websocket_route"),
        pytest.param("app.add_exception_handler(404, handle)", "Request", id="add_exception_handler"),
        pytest.param("Starlette(exception_handlers={404: handle})", "Request", id="exception_handlers"),
        pytest.param(
            "handlers = {404: handle}\nStarlette(exception_handlers=handlers)", "Request", id="in-a-table"
        ),
        pytest.param("Middleware(BaseHTTPMiddleware, dispatch=handle)", "Request", id="dispatch"),
        pytest.param("app.add_middleware(BaseHTTPMiddleware, dispatch=handle)", "Request", id="add_middleware"),
        pytest.param("BaseHTTPMiddleware(app, handle)", "Request", id="dispatch-by-position"),
        pytest.param("app.add_middleware(Other, dispatch=handle)", "?", id="dispatch-of-another-middleware"),
        pytest.param("AuthenticationMiddleware(app, on_error=handle)", "HTTPConnection", id="on_error"),
        pytest.param("Starlette(lifespan=handle)", "Starlette", id="lifespan"),
        pytest.param(
            "Router(lifespan=handle)", "Starlette | fastapi.applications.FastAPI", id="lifespan-of-a-router"
        ),
        pytest.param("FastAPI(lifespan=handle)", "fastapi.applications.FastAPI", id="lifespan-of-fastapi"),
        pytest.param("Jinja2Templates('t', context_processors=[handle])", "Request", id="context-processor"),
        pytest.param("BackgroundTask(handle, app)", "Starlette", id="background-task"),
        pytest.param("BackgroundTasks().add_task(handle, app)", "Starlette", id="add_task"),
        pytest.param("BackgroundTask(handle, it=app)", "Starlette", id="background-task-by-keyword"),
        pytest.param("run_in_threadpool(handle, TestClient(app))", "TestClient", id="run_in_threadpool"),
        pytest.param("functools.partial(handle, app)", "Starlette", id="partial"),
        pytest.param("build('/', handle)", "?", id="handed-to-a-stranger"),
        pytest.param("routes = [Route('/', other)]", "?", id="another-function"),
        pytest.param("Route('/', handle)\nWebSocketRoute('/', handle)", "Request | WebSocket", id="two-roles"),
        pytest.param("flask.add_route('/', handle)", "?", id="a-method-of-the-same-name"),
    ],
)
def test_a_handler_is_given_what_its_role_says(registered: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + HANDLER + registered) == expected


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        pytest.param("@app.route('/')", "Request", id="route"),
        pytest.param("@app.websocket_route('/')", "WebSocket", id="websocket_route"),
        pytest.param("@api.websocket_route('/')", "WebSocket", id="websocket_route-of-fastapi"),
        pytest.param("@app.exception_handler(404)", "Request", id="exception_handler"),
        pytest.param("@api.exception_handler(404)", "Request", id="exception_handler-of-fastapi"),
        pytest.param("@app.middleware('http')", "Request", id="middleware"),
        pytest.param("@api.middleware('http')", "Request", id="middleware-of-fastapi"),
        pytest.param("@api.get('/')", "?", id="fastapi-goes-by-annotations"),
        pytest.param("@functools.cache", "?", id="none"),
        pytest.param("@app.route('/')\n@requires('admin')", "Request", id="under-others"),
    ],
)
def test_a_decorated_handler_is_given_what_the_decorator_says(
    decorator: str, expected: str, reveal: Reveal
) -> None:
    assert reveal(f"{IMPORTS}{decorator}\n{HANDLER}") == expected


def test_requires_finds_the_request_by_name(reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}@requires('admin')\ndef f(id, request):\n    reveal(request)") == "Request"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        pytest.param("class H(HTTPEndpoint):\n    def get(self, r):\n        reveal(r)", "Request", id="get"),
        pytest.param(
            "class H(HTTPEndpoint):\n    async def post(self, r):\n        reveal(r)", "Request", id="post"
        ),
        pytest.param(
            "class H(WebSocketEndpoint):\n    async def on_connect(self, ws):\n        reveal(ws)",
            "WebSocket",
            id="on_connect",
        ),
        pytest.param(
            "class M(BaseHTTPMiddleware):\n    async def dispatch(self, r, call_next):\n        reveal(r)",
            "Request",
            id="dispatch",
        ),
        pytest.param(
            "class M(BaseHTTPMiddleware):\n    async def dispatch(self, r, go):\n        reveal(await go(r))",
            "Response",
            id="call_next",
        ),
        pytest.param(
            "class B(AuthenticationBackend):\n    async def authenticate(self, c):\n        reveal(c)",
            "HTTPConnection",
            id="authenticate",
        ),
        pytest.param(
            "class B(BaseHTTPMiddleware): ...\nclass M(B):\n    def dispatch(self, r, go):\n        reveal(r)",
            "Request",
            id="at-any-depth",
        ),
        pytest.param("class H(HTTPEndpoint):\n    def other(self, r):\n        reveal(r)", "?", id="own-method"),
    ],
)
def test_a_method_is_given_what_the_base_classes_method_takes(method: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + method) == expected


def test_a_method_may_be_an_endpoint(reveal: Reveal) -> None:
    source = """
        class Pages:
            def routes(self):
                return [Route("/", self.home)]
            def home(self, it):
                reveal(it)
    """
    assert reveal(IMPORTS + dedent(source)) == "Request"


def test_routes_in_another_file_say_what_an_endpoint_is_given(reveal: Reveal) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/views.py": "def home(it):\n    reveal(it)",
        "shop/urls.py": "from starlette.routing import Route\nfrom shop import views\nr = [Route('/', views.home)]",
    }
    assert reveal(files) == "Request"


class TestFastapi:
    @pytest.mark.parametrize(
        ("parameter", "expected"),
        [
            pytest.param("it=Depends(get)", "TestClient", id="depends"),
            pytest.param("it=Depends(dependency=get)", "TestClient", id="depends-by-keyword"),
            pytest.param("it=Depends(opened)", "TestClient", id="depends-on-a-generator"),
            pytest.param("it: Request", "Request", id="request"),
            pytest.param("it: TestClient = Depends()", "TestClient", id="depends-on-its-annotation"),
            pytest.param("it: Annotated[TestClient, Depends(get)]", "TestClient", id="annotated"),
            pytest.param("it: Annotated[Any, Depends(get)]", "TestClient", id="annotated-any"),
            pytest.param("it", "?", id="a-query-parameter"),
        ],
    )
    def test_a_path_operation_is_given_its_dependencies(
        self, parameter: str, expected: str, reveal: Reveal
    ) -> None:
        source = f"""
            from typing import Annotated, Any
            def get(): return TestClient(app)
            def opened(): yield TestClient(app)
            @api.get("/")
            def operation({parameter}):
                reveal(it)
        """
        assert reveal(IMPORTS + dedent(source)) == expected

    def test_a_dependency_of_a_dependency(self, reveal: Reveal) -> None:
        source = """
            def first(): return TestClient(app)
            def second(client=Depends(first)): return client
            def third(it=Depends(second)):
                reveal(it)
        """
        assert reveal(IMPORTS + dedent(source)) == "TestClient"


class TestCallers:
    """A parameter is what the project passes for it; nobody knows who else calls the function."""

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            pytest.param("register(app)", "? | Starlette", id="by-position"),
            pytest.param("register(it=app)", "? | Starlette", id="by-keyword"),
            pytest.param("register(app)\nregister(Starlette())", "? | Starlette", id="twice"),
            pytest.param("register(app)\nregister(Router())", "? | Router | Starlette", id="two-types"),
            pytest.param("register(app)\nregister(stranger())", "? | Starlette", id="one-unknown"),
            pytest.param("register(*apps)", "?", id="by-star"),
            pytest.param("register()", "?", id="not-at-all"),
            pytest.param("register(None)", "?", id="none"),
            pytest.param("other.register(app)", "?", id="a-function-of-the-same-name"),
            pytest.param("def main(one):\n    register(one)\nmain(app)", "? | Starlette", id="passed-on"),
        ],
    )
    def test_of_a_function(self, call: str, expected: str, reveal: Reveal) -> None:
        assert reveal(f"{IMPORTS}def register(it=None):\n    reveal(it)\n{call}") == expected

    def test_of_a_constructor(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def __init__(self, app):
                    self.app = app
                def start(self):
                    reveal(self.app)
            Server(app)
        """
        assert reveal(IMPORTS + dedent(source)) == "? | Starlette"

    def test_what_a_subclass_passes_says_nothing_of_its_siblings(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def __init__(self, app):
                    reveal(app)
            class Special(Server):
                def __init__(self):
                    super().__init__(Starlette())
        """
        assert reveal(IMPORTS + dedent(source)) == "?"

    @pytest.mark.parametrize(
        "call",
        [
            pytest.param("Server().add(app)", id="on-an-object"),
            pytest.param("Server.add(Server(), app)", id="on-the-class"),
            pytest.param("Server.make(app)", id="classmethod"),
            pytest.param("Server.build(app)", id="staticmethod"),
        ],
    )
    def test_of_a_method(self, call: str, reveal: Reveal) -> None:
        name = call.rpartition(".")[2].partition("(")[0]
        decorator = {"make": "@classmethod", "build": "@staticmethod"}.get(name, "")
        first = {"make": "cls, ", "build": ""}.get(name, "self, ")
        source = f"class Server:\n    {decorator}\n    def {name}({first}it):\n        reveal(it)\n{call}"
        assert reveal(IMPORTS + source) == "? | Starlette"

    def test_in_another_file(self, reveal: Reveal) -> None:
        files = {
            "events.py": "def register(it):\n    reveal(it)",
            "main.py": "from fastapi import FastAPI\nimport events\napp = FastAPI()\nevents.register(app)",
        }
        assert reveal(files) == "? | fastapi.applications.FastAPI"

    def test_functions_that_call_each_other_end(self, reveal: Reveal) -> None:
        source = "def one(it):\n    two(it)\n    reveal(it)\ndef two(it):\n    one(it)\none(app)"
        assert reveal(IMPORTS + source) == "? | Starlette"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("def home(r: Request):\n    reveal(r)", "Request", id="route"),
        pytest.param("def chat(ws: WebSocket):\n    reveal(ws)", "WebSocket", id="websocket"),
        pytest.param("def failed(request: Request, exc):\n    reveal(request)", "Request", id="exception-handler"),
        pytest.param(
            "class M(BaseHTTPMiddleware):\n    def dispatch(self, r: Request, call_next):\n        reveal(r.url)",
            "URL",
            id="dispatch",
        ),
        pytest.param(
            "class M(BaseHTTPMiddleware):\n    def dispatch(self, r, call_next: RequestResponseEndpoint):\n"
            "        reveal(call_next(r))",
            "Response",
            id="call_next",
        ),
    ],
)
def test_an_annotated_handler_needs_no_role(source: str, expected: str, reveal: Reveal) -> None:
    more = "from starlette.middleware.base import RequestResponseEndpoint\nfrom starlette.requests import Request\n"
    assert reveal(f"{IMPORTS}{more}from starlette.websockets import WebSocket\n{source}") == expected
