"""Every byte outside a rewritten statement stays: newlines, encodings, the mark at the start, odd white space."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

RELEASES = load_releases()
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
HEAD = b"from starlette.applications import Starlette\napp = Starlette()\n"
OLD = b'@app.route("/")\ndef home(request):\n    x = 1\n    return x\n'
NEW = b'def home(request):\n    x = 1\n    return x\n\n\napp.add_route("/", home)\n'


def fixed(data: bytes, folder: Path) -> bytes:
    path = folder / "module.py"
    path.write_bytes(data)
    result = pipeline.fix(Options((path,), MOVE, unsafe=True), RELEASES)
    assert not result.problems
    assert not result.remaining
    return result.changes[0].after


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_newlines(newline: bytes, tmp_path: Path) -> None:
    before, after = (HEAD + text + b"y = 1\n" for text in (OLD, NEW))
    assert fixed(before.replace(b"\n", newline), tmp_path) == after.replace(b"\n", newline)


def test_lone_carriage_returns_in_a_block(tmp_path: Path) -> None:
    nested = b"if app:\n" + b"".join(b"    " + row + b"\n" for row in OLD.splitlines())
    wanted = b'if app:\n    def home(request):\n        x = 1\n        return x\n\n    app.add_route("/", home)\n'
    assert fixed((HEAD + nested).replace(b"\n", b"\r"), tmp_path) == (HEAD + wanted).replace(b"\n", b"\r")


def test_mixed_newlines_stay_where_they_are(tmp_path: Path) -> None:
    crlf = HEAD.replace(b"\n", b"\r\n")
    before = crlf + OLD + b"y = 1\r\nz = 2\n"
    after = fixed(before, tmp_path)
    assert after.startswith(crlf)
    assert after.endswith(b"y = 1\r\nz = 2\n")
    assert fixed(HEAD + b"x = 1\r\n" + OLD + b"z = '''\r\n\n'''\r\n", tmp_path) == (
        HEAD + b"x = 1\r\n" + NEW + b"z = '''\r\n\n'''\r\n"
    )


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "grüß"),
        ("cp1251", "привет"),
        ("shift_jis", "日本"),
        ("euc-kr", "한국"),
        ("utf-8", "grüß 世界 🎉"),
    ],
)
def test_encodings(encoding: str, text: str, tmp_path: Path) -> None:
    head = f"# coding: {encoding}\n# {text}\n" + HEAD.decode()
    before = f'{head}"{text}"; app.route("/{text}", name="{text}")(print); x = "{text}"  # {text}\n'
    after = f'{head}"{text}"; app.add_route("/{text}", print, name="{text}"); x = "{text}"  # {text}\n'
    assert fixed(before.encode(encoding), tmp_path) == after.encode(encoding)


def test_the_mark_at_the_start(tmp_path: Path) -> None:
    old = b"from starlette.applications import BaseHTTPMiddleware\n"
    new = b"from starlette.middleware.base import BaseHTTPMiddleware\n"
    assert fixed(codecs.BOM_UTF8 + old, tmp_path) == codecs.BOM_UTF8 + new
    assert (
        fixed(codecs.BOM_UTF8 + b"# coding: utf-8\n" + old, tmp_path)
        == codecs.BOM_UTF8 + b"# coding: utf-8\n" + new
    )


@pytest.mark.parametrize(
    "around",
    [
        "\x0c\n{}\x0c\ny = 1\n",
        "x = '''a\u2028b\x0bc\x1cd\x85e'''\n{}# \u2028 \x0b \x85\n",
        "x=[1  ,\n 2 ]   \n{}y  =  '\t'\t# z\n\n\n   \n",
        "if app:\n\tx = 1\n\tif x:\n\t\ty = 2\n{}if x:\n        y = 1\n",
        "x = 1 \\\n  + 2\n{}y = (  # a\n1\n)\n",
    ],
)
def test_odd_characters_and_spaces(around: str, tmp_path: Path) -> None:
    before, after = (HEAD + around.encode().replace(b"{}", text) for text in (OLD, NEW))
    assert fixed(before, tmp_path) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1; \\\napp.route('/')(print)\n", "x = 1; \\\napp.add_route('/', print)\n"),
        ("if app: \\\n  app.route('/')(print)\n", "if app: \\\n  app.add_route('/', print)\n"),
        ("@\\\napp.route('/')\ndef x(r): pass\n", "def x(r): pass\n\n\napp.add_route('/', x)\n"),
        ("@(\n  app.route('/')\n)\ndef x(r): pass\n", "def x(r): pass\n\n\n(\n  app.add_route('/', x)\n)\n"),
        ("app.route('/')(print);\n", "app.add_route('/', print);\n"),
        ("app.route('/')(print)", "app.add_route('/', print)"),
        ("app.route('/')(print)  # end", "app.add_route('/', print)  # end"),
        (
            "class A:\n  @app.route('/')\n  def x(r):\n    pass",
            "class A:\n  def x(r):\n    pass\n\n  app.add_route('/', x)",
        ),
    ],
)
def test_statements_at_odd_places(before: str, after: str, tmp_path: Path) -> None:
    assert fixed(HEAD + before.encode(), tmp_path) == HEAD + after.encode()


def test_a_long_file_is_rewritten_at_once(tmp_path: Path) -> None:
    """Five hundred usages are one pass: no pass for each of them, nor a parse of the file for each."""
    rows = [f'app.route("/{number}")(print)\n' for number in range(500)]
    wanted = [f'app.add_route("/{number}", print)\n' for number in range(500)]
    assert fixed(HEAD + "".join(rows).encode(), tmp_path) == HEAD + "".join(wanted).encode()
