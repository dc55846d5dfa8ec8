"""Roles: what a handler is given, annotated or not, follows from where it is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal

IMPORTS = """\
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Route, WebSocketRoute
"""


@pytest.mark.xfail(strict=True, reason="roles are told by the names of parameters, in match/behaviours only")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("def home(r):\n    reveal(r)\nroutes = [Route('/', home)]", "Request", id="route"),
        pytest.param(
            "class Home(HTTPEndpoint):\n    def get(self, r):\n        reveal(r)", "Request", id="endpoint"
        ),
    ],
)
def test_a_handler_is_given_what_its_role_says(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == expected


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
