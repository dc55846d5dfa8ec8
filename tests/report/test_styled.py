from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from starlette_upgrade.report.place import View
from starlette_upgrade.report.styled import line, one_line, paragraph, plain, show


def test_colours_only_where_wanted() -> None:
    lines = [line(("a", "bold red"), "b")]
    dull, bright = io.StringIO(), io.StringIO()
    show(lines, dull, colour=False)
    show(lines, bright, colour=True)
    assert dull.getvalue() == plain(lines) == "ab\n"
    assert bright.getvalue() == "\x1b[1;31ma\x1b[0mb\n"


def test_text_without_style_does_not_need_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    stream = io.StringIO()
    show([line("[bold]:smile:")], stream, colour=True)
    assert stream.getvalue() == "[bold]:smile:\n"


def test_brackets_and_long_lines_are_left_alone() -> None:
    text = "[bold]" + "word " * 80 + "[/nope]:smile:"
    stream = io.StringIO()
    show([line((text, ""), ("!", "dim"))], stream, colour=True)
    assert stream.getvalue() == f"{text}\x1b[2m!\x1b[0m\n"


def test_a_place_links_to_the_file_and_the_line_on_a_terminal() -> None:
    view = View(Path("/project"), links=True)
    text, style = view.place(Path("with space/é.py"), 3, 7)
    assert text == "with space/é.py:3:7"
    assert style == "bold link file:///project/with%20space/%C3%A9.py#3"
    stream = io.StringIO()
    show([line((text, style))], stream, colour=True)
    assert "\x1b]8;" in stream.getvalue()


def test_paths_are_relative_to_where_the_person_is() -> None:
    view = View(Path("/project"))
    assert view.path(Path("/project/app/main.py")) == "app/main.py"
    assert view.path(Path("./app/../app/main.py")) == "app/main.py"
    assert view.path(Path("/projector/main.py")) == "/projector/main.py"
    assert view.path(Path("../other/main.py")) == "../other/main.py"


def test_paragraphs_wrap_prose_and_keep_code() -> None:
    text = "One two three\nfour five six.\n\n    code(  x )\nSeven."
    assert paragraph(text, 22, "> ", "  ") == [
        "> One two three four",
        "  five six.",
        "",
        "      code(  x )",
        "  Seven.",
    ]


def test_one_line_is_one_line() -> None:
    assert one_line("a\n  b\tc\x1b") == "a b c�"
