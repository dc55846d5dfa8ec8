"""What a declared type says about the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal

IMPORTS = """\
import collections.abc
import typing
import typing as t
from collections.abc import AsyncIterator, Awaitable
from typing import Annotated, Any, Callable, Generator, Iterator, List, Optional, Type, Union
import starlette.applications
from starlette.applications import Starlette
from starlette.routing import Router
from starlette.testclient import TestClient
"""


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("Starlette", "Starlette"),
        ("'Starlette'", "Starlette"),
        ("starlette.applications.Starlette", "Starlette"),
        ("'starlette.applications.Starlette'", "Starlette"),
        ("Optional[Starlette]", "None | Starlette"),
        ("Optional['Starlette']", "None | Starlette"),
        ("typing.Optional[Starlette]", "None | Starlette"),
        ("t.Optional[Starlette]", "None | Starlette"),
        ("'Optional[Starlette]'", "None | Starlette"),
        ("Starlette | None", "None | Starlette"),
        ("None | Starlette", "None | Starlette"),
        ("'Starlette | None'", "None | Starlette"),
        ("Starlette | Router", "Router | Starlette"),
        ("Union[Starlette, Router]", "Router | Starlette"),
        ("Union[Starlette, Router, None]", "None | Router | Starlette"),
        ("Union['Starlette', 'Router']", "Router | Starlette"),
        ("Annotated[Starlette, 'the app']", "Starlette"),
        ("Annotated[Optional[Starlette], ...]", "None | Starlette"),
        ("typing.Annotated['Starlette', 1]", "Starlette"),
        ("type[Starlette]", "type[Starlette]"),
        ("Type[Starlette]", "type[Starlette]"),
        ("Callable[..., Starlette]", "gives Starlette"),
        ("Callable[[int], Starlette]", "gives Starlette"),
        ("collections.abc.Callable[[], Starlette]", "gives Starlette"),
        ("Callable[[], Awaitable[Starlette]]", "gives Starlette"),
        ("Awaitable[Starlette]", "Starlette"),
        ("list[Starlette]", "holds Starlette"),
        ("List[Starlette]", "holds Starlette"),
        ("Iterator[Starlette]", "holds Starlette"),
        ("AsyncIterator[Starlette]", "holds Starlette"),
        ("Generator[Starlette, None, None]", "holds Starlette"),
        ("Any", "?"),
        ("object", "?"),
        ("str", "value"),
        ("dict[str, Starlette]", "holds Starlette"),
        ("Optional[str]", "None | value"),
        ("None", "None"),
        ("'not an annotation'", "?"),
        ("'['", "?"),
        ("f()", "?"),
    ],
)
def test_a_parameter_is_what_its_annotation_says(annotation: str, expected: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}def f(x: {annotation}):\n    reveal(x)") == expected


@pytest.mark.parametrize(
    "signature",
    [
        "app: Starlette, /",
        "*, app: Starlette",
        "first, app: Starlette",
        "*args, app: Starlette",
        "app: Starlette = None",
    ],
)
def test_every_kind_of_parameter_has_its_annotation(signature: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}def f({signature}):\n    reveal(app)") == "Starlette"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("async def f(app: Starlette):", id="async"),
        pytest.param("@anything\ndef f(app: Starlette):", id="decorated"),
        pytest.param("class C:\n  def f(self, app: Starlette):", id="method"),
        pytest.param("class C:\n  @classmethod\n  def f(cls, app: Starlette):", id="classmethod"),
        pytest.param("class C:\n  @staticmethod\n  def f(app: Starlette):", id="staticmethod"),
    ],
)
def test_every_kind_of_function_has_annotated_parameters(head: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}{head}\n      reveal(app)") == "Starlette"


def test_annotations_are_strings_under_the_future_import(reveal: Reveal) -> None:
    source = f"from __future__ import annotations\n{IMPORTS}def f(app: Starlette | None):\n    reveal(app)"
    assert reveal(source) == "None | Starlette"


def test_a_string_annotation_may_name_a_class_that_comes_later(reveal: Reveal) -> None:
    source = "def f(app: 'App'):\n    reveal(app.router)\nclass App(Starlette): ..."
    assert reveal(IMPORTS + source) == "Router"


def test_an_alias_of_a_type_stands_for_it(reveal: Reveal) -> None:
    assert reveal(IMPORTS + "App = Starlette\ndef f(app: App):\n    reveal(app)") == "Starlette"


@pytest.mark.parametrize("alias", ["Annotated[Starlette, 1]", "Optional[Starlette]"])
def test_an_alias_may_stand_for_more_than_a_class(alias: str, reveal: Reveal) -> None:
    assert "Starlette" in reveal(f"{IMPORTS}App = {alias}\ndef f(app: App):\n    reveal(app)")


def test_a_generic_class_is_itself_whatever_its_arguments(reveal: Reveal) -> None:
    source = "from starlette.requests import Request\ndef f(request: Request[State]):\n    reveal(request)"
    assert reveal(source) == "Request"


def test_a_class_nobody_knows_is_surely_not_starlettes(reveal: Reveal) -> None:
    assert (
        reveal("from aiogram import Application\ndef f(app: Application):\n    reveal(app)")
        == "aiogram.Application"
    )


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def f(app=Starlette()):\n    reveal(app)", id="default"),
        pytest.param("def f(*, app=Starlette()):\n    reveal(app)", id="keyword-default"),
        pytest.param("def f(a, b=1, app=Starlette()):\n    reveal(app)", id="default-after-others"),
    ],
)
def test_a_parameter_without_annotation_is_what_its_default_is(source: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == "Starlette"


@pytest.mark.parametrize("default", ["None", "'text'", "1", "..."])
def test_a_plain_default_says_nothing(default: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}def f(app={default}):\n    reveal(app)") == "?"


def test_the_annotation_goes_before_the_default(reveal: Reveal) -> None:
    assert reveal(IMPORTS + "def f(app: Router = Starlette()):\n    reveal(app)") == "Router"


def test_a_type_that_holds_itself_ends_somewhere(reveal: Reveal) -> None:
    json = "JSON = Union[dict[str, 'JSON'], List['JSON'], typing.Tuple['JSON', 'JSON'], Starlette]\n"
    assert "Starlette" in reveal(f"{IMPORTS}{json}def f(app: JSON):\n    reveal(app)")
