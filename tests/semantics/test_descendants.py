"""FastAPI and other descendants: what is Starlette's own, and what they keep for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from starlette_upgrade.semantics.catalogue import Catalogue
    from tests.semantics.conftest import Reveal


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from fastapi import Request\nreveal(Request)", "type[Request]"),
        ("import fastapi\nreveal(fastapi.Request)", "type[Request]"),
        ("from fastapi.requests import Request\nreveal(Request)", "type[Request]"),
        ("from fastapi import WebSocket\nreveal(WebSocket)", "type[WebSocket]"),
        ("from fastapi import Response\nreveal(Response)", "type[Response]"),
        ("from fastapi import status\nreveal(status.HTTP_200_OK)", "name starlette.status.HTTP_200_OK"),
        ("from fastapi.responses import FileResponse\nreveal(FileResponse)", "type[FileResponse]"),
        ("from fastapi.templating import Jinja2Templates\nreveal(Jinja2Templates)", "type[Jinja2Templates]"),
        ("from fastapi.testclient import TestClient\nreveal(TestClient)", "type[TestClient]"),
        ("from fastapi.staticfiles import StaticFiles\nreveal(StaticFiles)", "type[StaticFiles]"),
        ("from fastapi.middleware.gzip import GZipMiddleware\nreveal(GZipMiddleware)", "type[GZipMiddleware]"),
    ],
)
def test_what_fastapi_passes_on_is_starlettes(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(source) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("FastAPI()", "fastapi.applications.FastAPI"),
        ("FastAPI().router", "fastapi.routing.APIRouter"),
        ("APIRouter()", "fastapi.routing.APIRouter"),
        ("fastapi.applications.FastAPI()", "fastapi.applications.FastAPI"),
        ("FastAPI().on_event", "method fastapi.applications.FastAPI.on_event"),
        ("FastAPI().state", "State"),
        ("Starlette().router", "Router"),
        ("Starlette().state", "State"),
    ],
)
def test_what_applications_are_made_of(expression: str, expected: str, reveal: Reveal) -> None:
    imports = "import fastapi.applications\nfrom fastapi import APIRouter, FastAPI\n"
    assert reveal(f"{imports}from starlette.applications import Starlette\nreveal({expression})") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("request.app", "Starlette | fastapi.applications.FastAPI"),
        ("request.url", "URL"),
        ("request.headers", "Headers"),
        ("request.url_for('home')", "URL"),
        ("request.url.replace(port=1)", "URL"),
        ("request.state", "State"),
        ("await request.form()", "FormData"),
        ("websocket.app", "Starlette | fastapi.applications.FastAPI"),
        ("client.get('/')", "TestClientResponse"),
        ("client.post('/').request", "TestClientRequest"),
        ("client.websocket_connect('/')", "WebSocketTestSession"),
        ("client.app", "Starlette | fastapi.applications.FastAPI"),
        ("templates.env", "jinja2.Environment"),
        ("templates.TemplateResponse('a.html', {})", "_TemplateResponse"),
        ("response.headers", "MutableHeaders"),
    ],
)
def test_what_leads_from_one_object_to_the_next(expression: str, expected: str, reveal: Reveal) -> None:
    source = f"""
        from starlette.requests import Request
        from starlette.responses import JSONResponse
        from starlette.templating import Jinja2Templates
        from starlette.testclient import TestClient
        from starlette.websockets import WebSocket
        async def f(request: Request, websocket: WebSocket, client: TestClient, templates: Jinja2Templates):
            response = JSONResponse(1)
            reveal({expression})
    """
    assert reveal(source) == expected


@pytest.mark.parametrize(
    "descendant",
    [
        "fastapi.applications.FastAPI",
        "fasthtml.core.FastHTML",
        "cadwyn.applications.Cadwyn",
        "pyview.pyview.PyView",
    ],
)
def test_a_known_descendant_is_a_starlette(descendant: str, catalogue: Catalogue) -> None:
    assert "starlette.applications.Starlette" in catalogue.bases(descendant)


@pytest.mark.parametrize("attribute", ["on_event", "exception_handler", "middleware", "websocket_route"])
def test_fastapi_keeps_its_own_decorators(attribute: str, catalogue: Catalogue) -> None:
    assert catalogue.keeps("fastapi.applications.FastAPI", attribute)
    assert not catalogue.keeps("starlette.applications.Starlette", attribute)


@pytest.mark.parametrize("attribute", ["route", "add_event_handler", "add_websocket_route"])
def test_fastapi_keeps_nothing_that_went_away_with_starlettes(attribute: str, catalogue: Catalogue) -> None:
    assert not catalogue.keeps("fastapi.applications.FastAPI", attribute)


def test_a_router_of_fastapi_keeps_more_than_its_application(catalogue: Catalogue) -> None:
    assert catalogue.keeps("fastapi.routing.APIRouter", "add_event_handler")


@pytest.mark.parametrize("keyword", ["on_startup", "on_shutdown", "lifespan"])
@pytest.mark.parametrize("cls", ["fastapi.applications.FastAPI", "fastapi.routing.APIRouter"])
def test_fastapi_accepts_what_starlette_no_longer_does(cls: str, keyword: str, catalogue: Catalogue) -> None:
    assert catalogue.accepts(cls, keyword)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("from flask import Flask\nreveal(Flask(__name__))", "flask.Flask", id="flask"),
        pytest.param("from quart import Quart\nreveal(Quart(__name__))", "quart.Quart", id="quart"),
        pytest.param("from sanic import Sanic\nreveal(Sanic('a'))", "sanic.Sanic", id="sanic"),
        pytest.param("import discord\nreveal(discord.Client())", "discord.Client", id="discord"),
        pytest.param("from django.test import Client\nreveal(Client())", "django.test.Client", id="django"),
    ],
)
def test_look_alikes_are_themselves(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(source).replace("client.", "").replace("app.", "") in (expected, f"type[{expected}]")
