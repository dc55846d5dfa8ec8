"""Bodies that are left out of the parse: nobody who asks for them can tell."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlette_upgrade.source.document import Document, UnreadableDocument

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LIBRARY = Path(sysconfig.get_paths()["stdlib"])
MODULES = [
    "argparse",
    "ast",
    "contextlib",
    "dataclasses",
    "doctest",
    "inspect",
    "tarfile",
    "typing",
    "unittest/mock",
]
PASS = "Pass()"


def elided(source: str, *wanted: int) -> Document:
    document = Document(Path("main.py"), source.encode())
    document.elide(sorted(wanted))
    return document


def restored(source: str, *wanted: int) -> str:
    """The tree with every body put back, as text."""
    document = elided(source, *wanted)
    for node in ast.walk(document.tree):
        if isinstance(node, DEFINITIONS):
            document.restore(node)
    return shape(document.tree)


def shape(tree: ast.Module) -> str:
    """A tree as text: without the ends of blocks, which may lie in a body, and texts that hold a definition."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "def " in node.value:
            node.value = "def"
        if hasattr(node, "body") and isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            for name in ("end_lineno", "end_col_offset"):
                if hasattr(node, name):
                    setattr(node, name, 0)
    return ast.dump(tree, include_attributes=True)


def left_out(source: str, *wanted: int) -> list[str]:
    """The functions of which nothing is left but `pass`."""
    tree = elided(source, *wanted).tree
    found = [node for node in ast.walk(tree) if isinstance(node, DEFINITIONS)]
    return [node.name for node in found if [ast.dump(statement) for statement in node.body] == [PASS]]


LONG = """\
    first = 1
    second = 2
    third = 3
    return first + second + third
"""


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"def f():\n{LONG}", id="plain"),
        pytest.param(f"async def f():\n    await x\n{LONG}", id="async"),
        pytest.param(f"@decorated\ndef f(a, b=1):\n{LONG}", id="decorated"),
        pytest.param(f"def f(\n    a,\n    b=1,\n):\n{LONG}", id="header-of-several-lines"),
        pytest.param(f"def f(\n    a,\n) -> int:\n{LONG}", id="header-with-a-result"),
        pytest.param(f"def f(a):  # why\n{LONG}", id="comment-behind-the-header"),
        pytest.param(f"def f(a):  # why:\n{LONG}", id="comment-with-a-colon"),
        pytest.param(f"def f(a,  # why:\n      b):\n{LONG}", id="comment-with-a-colon-in-the-header"),
        pytest.param(f"def f(): return 1\n\n\ndef g():\n{LONG}", id="one-line"),
        pytest.param(f"def f():\n    '''Doc.'''\n{LONG}", id="docstring"),
        pytest.param(f"def f():\n    '''Doc\n    of lines:\n    '''\n{LONG}", id="long-docstring"),
        pytest.param(f"def f():\n    '''Doc\nat the edge\n    '''\n{LONG}", id="docstring-at-the-edge"),
        pytest.param(f"def f():\n    a = '''\ndef g():\n{LONG}'''\n{LONG}", id="definition-in-a-string"),
        pytest.param(f"'''\ndef f():\n{LONG}'''\nx = 1\n", id="definition-in-a-module-docstring"),
        pytest.param(f'def f():\n    a = \'"""\'\n    b = 1\n    c = """\nx\n"""\n{LONG}', id="quotes-in-quotes"),
        pytest.param(
            f'def f():\n    # a """ quoted\n    b = 1\n    c = """\nx\n"""\n{LONG}', id="quotes-in-a-comment"
        ),
        pytest.param(f"def f():\n{LONG}# at the edge\n    more = 1\n", id="comment-at-the-edge"),
        pytest.param(f"def f():\n    x = [\n1,\n2,\n]\n{LONG}", id="brackets-at-the-edge"),
        pytest.param(f"def f():\n    x = 1 + \\\n2\n{LONG}", id="continued-at-the-edge"),
        pytest.param(
            f"class C:\n    x = 1\n\n    def f(self):\n{indent(LONG, '    ')}\n    y = 2\n",
            id="method",
        ),
        pytest.param(
            f"if x:\n    def f():\n{indent(LONG, '    ')}else:\n    def f(): ...\n",
            id="in-a-branch",
        ),
        pytest.param(
            f"def f():\n    def g():\n        a = 1\n        b = 2\n        return a + b\n{LONG}", id="nested"
        ),
        pytest.param("def f():\n\ta = 1\n\tb = 2\n\tc = 3\n\td = 4\n\treturn a\n", id="tabs"),
        pytest.param("def f():\n    a = 1\n\n\n\n    b = 2\n\n    c = 3\n\n\nx = 1\n", id="blank-lines"),
        pytest.param("def f():\n    a = 1\n\f\n    b = 2\n    c = 3\n    d = 4\n", id="form-feed"),
        pytest.param(
            "def f():\n    a = 'é€😀'\n    b = 'ß'; c = 3\n    d = 4\n    e = 5\nx = 'é'; y = 1\n", id="not-ascii"
        ),
        pytest.param(f"def f():\n{LONG}".rstrip("\n"), id="no-final-newline"),
        pytest.param(f"def f():\n{LONG}".replace("\n", "\r\n"), id="crlf"),
        pytest.param(
            f"def f[T](a: T) -> T:\n{LONG}" if hasattr(ast, "TypeAlias") else "x = 1\n", id="type-parameters"
        ),
        pytest.param(
            "def f():\n    global a\n    a = 1\n    yield a\n    yield from b\n    return\n", id="generator"
        ),
    ],
)
def test_what_is_asked_for_is_as_if_nothing_had_been_left_out(source: str) -> None:
    assert restored(source) == shape(ast.parse(source))


