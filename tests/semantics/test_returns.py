"""What calling a function gives: its annotation, else what it returns or yields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal, RevealAll

IMPORTS = """\
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from starlette.applications import Starlette
from starlette.routing import Router
from starlette.testclient import TestClient
"""


@pytest.mark.parametrize(
    "function",
    [
        pytest.param("def make() -> Starlette: ...", id="annotated"),
        pytest.param("def make() -> 'Starlette': ...", id="annotated-string"),
        pytest.param("def make():\n    return Starlette()", id="returned"),
        pytest.param(
            "def make():\n    app = Starlette()\n    app.debug = True\n    return app", id="returned-name"
        ),
        pytest.param("def make():\n    with lock:\n        return Starlette()", id="returned-in-a-block"),
        pytest.param("def make(**options):\n    app = Starlette(**options)\n    return app", id="with-options"),
        pytest.param("def inner():\n    return Starlette()\ndef make():\n    return inner()", id="through-another"),
        pytest.param("make = lambda: Starlette()", id="lambda"),
        pytest.param("make = Starlette", id="the-class-by-another-name"),
        pytest.param("def build():\n    return Starlette()\nmake = build", id="by-another-name"),
        pytest.param("@functools.cache\ndef make():\n    return Starlette()", id="decorated"),
        pytest.param(
            "def make():\n    def inner():\n        return Router()\n    return Starlette()", id="inner-returns"
        ),
    ],
)
def test_a_factory_gives_what_it_returns(function: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}{function}\nreveal(make())") == "Starlette"


def test_the_annotation_goes_before_what_is_returned(reveal: Reveal) -> None:
    assert reveal(IMPORTS + "def make() -> Router:\n    return Starlette()\nreveal(make())") == "Router"


def test_an_annotation_that_says_nothing_leaves_it_to_what_is_returned(reveal: Reveal) -> None:
    source = "from typing import Any\ndef make() -> Any:\n    return Starlette()\nreveal(make())"
    assert reveal(IMPORTS + source) == "Starlette"


def test_several_returns_give_a_union(reveal: Reveal) -> None:
    source = "def make(kind):\n    if kind:\n        return Starlette()\n    return Router()\nreveal(make(1))"
    assert reveal(IMPORTS + source) == "Router | Starlette"


def test_a_bare_return_adds_nothing(reveal: Reveal) -> None:
    source = "def make(kind):\n    if kind:\n        return\n    return Starlette()\nreveal(make(1))"
    assert "Starlette" in reveal(IMPORTS + source)


def test_awaiting_a_coroutine_gives_what_it_returns(reveal: Reveal) -> None:
    source = "async def make():\n    return Starlette()\nasync def main():\n    reveal(await make())"
    assert reveal(IMPORTS + source) == "Starlette"


def test_a_factory_that_returns_a_factory(reveal: Reveal) -> None:
    source = "def outer():\n    def make():\n        return Starlette()\n    return make\nreveal(outer()())"
    assert reveal(IMPORTS + source) == "Starlette"


def test_a_factory_that_returns_the_class(reveal: Reveal) -> None:
    assert reveal(IMPORTS + "def cls():\n    return Starlette\nreveal(cls()())") == "Starlette"


def test_a_function_that_returns_nothing_known_is_unknown(reveal: Reveal) -> None:
    assert reveal("def make():\n    return load()\nreveal(make())") == "?"


def test_a_function_that_calls_itself_ends(reveal: Reveal) -> None:
    source = "def make(n):\n    if n:\n        return make(n - 1)\n    return Starlette()\nreveal(make(3))"
    assert "Starlette" in reveal(IMPORTS + source)


def test_functions_that_call_each_other_end(reveal: Reveal) -> None:
    assert reveal("def a():\n    return b()\ndef b():\n    return a()\nreveal(a())") == "?"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("def same(x):\n    return x\nreveal(same(Starlette()))", "Starlette", id="by-position"),
        pytest.param("def same(x):\n    return x\nreveal(same(x=Starlette()))", "Starlette", id="by-keyword"),
        pytest.param("def same(x, y):\n    log(x)\n    return y\nreveal(same(1, Router()))", "Router", id="second"),
        pytest.param(
            "def same(x):\n    x = wrap(x)\n    return x\nreveal(same(Starlette()))", "?", id="given-anew"
        ),
        pytest.param(
            "class C:\n    def same(self, x):\n        return x\nreveal(C().same(Starlette()))",
            "Starlette",
            id="method",
        ),
        pytest.param("def same(x: T) -> T: ...\nreveal(same(Starlette()))", "Starlette", id="type-variable"),
        pytest.param("def make() -> T: ...\nreveal(make())", "Starlette", id="bound-of-a-type-variable"),
        pytest.param("def f(x: T):\n    reveal(x)", "Starlette", id="parameter-of-a-type-variable"),
        pytest.param("def f(x: C):\n    reveal(x)", "Router | Starlette", id="constraints-of-a-type-variable"),
    ],
)
def test_what_a_function_is_given_it_may_give_back(source: str, expected: str, reveal: Reveal) -> None:
    variables = (
        "from typing import TypeVar\nT = TypeVar('T', bound=Starlette)\nC = TypeVar('C', Starlette, Router)\n"
    )
    assert reveal(IMPORTS + variables + source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("class A(Starlette):\n    def me(self) -> Self: ...\nreveal(A().me())", "main.A", id="method"),
        pytest.param(
            "class A(Starlette):\n    @classmethod\n    def new(cls) -> 'Self': ...\nreveal(A.new())",
            "main.A",
            id="classmethod",
        ),
        pytest.param(
            "class A(Starlette):\n    def me(self) -> Self: ...\nclass B(A): ...\nreveal(B().me())",
            "main.B",
            id="subclass",
        ),
    ],
)
def test_self_is_the_class_that_is_asked(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}from typing import Self\n{source}") == expected


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        pytest.param(
            "def deco(f):\n    @functools.wraps(f)\n    def inner(*a):\n        return f(*a)\n    return inner",
            "Starlette",
            id="wraps",
        ),
        pytest.param("def deco(f):\n    return f", "Starlette", id="the-function-itself"),
        pytest.param("def deco(f) -> Callable: ...", "Starlette", id="annotated-callable"),
        pytest.param("deco = functools.lru_cache", "Starlette", id="lru_cache"),
        pytest.param("deco = functools.cache", "Starlette", id="cache"),
        pytest.param("deco = somebody.decorator", "Starlette", id="somebody-elses"),
        pytest.param("def deco(f):\n    return Factory()", "Router", id="an-object-that-is-called"),
        pytest.param(
            "def deco(f):\n    @functools.wraps(f)\n    def inner():\n        return Router(f())\n    return inner",
            "Router",
            id="a-wrapper-with-a-result-of-its-own",
        ),
    ],
)
def test_a_decorated_function_gives_what_it_returns(decorator: str, expected: str, reveal: Reveal) -> None:
    imports = "import functools\nfrom collections.abc import Callable\n"
    factory = "class Factory:\n    def __call__(self) -> Router: ...\n"
    source = f"{decorator}\n@deco\ndef make():\n    return Starlette()\nreveal(make())"
    assert reveal(IMPORTS + imports + factory + source) == expected


class TestAcrossFiles:
    FACTORY = (
        "from starlette.applications import Starlette\n"
        "def create_app(config=None):\n    app = Starlette()\n    return app\n"
    )

    @pytest.mark.parametrize(
        "using",
        [
            pytest.param("from shop.factory import create_app\nreveal(create_app())", id="name"),
            pytest.param("from shop import factory\nreveal(factory.create_app())", id="module"),
            pytest.param("from shop import create_app as make\nreveal(make('test'))", id="reexported"),
            pytest.param("import shop\napp = shop.create_app()\nreveal(app)", id="package"),
        ],
    )
    def test_a_factory_is_followed_into_its_module(self, using: str, reveal: Reveal) -> None:
        files = {"shop/__init__.py": "from .factory import create_app", "shop/factory.py": self.FACTORY}
        assert reveal({**files, "main.py": using}) == "Starlette"

    def test_what_a_factory_made_is_followed_too(self, reveal: Reveal) -> None:
        files = {
            "factory.py": self.FACTORY,
            "server.py": "from factory import create_app\napp = create_app()",
            "test_server.py": "from server import app\nreveal(app)",
        }
        assert reveal(files) == "Starlette"

    def test_a_factory_of_a_subclass_in_a_third_file(self, reveal_all: RevealAll) -> None:
        files = {
            "core.py": "from starlette.applications import Starlette\nclass App(Starlette): ...",
            "factory.py": "from core import App\ndef create_app():\n    return App()",
            "main.py": "from factory import create_app\nreveal(create_app())\nreveal(create_app().router)",
        }
        assert reveal_all(files) == ["core.App", "Router"]


class TestGenerators:
    def test_a_generator_holds_what_it_yields(self, reveal: Reveal) -> None:
        source = "def apps():\n    yield Starlette()\nfor app in apps():\n    reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"

    @pytest.mark.parametrize("annotation", ["", " -> Iterator[Starlette]", " -> Starlette"])
    @pytest.mark.parametrize("decorator", ["contextmanager", "contextlib.contextmanager"])
    def test_a_context_manager_enters_as_what_it_yields(
        self, decorator: str, annotation: str, reveal: Reveal
    ) -> None:
        source = f"@{decorator}\ndef serving(){annotation}:\n    yield Starlette()\n"
        assert reveal(f"{IMPORTS}{source}with serving() as app:\n    reveal(app)") == "Starlette"

    def test_an_async_context_manager_enters_as_what_it_yields(self, reveal: Reveal) -> None:
        source = """\
