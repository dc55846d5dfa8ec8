"""What `isinstance` tells of a name, and how long."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal

IMPORTS = """\
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Router
from starlette.websockets import WebSocket
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("if isinstance(x, Starlette):\n    reveal(x)", "Starlette", id="if"),
        pytest.param("if isinstance(x, Starlette):\n    pass\nreveal(x)", "?", id="after-the-if"),
        pytest.param("if isinstance(x, Starlette):\n    pass\nelse:\n    reveal(x)", "?", id="else"),
        pytest.param("if not isinstance(x, Starlette):\n    pass\nelse:\n    reveal(x)", "Starlette", id="not"),
        pytest.param("if not isinstance(x, Starlette):\n    return\nreveal(x)", "Starlette", id="left-by-return"),
        pytest.param("if not isinstance(x, Starlette):\n    raise E\nreveal(x)", "Starlette", id="left-by-raise"),
        pytest.param("if not isinstance(x, Starlette):\n    log()\nreveal(x)", "?", id="not-left"),
        pytest.param("assert isinstance(x, Starlette)\nreveal(x)", "Starlette", id="assert"),
        pytest.param("reveal(x)\nassert isinstance(x, Starlette)", "?", id="before-the-assert"),
        pytest.param("if y:\n    assert isinstance(x, Starlette)\nreveal(x)", "?", id="assert-on-a-condition"),
        pytest.param("if isinstance(x, (Starlette, Router)):\n    reveal(x)", "Router | Starlette", id="tuple"),
        pytest.param("if isinstance(x, Starlette) and y:\n    reveal(x)", "Starlette", id="and"),
        pytest.param("if isinstance(x, Starlette) or y:\n    reveal(x)", "?", id="or"),
        pytest.param("if not isinstance(x, Starlette) or y:\n    return\nreveal(x)", "Starlette", id="not-or"),
        pytest.param("if isinstance(x, Starlette):\n    x = Router()\n    reveal(x)", "Router", id="given-anew"),
        pytest.param("if isinstance(y, Starlette):\n    reveal(x)", "?", id="another-name"),
        pytest.param("if isinstance(x.app, Starlette):\n    reveal(x.app)", "Starlette", id="attribute"),
        pytest.param("if isinstance(x, unknown()):\n    reveal(x)", "?", id="unknown-class"),
        pytest.param("if isinstance(x, str):\n    reveal(x)", "builtins.str", id="somebody-else"),
        pytest.param("match x:\n    case Starlette():\n        reveal(x)", "Starlette", id="case"),
        pytest.param("match x:\n    case Starlette(debug=True):\n        reveal(x)", "Starlette", id="case-more"),
        pytest.param("match x:\n    case Starlette() as z:\n        reveal(z)", "Starlette", id="case-as"),
        pytest.param("match x:\n    case [Starlette() as z, *_]:\n        reveal(z)", "Starlette", id="inside"),
        pytest.param("match x:\n    case _:\n        reveal(x)", "?", id="any-case"),
        pytest.param("while isinstance(x, Starlette):\n    reveal(x)", "Starlette", id="while"),
    ],
)
def test_an_unknown_value_is_what_isinstance_says(body: str, expected: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}def f(x, y):\n{indent(body, '    ')}") == expected


@pytest.mark.parametrize(
    ("annotation", "body", "expected"),
    [
        pytest.param(
            "Request | WebSocket", "if isinstance(x, Request):\n    reveal(x)", "Request", id="one-of-two"
        ),
        pytest.param(
            "Request | WebSocket",
            "if isinstance(x, Request):\n    pass\nelse:\n    reveal(x)",
            "WebSocket",
            id="the-other-of-two",
        ),
        pytest.param(
            "Starlette", "if isinstance(x, FastAPI):\n    reveal(x)", "fastapi.applications.FastAPI", id="subclass"
        ),
        pytest.param(
            "FastAPI", "if isinstance(x, Starlette):\n    reveal(x)", "fastapi.applications.FastAPI", id="base"
        ),
    ],
)
def test_a_declared_value_is_narrowed(annotation: str, body: str, expected: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}def f(x: {annotation}):\n{indent(body, '    ')}") == expected


def test_an_attribute_of_self_is_narrowed(reveal: Reveal) -> None:
    source = """
        class Plugin:
            def install(self):
                assert isinstance(self.app, Starlette)
                reveal(self.app)
    """
    assert reveal(IMPORTS + dedent(source)) == "Starlette"
