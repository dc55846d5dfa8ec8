"""The generator of the model, on releases that are made up: a few lines of Starlette's modules each."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from scripts.model.facts import facts_of
from scripts.model.history import model_of
from scripts.model.source import Package
from scripts.model.toml import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

A = "starlette.m.A"
B = "starlette.m.B"
AB = "class A: ...\nclass B: ...\n"

Release = str | dict[str, str]
"""The module `m`, or several modules by name."""


class Generate:
    """The generated tables, from releases called 1.0, 2.0 and so on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *releases: Release, by_hand: Mapping[str, Mapping[str, object]] | None = None) -> Any:
        facts = []
        for number, release in enumerate(releases):
            for name, text in ({"m": release} if isinstance(release, str) else release).items():
                file = self._folder / str(number) / "starlette" / f"{name}.py"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(dedent(text))
            facts.append(facts_of(Package.read(self._folder / str(number), "starlette")))
        names = [f"{number}.0" for number in range(1, len(releases) + 1)]
        return tomli.loads(text_of(model_of(facts, by_hand or {}), names))


@pytest.fixture
def generate(tmp_path: Path) -> Generate:
    return Generate(tmp_path)


def c_of(body: str, head: str = "") -> str:
    """A module with A, B and a class C of this body."""
    return f"{head}\n{AB}class C:\n" + "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())


class TestAttributes:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param("x: A", id="declared-in-the-class"),
            pytest.param("x: 'A'", id="in-quotes"),
            pytest.param("x: typing.Optional[A] = None", id="optional"),
            pytest.param("x: typing.ClassVar[A]", id="class-variable"),
            pytest.param("def __init__(self, x: A): self.x = x", id="parameter"),
            pytest.param("def __init__(self, x: A | None = None): self.x = x", id="parameter-that-may-be-missing"),
            pytest.param("def __init__(self, *, x: A): self.x = x", id="keyword"),
            pytest.param("def __init__(self, x=None): self.x: A = x", id="declared-on-self"),
            pytest.param("def __init__(self): self.x = A()", id="made-here"),
            pytest.param("def __init__(self, x: A = None): self.x = A() if x is None else x", id="conditional"),
            pytest.param("def __init__(self, x: A = None): self.x = x or A()", id="or"),
            pytest.param("def __init__(self): self.x = self.make()\ndef make(self) -> A: ...", id="made-by-itself"),
            pytest.param("def __init__(self): self.x = typing.cast(A, 1)", id="cast"),
            pytest.param("def __init__(self):\n    if 1:\n        self.x = A()", id="in-a-block"),
            pytest.param("@property\ndef x(self) -> A: ...", id="property"),
            pytest.param("@cached_property\ndef x(self) -> A: ...", id="cached-property"),
            pytest.param("@property\ndef x(self) -> A: ...\n@x.setter\ndef x(self, to: B): ...", id="setter"),
        ],
    )
    def test_are_known(self, body: str, generate: Generate) -> None:
        assert generate(c_of(body, "import typing"))["classes"]["starlette.m.C"]["attributes"] == {"x": A}

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param("x: str", id="plain"),
            pytest.param("x: list[A]", id="list"),
            pytest.param("x: A | str", id="sometimes-plain"),
            pytest.param("x: Any", id="any"),
            pytest.param("_x: A", id="private"),
            pytest.param("def __init__(self, x): self.x = x", id="not-annotated"),
            pytest.param("def __init__(self, other: B): other.x = A()", id="of-something-else"),
            pytest.param("def __init__(self):\n    self.x = A()\n    self.x = other()", id="sometimes-unknown"),
        ],
    )
    def test_are_not_guessed(self, body: str, generate: Generate) -> None:
        assert generate(c_of(body, "from typing import Any"))["classes"]["starlette.m.C"] == {}

    def test_may_be_one_of_several(self, generate: Generate) -> None:
        assert generate(c_of("x: A | B"))["classes"]["starlette.m.C"]["attributes"] == {"x": f"{A} | {B}"}

    def test_may_be_a_class(self, generate: Generate) -> None:
        assert generate(c_of("x: type[A]"))["classes"]["starlette.m.C"]["attributes"] == {"x": f"type[{A}]"}

    def test_of_an_enumeration(self, generate: Generate) -> None:
        source = "import enum\nclass E(enum.Enum): ONE = 1\nclass C:\n    def f(self): self.state = E.ONE\n"
        assert generate(source)["classes"]["starlette.m.C"]["attributes"] == {"state": "starlette.m.E"}

    def test_of_a_type_variable_are_what_it_stands_for(self, generate: Generate) -> None:
        source = c_of("x: T", f"{AB}from typing import TypeVar\nT = TypeVar('T', bound=B | str, default=A)")
        assert generate(source)["classes"]["starlette.m.C"]["attributes"] == {"x": A}


