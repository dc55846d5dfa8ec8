"""Every way in which a name, an attribute or an element gets its value."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal, RevealAll

IMPORTS = """\
from typing import Any, ClassVar
from starlette.applications import Starlette
from starlette.routing import Router
from starlette.testclient import TestClient
"""


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("app = Starlette()\nreveal(app)", id="plain"),
        pytest.param("app = other = Starlette()\nreveal(app)", id="chained-first"),
        pytest.param("app = other = Starlette()\nreveal(other)", id="chained-second"),
        pytest.param("one = Starlette()\nreveal(one)", id="any-name"),
        pytest.param("app: Starlette = Starlette()\nreveal(app)", id="annotated"),
        pytest.param("app: Starlette = build()\nreveal(app)", id="annotated-unknown-value"),
        pytest.param("app: Starlette\nreveal(app)", id="annotated-without-value"),
        pytest.param("app: Any = Starlette()\nreveal(app)", id="annotated-any"),
        pytest.param("app: 'Starlette' = build()\nreveal(app)", id="annotated-string"),
        pytest.param("if app := Starlette():\n    reveal(app)", id="walrus"),
        pytest.param("print(app := Starlette())\nreveal(app)", id="walrus-in-a-call"),
        pytest.param("reveal((app := Starlette()))", id="walrus-itself"),
        pytest.param("apps = [app := Starlette() for _ in range(3)]\nreveal(app)", id="walrus-in-a-comprehension"),
        pytest.param("app, name = Starlette(), 'shop'\nreveal(app)", id="tuple"),
        pytest.param("[name, app] = ['shop', Starlette()]\nreveal(app)", id="list"),
        pytest.param("(app), name = (Starlette()), 'shop'\nreveal(app)", id="tuple-in-parentheses"),
        pytest.param("for app in [Starlette(), Starlette()]:\n    reveal(app)", id="for-over-a-list"),
        pytest.param("for app in (Starlette(),):\n    pass\nreveal(app)", id="for-left-behind"),
        pytest.param("[reveal(app) for app in [Starlette()]]", id="comprehension"),
        pytest.param("apps = [Starlette(), Starlette()]\nreveal(apps[0])", id="element-of-a-list"),
        pytest.param("reveal(Starlette() if debug else Starlette())", id="conditional-expression"),
    ],
)
def test_a_value_is_known_however_it_is_assigned(source: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == "Starlette"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("reveal(Starlette() if debug else Router())", "Router | Starlette", id="if-else"),
        pytest.param("reveal(None if debug else Starlette())", "None | Starlette", id="or-none"),
        pytest.param("def f(app=None):\n    reveal(app or Starlette())", "? | Starlette", id="given-or-default"),
        pytest.param("reveal('text')", "value", id="text"),
        pytest.param("reveal(f'{1}')", "value", id="f-string"),
        pytest.param("reveal({'a': Starlette()})", "holds Starlette", id="dict"),
        pytest.param("reveal({'a': 1})", "value", id="dict-of-plain-values"),
        pytest.param("reveal([])", "value", id="empty-list"),
        pytest.param("reveal([Starlette(), Starlette()])", "holds Starlette", id="list"),
        pytest.param("reveal((Starlette(), Router()))", "holds Router | Starlette", id="tuple"),
        pytest.param("reveal(None)", "None", id="none"),
        pytest.param("reveal(1 < 2)", "value", id="comparison"),
        pytest.param("reveal(Starlette)", "type[Starlette]", id="class"),
        pytest.param("reveal(lambda: 1)", "def main.<lambda>", id="lambda"),
        pytest.param("reveal((lambda: Starlette())())", "Starlette", id="call-of-a-lambda"),
    ],
)
def test_what_an_expression_is(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == expected


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("app, name = pair\nreveal(app)", id="unpacked-unknown"),
        pytest.param("(app, name), rest = (Starlette(), 1), 2\nreveal(app)", id="unpacked-deeper"),
        pytest.param("app, *rest = Starlette(), 1, 2\nreveal(rest)", id="starred-rest"),
        pytest.param("for number, app in enumerate(apps):\n    reveal(app)", id="for-tuple"),
        pytest.param("with open(f) as (app, name):\n    reveal(app)", id="with-tuple"),
        pytest.param("try:\n    pass\nexcept Exception as app:\n    reveal(app)", id="exception"),
        pytest.param("match x:\n    case [app, *_]:\n        reveal(app)", id="match-capture"),
        pytest.param("match x:\n    case {'a': 1, **app}:\n        reveal(app)", id="match-rest"),
        pytest.param("app = Starlette()\napp += 1\nreveal(app.later)", id="attribute-nobody-knows"),
    ],
)
def test_what_cannot_be_told_plainly_is_unknown(source: str, reveal: Reveal) -> None:
    found = reveal(IMPORTS + source)
    assert found == "?" or found.startswith("method ")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def make():\n    return Starlette(), Router()\na, b = make()\nreveal(b)", "Router", id="tuple"
        ),
        pytest.param("pair = Starlette(), 1\na, b = pair\nreveal(a)", "Starlette", id="tuple-in-a-name"),
        pytest.param("pair: tuple[int, Starlette] = f()\na, b = pair\nreveal(b)", "Starlette", id="annotated"),
        pytest.param("def f() -> tuple[str, Router]: ...\na, b = f()\nreveal(b)", "Router", id="returned"),
        pytest.param("def f() -> tuple[Router, ...]: ...\na, b = f()\nreveal(b)", "? | Router", id="any-length"),
        pytest.param("def f() -> list[Router]: ...\na, b = f()\nreveal(b)", "Router", id="list"),
        pytest.param("pair = Starlette(), Router()\nreveal(pair[1])", "Router", id="by-index"),
        pytest.param("a, b = *parts, Starlette()\nreveal(a)", "? | Starlette", id="from-a-star"),
        pytest.param("a, b, c = Starlette(), Router()\nreveal(c)", "?", id="too-few"),
    ],
)
def test_unpacking_goes_by_position(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == expected


def test_a_deleted_name_is_nothing_known(reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}app = Starlette()\ndel app\nreveal(app)") == "?"


def test_a_name_may_be_given_anew_after_del(reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}app = Starlette()\ndel app\napp = Router()\nreveal(app)") == "Router"


def test_a_name_holds_until_it_is_deleted(reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}app = Starlette()\nreveal(app)\ndel app") == "Starlette"


def test_a_captured_name_hides_the_outer_one(reveal: Reveal) -> None:
    source = """
        app = Starlette()
        def handle(message):
            match message:
                case {"app": app}:
                    reveal(app)
    """
    assert reveal(IMPORTS + dedent(source)) == "?"


class TestWith:
    @pytest.mark.parametrize("keyword", ["with", "async with"])
    def test_a_test_client_enters_as_itself(self, keyword: str, reveal: Reveal) -> None:
        source = f"""
            async def test_it():
                {keyword} TestClient(Starlette()) as client:
                    reveal(client)
        """
        assert reveal(IMPORTS + dedent(source)) == "TestClient"

    def test_several_items_in_one_statement(self, reveal_all: RevealAll) -> None:
        source = """
            with TestClient(app) as client, client.websocket_connect("/") as session:
                reveal(client)
                reveal(session)
        """
        assert reveal_all(IMPORTS + dedent(source)) == ["TestClient", "WebSocketTestSession"]

    def test_a_client_that_is_entered_without_a_name_stays_itself(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "client = TestClient(app)\nwith client:\n    reveal(client)") == "TestClient"

    def test_a_subclass_enters_as_the_subclass(self, reveal: Reveal) -> None:
        source = "class Client(TestClient): ...\nwith Client(app) as client:\n    reveal(client)"
        assert reveal(IMPORTS + source) == "main.Client"

    def test_an_own_enter_decides(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def __enter__(self) -> Starlette: ...
                def __exit__(self, *args): ...
            with Server() as app:
                reveal(app)
        """
        assert reveal(IMPORTS + dedent(source)) == "Starlette"

    def test_an_own_enter_that_returns_self_gives_the_object(self, reveal: Reveal) -> None:
        source = """
            class Server:
                async def __aenter__(self):
                    return self
            async def main():
                async with Server() as server:
                    reveal(server)
        """
        assert reveal(IMPORTS + dedent(source)) == "main.Server"

    def test_httpx_clients_enter_as_themselves(self, reveal: Reveal) -> None:
        source = """
            import httpx
            async def main():
                async with httpx.AsyncClient() as client:
                    reveal(client)
        """
        assert reveal(dedent(source)) == "httpx.AsyncClient"

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param("client = stack.enter_context(TestClient(app))", id="enter_context"),
            pytest.param("client = await stack.enter_async_context(TestClient(app))", id="enter_async_context"),
        ],
    )
    def test_an_exit_stack_enters_like_with(self, source: str, reveal: Reveal) -> None:
        assert reveal(IMPORTS + f"async def main(stack):\n    {source}\n    reveal(client)") == "TestClient"

    def test_nullcontext_gives_what_it_holds(self, reveal: Reveal) -> None:
        source = "import contextlib\nwith contextlib.nullcontext(Starlette()) as app:\n    reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"


