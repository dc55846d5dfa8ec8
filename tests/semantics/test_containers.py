"""What comes out of lists, tuples, dicts, iterators and comprehensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal

IMPORTS = """\
import copy
from starlette.applications import Starlette
from starlette.routing import Router
app = Starlette()
apps = [app]
table = {"shop": app}
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("reveal(apps[0])", "Starlette", id="list-by-index"),
        pytest.param("reveal(apps[number])", "Starlette", id="list-by-an-unknown-index"),
        pytest.param("reveal([app, Router()][1])", "Router", id="position-of-a-list"),
        pytest.param("reveal(apps.pop())", "Starlette", id="pop"),
        pytest.param("reveal(apps.copy()[0])", "Starlette", id="copy-of-a-list"),
        pytest.param("reveal(copy.copy(app))", "Starlette", id="copy"),
        pytest.param("reveal(next(iter(apps)))", "Starlette", id="next"),
        pytest.param("reveal(list(apps)[0])", "Starlette", id="list-of-a-list"),
        pytest.param("reveal(sorted(apps)[0])", "Starlette", id="sorted"),
        pytest.param("reveal([Starlette() for _ in x][0])", "Starlette", id="list-comprehension"),
        pytest.param("reveal([one for one in apps][0])", "Starlette", id="comprehension-of-its-loop"),
        pytest.param("reveal(next(one for one in apps if one))", "Starlette", id="generator-expression"),
        pytest.param("reveal({k: Starlette() for k in x}['a'])", "Starlette", id="dict-comprehension"),
        pytest.param("reveal(table['shop'])", "Starlette", id="dict-by-key"),
        pytest.param("reveal(table.get('shop'))", "Starlette", id="get"),
        pytest.param("reveal(next(iter(table.values())))", "Starlette", id="values"),
        pytest.param("reveal(unknown[0])", "?", id="unknown"),
        pytest.param("reveal(apps.index(app))", "?", id="another-method"),
    ],
)
def test_an_element_is_what_was_put_in(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}unknown = somewhere()\n{source}") == expected


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        pytest.param("for it in apps", "Starlette", id="list"),
        pytest.param("for name, it in [('shop', app)]", "Starlette", id="pairs"),
        pytest.param("for number, it in enumerate(apps)", "Starlette", id="enumerate"),
        pytest.param("for a, it in zip([1], apps)", "Starlette", id="zip"),
        pytest.param("for it in reversed(apps)", "Starlette", id="reversed"),
        pytest.param("for it in table.values()", "Starlette", id="values"),
        pytest.param("for name, it in table.items()", "Starlette", id="items"),
        pytest.param("for it in table", "value", id="keys"),
        pytest.param("for a, (b, it) in pairs", "?", id="deeper"),
        pytest.param("for it in unknown", "?", id="unknown"),
    ],
)
def test_a_loop_gives_each_element(loop: str, expected: str, reveal: Reveal) -> None:
    source = f"unknown = pairs = somewhere()\n{loop}:\n    reveal(it)"
    assert reveal(IMPORTS + source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("def f(*it: Starlette):\n    reveal(it[0])", "Starlette", id="variadic"),
        pytest.param("def f(**it: Starlette):\n    reveal(it['a'])", "Starlette", id="keyword-variadic"),
        pytest.param("def f(*it):\n    reveal(it)", "holds ?", id="variadic-of-anything"),
        pytest.param("def f(it: dict[str, Starlette]):\n    reveal(it['a'])", "Starlette", id="dict"),
        pytest.param("def f(it: list[Starlette]):\n    reveal(it[0])", "Starlette", id="list"),
    ],
)
def test_an_annotation_says_what_a_container_holds(source: str, expected: str, reveal: Reveal) -> None:
    assert reveal(IMPORTS + source) == expected