class TestResults:
    @pytest.mark.parametrize(
        ("method", "given"),
        [
            pytest.param("def f(self) -> A: ...", A, id="plain"),
            pytest.param("async def f(self) -> A: ...", A, id="awaited"),
            pytest.param("def f(self) -> Awaitable[A]: ...", A, id="awaitable"),
            pytest.param("def f(self) -> Coroutine[Any, Any, A]: ...", A, id="coroutine"),
            pytest.param("def f(self) -> 'A | Awaitable[A]': ...", A, id="either"),
            pytest.param("def f(self) -> Self: ...", "starlette.m.C", id="self"),
            pytest.param("def f(self: T) -> T: ...", "starlette.m.C", id="type-of-self"),
            pytest.param("def f(self) -> A: return self", "starlette.m.C", id="returns-itself"),
            pytest.param("@overload\ndef f(self) -> B: ...\ndef f(self) -> A: ...", A, id="overloaded"),
            pytest.param("@classmethod\ndef f(cls) -> Self: ...", "starlette.m.C", id="class-method"),
        ],
    )
    def test_of_a_method(self, method: str, given: str, generate: Generate) -> None:
        head = "from typing import Any, Awaitable, Coroutine, Self, TypeVar, overload\nT = TypeVar('T')"
        assert generate(c_of(method, head))["classes"]["starlette.m.C"]["returns"] == {"f": given}

    def test_of_entering(self, generate: Generate) -> None:
        source = c_of(
            "def __enter__(self) -> A: ...\nasync def __aenter__(self) -> B: ...\ndef __add__(self) -> A: ..."
        )
        assert generate(source)["classes"]["starlette.m.C"]["returns"] == {"__enter__": A, "__aenter__": B}

    def test_of_a_function(self, generate: Generate) -> None:
        source = f"{AB}def f() -> A: ...\ndef g() -> str: ...\ndef _h() -> A: ...\n"
        assert generate(source)["functions"] == {"starlette.m.f": A}

    def test_of_a_callable_that_has_a_name(self, generate: Generate) -> None:
        source = c_of(
            "def f(self, next: Next): ...", "from typing import *\nNext = Callable[[int], Awaitable['A']]"
        )
        classes = generate(source)["classes"]
        assert classes["starlette.m.Next"] == {"returns": {"__call__": A}}
        assert classes["starlette.m.C"]["parameters"] == {"f": ["starlette.m.Next"]}