@pytest.mark.parametrize("module", MODULES)
def test_real_modules_come_back_whole(module: str) -> None:
    source = (LIBRARY / f"{module}.py").read_text("utf-8")
    assert restored(source) == shape(ast.parse(source))


@given(lengths=st.lists(st.sampled_from([1, 8]), max_size=6), wanted=st.sets(st.integers(1, 60), max_size=4))
def test_only_short_bodies_and_those_with_a_line_of_interest_stay(lengths: list[int], wanted: set[int]) -> None:
    rows: list[str] = []
    expected = []
    for number, length in enumerate(lengths):
        lines = range(len(rows) + 1, len(rows) + length + 2)
        rows += [f"def f{number}():", *["    x = 1"] * length]
        if length == 8 and wanted.isdisjoint(lines):
            expected.append(f"f{number}")
    assert left_out("\n".join(rows) + "\n", *wanted) == expected


class TestWhatIsLeftOut:
    SOURCE = f"def f():\n{LONG}\n\ndef g():\n{LONG}\n\nclass C:\n    def h(self):\n        return 1\n"

    def test_is_every_long_body_without_a_line_of_interest(self) -> None:
        assert left_out(self.SOURCE) == ["f", "g"]
        assert left_out(self.SOURCE, 3) == ["g"]
        assert left_out(self.SOURCE, 1, 9) == []

    def test_keeps_the_numbers_of_the_lines(self) -> None:
        tree = elided(self.SOURCE).tree
        assert [node.lineno for node in tree.body] == [1, 8, 15]

    def test_is_nothing_where_nobody_asked_for_it(self) -> None:
        document = Document(Path("main.py"), self.SOURCE.encode())
        assert shape(document.tree) == shape(ast.parse(self.SOURCE))

    def test_comes_back_once_it_is_asked_for(self) -> None:
        document = elided(self.SOURCE)
        first = document.tree.body[0]
        assert isinstance(first, ast.FunctionDef)
        document.restore(first)
        document.restore(first)
        assert [type(statement).__name__ for statement in first.body] == ["Assign", "Assign", "Assign", "Return"]
        assert [statement.lineno for statement in first.body] == [2, 3, 4, 5]

    def test_does_not_hide_an_error_elsewhere(self) -> None:
        with pytest.raises(UnreadableDocument, match="syntax error"):
            _ = elided(f"{self.SOURCE}\nx = = 1\n").tree

    @pytest.mark.xfail(
        strict=True, reason="nobody parses it, so `check` is silent where `fix` says why it can't read on"
    )
    def test_does_not_hide_an_error_of_its_own(self) -> None:
        with pytest.raises(UnreadableDocument, match="syntax error"):
            _ = elided(self.SOURCE.replace("third = 3", "third = = 3")).tree