class TestSelf:
    @pytest.mark.parametrize(
        "assigning",
        [
            pytest.param("self.app = Starlette()", id="plain"),
            pytest.param("self.app: Starlette = build()", id="annotated"),
            pytest.param("self.app, self.name = Starlette(), 'shop'", id="tuple"),
            pytest.param("self.name = self.app = Starlette()", id="chained"),
            pytest.param(
                "self.client = TestClient(Starlette())\n        self.app = self.client.app", id="from-another"
            ),
        ],
    )
    def test_an_attribute_is_what_a_method_assigns(self, assigning: str, reveal: Reveal) -> None:
        setup = f"    def setup(self, app):\n        {assigning}\n"
        source = f"class Server:\n{setup}    def run(self):\n        reveal(self.app)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_an_attribute_may_be_assigned_below_its_use(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def run(self):
                    reveal(self.app)
                def setup(self):
                    self.app = Starlette()
        """
        assert reveal(IMPORTS + dedent(source)) == "Starlette"

    def test_an_attribute_is_known_from_outside(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def __init__(self):
                    self.app = Starlette()
            reveal(Server().app)
        """
        assert reveal(IMPORTS + dedent(source)) == "Starlette"

    def test_an_attribute_of_a_base_class_in_another_file(self, reveal: Reveal) -> None:
        files = {
            "base.py": IMPORTS + "class Base:\n    def setUp(self):\n        self.client = TestClient(Starlette())",
            "test_it.py": """
                from base import Base
                class TestIt(Base):
                    def test_it(self):
                        reveal(self.client)
            """,
        }
        assert reveal(files) == "TestClient"

    def test_setupclass_gives_the_class_an_attribute(self, reveal: Reveal) -> None:
        source = """
            class TestIt:
                @classmethod
                def setUpClass(cls):
                    cls.client = TestClient(Starlette())
                def test_it(self):
                    reveal(self.client)
        """
        assert reveal(IMPORTS + dedent(source)) == "TestClient"

    def test_several_assignments_give_a_union(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def __init__(self):
                    self.app = None
                def setup(self):
                    self.app = Starlette()
                def run(self):
                    reveal(self.app)
        """
        assert reveal(IMPORTS + dedent(source)) == "None | Starlette"

    def test_self_may_have_any_name(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def __init__(this):
                    this.app = Starlette()
                def run(me):
                    reveal(me.app)
        """
        assert reveal(IMPORTS + dedent(source)) == "Starlette"

    def test_an_attribute_of_another_object_is_not_ones_own(self, reveal: Reveal) -> None:
        source = """
            class Server:
                def adopt(self, other):
                    other.app = Starlette()
                def run(self):
                    reveal(self.app)
        """
        assert reveal(IMPORTS + dedent(source)) == "?"


class TestClassAttributes:
    @pytest.mark.parametrize("access", ["Server.app", "Server().app"])
    @pytest.mark.parametrize("body", ["app = Starlette()", "app: Starlette", "app: ClassVar[Starlette] = build()"])
    def test_are_known_on_the_class_and_its_instances(self, body: str, access: str, reveal: Reveal) -> None:
        assert reveal(IMPORTS + f"class Server:\n    {body}\nreveal({access})") == "Starlette"

    def test_are_inherited(self, reveal: Reveal) -> None:
        source = "class A:\n    app = Starlette()\nclass B(A): ...\nreveal(B().app)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_nearer_one_hides_a_farther_one(self, reveal: Reveal) -> None:
        source = "class A:\n    app = Starlette()\nclass B(A):\n    app = Router()\nreveal(B().app)"
        assert reveal(IMPORTS + source) == "Router"

    def test_that_are_none_until_a_method_assigns_them(self, reveal: Reveal) -> None:
        source = """
            class Server:
                app = None
                def __init__(self):
                    self.app = Starlette()
                def run(self):
                    reveal(self.app)
        """
        assert "Starlette" in reveal(IMPORTS + dedent(source))

    def test_are_no_names_for_the_methods(self, reveal: Reveal) -> None:
        source = """
            app = Router()
            class Server:
                app = Starlette()
                def run(self):
                    reveal(app)
        """
        assert reveal(IMPORTS + dedent(source)) == "Router"

    def test_are_names_for_the_class_body(self, reveal: Reveal) -> None:
        source = "app = Router()\nclass Server:\n    app = Starlette()\n    reveal(app)"
        assert reveal(IMPORTS + source) == "Starlette"