class TestParameters:
    @pytest.mark.parametrize(
        ("method", "taken"),
        [
            pytest.param("def f(self, a: A, b: B): ...", [A, B], id="all"),
            pytest.param("def f(self, a: A, b: int, c): ...", [A], id="no-trailing-ones"),
            pytest.param("def f(self, a: int, b: A): ...", ["", A], id="some-are-of-no-interest"),
            pytest.param("@staticmethod\ndef f(a: A): ...", [A], id="static"),
            pytest.param("@classmethod\ndef f(cls, a: A): ...", [A], id="class-method"),
            pytest.param("async def f(self, a: 'A', *, b: B): ...", [A], id="no-keywords"),
            pytest.param("def f(self, a: Optional[A] = None, /): ...", [A], id="positional-only"),
        ],
    )
    def test_of_a_method(self, method: str, taken: list[str], generate: Generate) -> None:
        source = c_of(method, "from typing import Optional")
        assert generate(source)["classes"]["starlette.m.C"]["parameters"] == {"f": taken}

    @pytest.mark.parametrize(
        "method", ["def __init__(self, a: A): ...", "def _f(self, a: A): ...", "def f(self, a): ..."]
    )
    def test_nobody_overrides(self, method: str, generate: Generate) -> None:
        assert generate(c_of(method))["classes"]["starlette.m.C"] == {}


class TestBases:
    def test_are_starlettes_and_those_of_the_test_client(self, generate: Generate) -> None:
        source = f"import httpx2 as httpx\nimport abc\n{AB}class C(A, abc.ABC, httpx.Client): ...\n"
        assert generate(source)["classes"]["starlette.m.C"] == {"bases": [A, "httpx.Client"]}

    def test_may_have_parameters(self, generate: Generate) -> None:
        source = "from typing import Generic\nclass A(Generic[T]): ...\nclass C(A[str]): ...\n"
        assert generate(source)["classes"]["starlette.m.C"] == {"bases": [A]}

    def test_say_what_a_class_need_not_repeat(self, generate: Generate) -> None:
        source = f"{AB}class C:\n    x: A\nclass D(C):\n    x: A\nclass E(C):\n    x: B\n"
        classes = generate(source)["classes"]
        assert classes["starlette.m.D"] == {"bases": ["starlette.m.C"]}
        assert classes["starlette.m.E"] == {"bases": ["starlette.m.C"], "attributes": {"x": B}}

    def test_written_by_hand_say_so_too(self, generate: Generate) -> None:
        source = "import httpx\nclass C(httpx.Client):\n    def get(self) -> httpx.Response: ...\n"
        by_hand = {"httpx.Client": {"returns": {"get": "httpx.Response"}}}
        assert generate(source, by_hand=by_hand)["classes"] == {"starlette.m.C": {"bases": ["httpx.Client"]}}

    def test_show_hidden_classes_that_people_meet(self, generate: Generate) -> None:
        classes = generate("class A: ...\nclass _B(A): ...\nclass _C: ...\n")["classes"]
        assert classes == {"starlette.m._B": {"bases": [A]}, A: {}}


class TestSymbols:
    def test_are_what_a_module_imports(self, generate: Generate) -> None:
        modules = {
            "m": AB,
            "n": "from .m import A\nfrom starlette.m import B as D\nimport starlette.m\nimport os\n",
        }
        assert generate(modules)["symbols"] == {"starlette.n.A": A, "starlette.n.D": B}

    def test_that_only_a_type_checker_imports_are_none(self, generate: Generate) -> None:
        importing = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from starlette.m import A\nx: 'A'\n"
        assert "symbols" not in generate({"m": AB, "n": importing})

    def test_lead_to_where_the_thing_is_defined(self, generate: Generate) -> None:
        modules = {"m": AB, "n": "from starlette.m import A\n", "o": "from starlette.n import A\n"}
        assert generate(modules)["symbols"]["starlette.o.A"] == A

    def test_that_a_release_took_away_are_left_to_the_rules(self, generate: Generate) -> None:
        importing = {"m": AB, "n": "from starlette.m import A\n"}
        assert "symbols" not in generate(importing, {"m": AB, "n": ""})
        assert generate({"m": AB, "n": ""}, importing)["symbols"] == {"starlette.n.A": A}

    def test_that_meant_something_else_tell_since_when(self, generate: Generate) -> None:
        old, new = ({"m": AB, "n": f"from starlette.m import {name} as X\n"} for name in "AB")
        spans = [{"is": A, "until": "1.0"}, {"is": B, "since": "2.0"}]
        assert generate(old, new)["symbols"] == {"starlette.n.X": spans}

    def test_an_object_of_a_module(self, generate: Generate) -> None:
        assert generate(f"{AB}a = A()\nb = 1\n_c = A()\n")["instances"] == {"starlette.m.a": A}