@asynccontextmanager
async def serving() -> AsyncIterator[Starlette]:
    yield Starlette()
async def main():
    async with serving() as app:
        reveal(app)
"""
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_context_manager_method(self, reveal: Reveal) -> None:
        source = """\
class Server:
    @contextmanager
    def client(self):
        with TestClient(app) as client:
            yield client
    def test_it(self):
        with self.client() as client:
            reveal(client)
"""
        assert reveal(IMPORTS + source) == "TestClient"

    def test_next_gives_what_is_yielded(self, reveal: Reveal) -> None:
        source = "def apps():\n    yield Starlette()\nreveal(next(apps()))"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_yielded_in_parentheses_or_assigned(self, reveal: Reveal) -> None:
        source = "def apps():\n    sent = (yield Starlette())\nfor app in apps():\n    reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("from typing import cast\nreveal(cast(Starlette, x))", "Starlette", id="cast"),
        pytest.param("import typing as t\nreveal(t.cast('Starlette', x))", "Starlette", id="cast-string"),
        pytest.param(
            "from typing_extensions import cast\nreveal(cast(Starlette, x))", "Starlette", id="cast-extensions"
        ),
        pytest.param(
            "from functools import partial\nreveal(partial(Starlette, debug=True)())", "Starlette", id="partial"
        ),
        pytest.param(
            "import functools\nmake = functools.partial(TestClient, app)\nreveal(make())",
            "TestClient",
            id="partial-name",
        ),
        pytest.param(
            "from functools import partial\ndef make(n):\n    return Starlette()\nreveal(partial(make, 1)())",
            "Starlette",
            id="partial-of-a-function",
        ),
        pytest.param("import copy\nreveal(copy.copy(Starlette()))", "Starlette", id="copy"),
        pytest.param("from copy import deepcopy\nreveal(deepcopy(Starlette()))", "Starlette", id="deepcopy"),
        pytest.param("reveal(getattr(Starlette(), 'router'))", "Router", id="getattr"),
        pytest.param("reveal(getattr(Starlette(), name))", "?", id="getattr-of-a-variable"),
        pytest.param("reveal(TestClient(app).get('/'))", "TestClientResponse", id="method"),
        pytest.param("reveal(TestClient(app).get)", "method TestClient.get", id="method-itself"),
    ],
)
def test_what_known_functions_give(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == expected
