"""What is read from the source of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.completeness.metadata import floors_of
from scripts.completeness.signatures import Parameter, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.completeness.conftest import Modules, Releases


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param(
            "def f(a, b=1, *rest, c, d=2, **more): ...", ["f def(a, b=1, *rest, c, d=2, **more)"], id="parameters"
        ),
        pytest.param("def f(a, /, b, *, c): ...", ["f def(a, /, b, *, c)"], id="positional-and-keyword-only"),
        pytest.param("def f(a, /): ...", ["f def(a, /)"], id="nothing-but-positional-only"),
        pytest.param("async def f(a: int = 1) -> str: ...", ["f async def(a=1)"], id="annotations-are-left-out"),
        pytest.param(
            "@typing.overload\ndef f(a): ...\n@typing.overload\ndef f(b): ...\ndef f(c): ...",
            ["f def(c)"],
            id="overloads-are-left-out",
        ),
        pytest.param("X = 60 * 1024", ["X = 60 * 1024"], id="constant"),
        pytest.param("X = typing.Union[str, int]", ["X value"], id="expression"),
        pytest.param(f"X = '{'long ' * 40}'", ["X value"], id="long-text"),
        pytest.param("import typing\nimport os.path", ["os import os", "typing import typing"], id="modules"),
        pytest.param(
            "if typing.TYPE_CHECKING:\n    from a import B\nelse:\n    from c import D",
            ["D import c.D"],
            id="what-only-a-type-checker-imports",
        ),
        pytest.param("try:\n    import x\nexcept ImportError:\n    x = None", ["x import x"], id="optional-import"),
        pytest.param("from __future__ import annotations\n__version__ = '1'", [], id="neither-future-nor-version"),
    ],
)
def test_a_name_of_a_module_is_told(releases: Releases, source: str, lines: list[str]) -> None:
    assert of_module(releases, source) == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        pytest.param("def f(self, a): ...", ["f def(self, a)"], id="method"),
        pytest.param("@property\n    def p(self): ...", ["p @property def(self)"], id="property"),
        pytest.param(
            "@property\n    def p(self): ...\n    @p.setter\n    def p(self, value): ...",
            ["p @property @setter def(self)"],
            id="property-that-can-be-set",
        ),
        pytest.param("@staticmethod\n    def s(a): ...", ["s @staticmethod def(a)"], id="static-method"),
        pytest.param("x = 1\n    y: int = 2\n    z: str", ["x = 1", "y = 2", "z attribute"], id="class-attributes"),
        pytest.param(
            "def f(self):\n        self.a = self.b = 1\n        self.c, self.d = 1, 2",
            ["a attribute", "b attribute", "c attribute", "d attribute", "f def(self)"],
            id="attributes-of-instances",
        ),
        pytest.param(
            "x = 1\n    def f(self):\n        self.x = 2", ["f def(self)", "x = 1"], id="default-of-an-attribute"
        ),
    ],
)
def test_a_member_of_a_class_is_told(releases: Releases, body: str, lines: list[str]) -> None:
    assert of_module(releases, f"class A:\n    {body}") == ["A class()", *(f"A.{line}" for line in lines)]


def test_a_base_is_told_by_the_name_under_which_it_is_defined(releases: Releases) -> None:
    modules = {"n": "class B: ...", "m": "from starlette.n import B as Base\nclass A(Base, typing.Generic[T]): ..."}
    assert "A class(starlette.n:B, typing.Generic)" in of_module(releases, modules)


@pytest.mark.parametrize("head", ["@dataclass(frozen=True)\nclass A:", "class A(typing.NamedTuple):"])
def test_a_constructor_that_is_made_of_fields_is_told(releases: Releases, head: str) -> None:
    lines = of_module(releases, f"import typing\n{head}\n    x: int\n    y: int = 1\n    def f(self): ...")
    assert "A.__init__ def(self, x, y=1)" in lines


def test_a_name_that_another_module_defines_is_told_with_its_definition(releases: Releases) -> None:
    modules = {"n": "def f(): ...", "m": "from .n import f as g"}
    assert of_module(releases, modules) == ["g import starlette.n:f"]


def test_names_that_a_getattr_of_a_module_answers_for_are_told(releases: Releases) -> None:
    source = """
        _old = {"OLD": "NEW"}
        def __getattr__(name):
            if name in _old or name == "Other":
                warnings.warn(f"{name} is deprecated", DeprecationWarning)
    """
    lines = of_module(releases, source)
    assert {"OLD answered by __getattr__", "Other answered by __getattr__"} <= set(lines)
    assert "__getattr__ warns DeprecationWarning: {name} is deprecated" in lines


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param(
            "warnings.warn('a ' 'b', category=FutureWarning)", "FutureWarning: a b", id="category-by-keyword"
        ),
        pytest.param("warnings.warn('a\\n  b')", "UserWarning: a b", id="no-category"),
        pytest.param("warn('a', pkg.MyWarning, stacklevel=2)", "MyWarning: a", id="imported-function"),
        pytest.param("text = 'a'\n    warn(text)", "UserWarning: a", id="text-in-a-variable"),
        pytest.param("warn('a %s' % name)", "UserWarning: a %s{name}", id="text-with-operator"),
    ],
)
def test_a_warning_is_told_where_it_is_raised(releases: Releases, statement: str, told: str) -> None:
    assert f"f warns {told}" in of_module(releases, f"def f(name):\n    {statement}")


def test_a_decorator_that_deprecates_is_a_warning(releases: Releases) -> None:
    lines = of_module(releases, "class A:\n    @deprecated('gone soon')\n    def f(self): ...")
    assert "A.f warns DeprecationWarning: gone soon" in lines


def test_floors_are_told(releases: Releases) -> None:
    metadata = 'Requires-Python: >=3.8\nRequires-Dist: AnyIO<5,>=3.6.2\nRequires-Dist: jinja2; extra == "full"\n'
    surface = releases.surface("", metadata)
    assert {"python >=3.8", "requires anyio <5,>=3.6.2", 'requires jinja2 any; extra == "full"'} <= surface


def test_floors_of_an_old_sdist_are_told(tmp_path: Path) -> None:
    (tmp_path / "PKG-INFO").write_text("Requires-Python: >=3.6\n")
    (tmp_path / "starlette.egg-info").mkdir()
    (tmp_path / "starlette.egg-info" / "requires.txt").write_text(
        'a\n\n[full]\nb>=1\n\n[:python_version < "3.7"]\nc\n'
    )
    assert sorted(floors_of(tmp_path)) == [
        "python >=3.6",
        "requires a any",
        'requires b >=1; extra == "full"',
        'requires c any; python_version < "3.7"',
    ]


def test_a_signature_is_read_as_it_was_written() -> None:
    signature = read("@property async def(self, a, /, b=1, *rest, c, **more)", method=True)
    assert signature is not None
    assert (signature.marks, signature.coroutine) == (("property",), True)
    assert signature.parameters == (
        Parameter("a", "positional"),
        Parameter("b", "plain", "1"),
        Parameter("rest", "rest"),
        Parameter("c", "keyword"),
        Parameter("more", "keywords"),
    )


def test_what_is_no_function_has_no_signature() -> None:
    assert read("class(starlette.m:A)", method=False) is None


def of_module(releases: Releases, modules: Modules) -> list[str]:
    """The lines of the module `m`, without its own, and without its name."""
    lines = releases.surface(modules)
    return sorted(line.removeprefix("starlette.m:") for line in lines if line.startswith("starlette.m:"))