class TestReleases:
    def test_a_class_that_came_or_went(self, generate: Generate) -> None:
        classes = generate("class A: ...\n", "class A: ...\nclass B: ...\nclass C: ...\n", "class C: ...\n")[
            "classes"
        ]
        assert classes == {
            A: {"until": "2.0"},
            B: {"since": "2.0", "until": "2.0"},
            "starlette.m.C": {"since": "2.0"},
        }

    def test_a_base_that_changed(self, generate: Generate) -> None:
        classes = generate(f"{AB}class C(A): ...\n", f"{AB}class C(B): ...\n")["classes"]
        assert classes["starlette.m.C"]["bases"] == [{"is": A, "until": "1.0"}, {"is": B, "since": "2.0"}]

    def test_a_type_that_changed(self, generate: Generate) -> None:
        classes = generate(c_of("x: A"), c_of("x: A"), c_of("x: B"))["classes"]
        assert classes["starlette.m.C"]["attributes"] == {
            "x": [{"is": A, "until": "2.0"}, {"is": B, "since": "3.0"}]
        }

    def test_a_member_that_came(self, generate: Generate) -> None:
        classes = generate(c_of("y = 1"), c_of("def f(self) -> A: ..."))["classes"]
        assert classes["starlette.m.C"] == {"returns": {"f": [{"is": A, "since": "2.0"}]}}

    def test_a_member_is_as_old_as_its_class(self, generate: Generate) -> None:
        assert generate(AB, c_of("x: A"))["classes"]["starlette.m.C"] == {"since": "2.0", "attributes": {"x": A}}

    def test_a_plain_value_that_became_an_object(self, generate: Generate) -> None:
        classes = generate(c_of("def f(self) -> str: ..."), c_of("def f(self) -> A: ..."))["classes"]
        assert classes["starlette.m.C"] == {"returns": {"f": [{"is": A, "since": "2.0"}]}}

    def test_an_annotation_that_came_later_held_before(self, generate: Generate) -> None:
        classes = generate(c_of("def f(self): ..."), c_of("def f(self) -> A: ..."), c_of("def f(self): ..."))[
            "classes"
        ]
        assert classes["starlette.m.C"] == {"returns": {"f": A}}

    def test_parameters_that_changed(self, generate: Generate) -> None:
        classes = generate(c_of("def f(self, a: A): ..."), c_of("def f(self, a: B, b: A): ..."))["classes"]
        spans = [{"is": [A], "until": "1.0"}, {"is": [B, A], "since": "2.0"}]
        assert classes["starlette.m.C"] == {"parameters": {"f": spans}}

    def test_a_class_that_moved_has_one_name(self, generate: Generate) -> None:
        old = {"m": "class A: ...\n", "n": "", "o": "from .m import A\nx: A\nclass C:\n    x: A\n"}
        kept = {"m": "from .n import A\n", "n": "class A: ...\n", "o": "class C: ...\n"}
        tables = generate(old, kept)
        assert tables["classes"]["starlette.n.A"] == {}
        assert tables["classes"]["starlette.o.C"] == {
            "attributes": {"x": [{"is": "starlette.n.A", "until": "1.0"}]}
        }
        assert tables["symbols"] == {A: "starlette.n.A"}

    def test_a_named_tuple_is_a_class_however_it_is_made(self, generate: Generate) -> None:
        old = "from collections import namedtuple\nA = namedtuple('A', 'x')\nclass C:\n    x: A\n"
        new = "from typing import NamedTuple\nclass A(NamedTuple): ...\nclass C:\n    x: A\n"
        assert generate(old, new)["classes"] == {A: {}, "starlette.m.C": {"attributes": {"x": A}}}
