"""A file's bytes as text and back: encodings, newlines, lines, columns, and files that are no Python."""

from __future__ import annotations

import ast
import codecs
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlette_upgrade.finding import Span
from starlette_upgrade.source.document import Document, UnreadableDocument

BOM = codecs.BOM_UTF8


def read(data: bytes) -> Document:
    return Document(Path("main.py"), data)


def why_unreadable(data: bytes) -> tuple[str, int | None]:
    with pytest.raises(UnreadableDocument) as caught:
        _ = read(data).tree
    assert str(caught.value) == caught.value.message
    return caught.value.message, caught.value.line


class TestEncoding:
    @pytest.mark.parametrize(
        ("data", "encoding"),
        [
            pytest.param(b"x = 'a'\n", "utf-8", id="none-declared"),
            pytest.param("x = 'ä€😀'\n".encode(), "utf-8", id="none-declared-not-ascii"),
            pytest.param(b"# coding: utf-8\n", "utf-8", id="utf-8"),
            pytest.param(b"# coding: UTF8\n", "utf-8", id="other-spelling"),
            pytest.param(b"# -*- coding: latin-1 -*-\n", "iso8859-1", id="emacs"),
            pytest.param(b"# vim: set fileencoding=cp1252 :\n", "cp1252", id="vim"),
            pytest.param(b"#coding=iso-8859-15\n", "iso8859-15", id="without-spaces"),
            pytest.param(b"#!/usr/bin/env python\n# coding: latin-1\n", "iso8859-1", id="line-2-after-a-shebang"),
            pytest.param(b"\n# coding: latin-1\n", "iso8859-1", id="line-2-after-a-blank-one"),
            pytest.param(b"# coding: latin-1\r\nx = 1\r\n", "iso8859-1", id="crlf"),
            pytest.param(b"\f# coding: latin-1\n", "iso8859-1", id="after-a-form-feed"),
            pytest.param(b"# coding: shift_jis\n", "shift_jis", id="shift-jis"),
            pytest.param(b"# coding: gbk\n", "gbk", id="gbk"),
            pytest.param(b"#\n#\n# coding: latin-1\n", "utf-8", id="line-3-is-too-late"),
            pytest.param(b"x = 1\n# coding: latin-1\n", "utf-8", id="after-code-is-too-late"),
            pytest.param(b'"""# coding: latin-1"""\n', "utf-8", id="in-a-string-is-none"),
            pytest.param(b"# the encoding is utf-8\n", "utf-8", id="prose-is-none"),
            pytest.param(b"", "utf-8", id="empty"),
        ],
    )
    def test_is_what_the_file_declares(self, data: bytes, encoding: str) -> None:
        document = read(data)
        assert document.encoding == encoding
        assert isinstance(document.tree, ast.Module)

    def test_may_name_the_newline_as_emacs_does(self) -> None:
        assert read(b"# -*- coding: utf-8-unix -*-\nx = 1\n").encoding == "utf-8"

    @pytest.mark.parametrize(
        "encoding", ["latin-1", "cp1252", "iso-8859-15", "cp1251", "koi8-r", "gbk", "shift_jis"]
    )
    def test_gives_the_text_that_its_author_saw(self, encoding: str) -> None:
        letters = {"cp1251": "я", "koi8-r": "я", "gbk": "中", "shift_jis": "ソ"}.get(encoding, "é")
        source = f"# coding: {encoding}\nx = '{letters}'\n"
        document = read(source.encode(encoding))
        assert document.text == source
        (constant,) = (node for node in ast.walk(document.tree) if isinstance(node, ast.Constant))
        assert constant.value == letters

    def test_a_byte_order_mark_is_no_text(self) -> None:
        document = read(BOM + b"x = 1\n")
        assert (document.bom, document.encoding, document.text) == (True, "utf-8", "x = 1\n")
        assert document.span(document.tree.body[0]) == Span(1, 1, 1, 6)

    def test_a_byte_order_mark_alone_is_an_empty_file(self) -> None:
        assert (read(BOM).text, read(BOM).lines, read(BOM).tree.body) == ("", [], [])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n", id="newline-only"),
        pytest.param(b"x = 1", id="no-final-newline"),
        pytest.param(BOM, id="bom-only"),
        pytest.param(BOM + b"x = 1\r\n", id="bom-and-crlf"),
        pytest.param(BOM + b"# coding: utf-8\nx = 1\n", id="bom-and-cookie"),
        pytest.param(BOM + b"# coding: utf-8-sig\nx = 1\n", id="bom-and-utf-8-sig"),
        pytest.param(b"x = 1\r\ny = 2\rz = 3\n", id="mixed-newlines"),
        pytest.param(b"# coding: cp1252\nx = '\x80'\n", id="cp1252"),
        pytest.param("# coding: gbk\nx = '中文'\n".encode("gbk"), id="gbk"),
        pytest.param("x = '\u2028\x85\x1c\x0b\f'\n".encode(), id="what-only-looks-like-a-newline"),
        pytest.param(b"# coding: utf-8-sig\nx = 1\n", id="utf-8-sig-without-bom"),
    ],
)
def test_text_goes_back_to_the_same_bytes(data: bytes) -> None:
    document = read(data)
    assert document.encode(document.text) == data
    assert "".join(document.lines) == document.text


# Letters of one to four bytes, what Python takes for a newline, and what only other programs do.
TEXT = st.text(st.sampled_from("ab#'\" \t\\\n\r\f\v\x1c\x85\u2028äß€😀"), max_size=60)


@given(text=TEXT, bom=st.booleans())
def test_any_text_goes_back_to_the_same_bytes(text: str, bom: bool) -> None:
    data = (BOM if bom else b"") + text.encode()
    document = read(data)
    assert (document.text, document.bom) == (text, bom)
    assert document.encode(document.text) == data
    assert "".join(document.lines) == text


@given(values=st.lists(TEXT, max_size=5), newline=st.sampled_from(["\n", "\r\n", "\r"]), final=st.booleans())
def test_a_span_covers_exactly_its_expression(values: list[str], newline: str, final: bool) -> None:
    rows = [f"{'é' * (number + 1)} = ('ß', {value!r})" for number, value in enumerate(values)]
    document = read((newline.join(rows) + (newline if final else "")).encode())
    found = [node for node in ast.walk(document.tree) if isinstance(node, ast.Tuple)]
    assert [ast.literal_eval(document.segment(document.span(node))) for node in found] == [("ß", v) for v in values]


class TestLines:
    @pytest.mark.parametrize(
        ("data", "newline", "lines"),
        [
            pytest.param(b"a\nb\n", "\n", ["a\n", "b\n"], id="lf"),
            pytest.param(b"a\r\nb\r\n", "\r\n", ["a\r\n", "b\r\n"], id="crlf"),
            pytest.param(b"a\rb\r", "\r", ["a\r", "b\r"], id="cr"),
            pytest.param(b"a\r\nb\nc\rd", "\r\n", ["a\r\n", "b\n", "c\r", "d"], id="mixed"),
            pytest.param(b"a\n\r\nb", "\n", ["a\n", "\r\n", "b"], id="lf-then-crlf"),
            pytest.param(b"a", "\n", ["a"], id="none"),
            pytest.param(b"", "\n", [], id="empty"),
            pytest.param(b"a\n\n", "\n", ["a\n", "\n"], id="blank-line"),
            pytest.param(b"a\fb\vc\n", "\n", ["a\fb\vc\n"], id="form-feed-is-no-newline"),
            pytest.param("a\u2028b\x85c\n".encode(), "\n", ["a\u2028b\x85c\n"], id="unicode-separators-neither"),
        ],
    )
    def test_are_counted_as_python_counts_them(self, data: bytes, newline: str, lines: list[str]) -> None:
        document = read(data)
        assert (document.newline, document.lines) == (newline, lines)

    @pytest.mark.parametrize(
        "separator", ["\n", "\r\n", "\r", "\f\n", "\n\f", "\n\n", "\r\n\r\n", "  # \u2028 \x85\n"]
    )
    def test_have_the_numbers_of_the_syntax_tree(self, separator: str) -> None:
        document = read(separator.join(["first = 1", "second = 2", "third = 3"]).encode())
        for statement in document.tree.body:
            assert isinstance(statement, ast.Assign)
            assert isinstance(statement.targets[0], ast.Name)
            assert document.lines[statement.lineno - 1].strip("\f").startswith(statement.targets[0].id)


class TestColumns:
    @pytest.mark.parametrize(
        ("source", "span"),
        [
            pytest.param("app = 1", (1, 1, 1, 8), id="ascii"),
            pytest.param("\n\n  \nx = 1", (4, 1, 4, 6), id="line"),
            pytest.param("if x:\n\ty = 1", (1, 1, 2, 7), id="tab-is-one"),
            pytest.param("é = 1", (1, 1, 1, 6), id="two-bytes"),
            pytest.param("x = '😀😀'", (1, 1, 1, 9), id="four-bytes"),
            pytest.param("x = '''é\né'''", (1, 1, 2, 5), id="several-lines"),
            pytest.param("x = '''a\r\nb'''", (1, 1, 2, 5), id="several-lines-crlf"),
        ],
    )
    def test_count_characters_from_1_with_the_end_outside(
        self, source: str, span: tuple[int, int, int, int]
    ) -> None:
        document = read(source.encode())
        found = document.span(document.tree.body[0])
        assert found == Span(*span)
        assert document.segment(found) == source.lstrip()

    def test_after_letters_of_several_bytes(self) -> None:
        document = read("x = 'é€😀' + name".encode())
        (name,) = (node for node in ast.walk(document.tree) if isinstance(node, ast.Name) and node.id == "name")
        assert document.span(name) == Span(1, 13, 1, 17)
        assert document.segment(document.span(name)) == "name"

    def test_in_an_encoding_of_one_byte_per_letter(self) -> None:
        document = read(b"# coding: latin-1\nx = '\xe9' + name")
        (name,) = (node for node in ast.walk(document.tree) if isinstance(node, ast.Name) and node.id == "name")
        assert document.segment(document.span(name)) == "name"

    def test_of_a_line_that_is_not_there_are_1(self) -> None:
        assert read(b"x = 1\n").column(9, 4) == 1


class TestUnreadable:
    @pytest.mark.parametrize(
        ("data", "message", "line"),
        [
            pytest.param(b"# coding: klingon\n", "unknown encoding `klingon`", 1, id="unknown-encoding"),
            pytest.param(b"#!/bin/x\n# coding: klingon\n", "unknown encoding `klingon`", 2, id="unknown-in-line-2"),
            pytest.param(b"# coding: mbcs-of-old\n", "unknown encoding `mbcs-of-old`", 1, id="unknown-with-dashes"),
            pytest.param(b"x = (\n", "syntax error: '(' was never closed", 1, id="syntax-error"),
            pytest.param(b"x = 1\nif x\n    y\n", "syntax error: expected ':'", 2, id="syntax-error-line"),
            pytest.param(b"x = 1\r\ny = = 2\r\n", "syntax error: invalid syntax", 2, id="syntax-error-crlf"),
            pytest.param(b"x = 1\ry = = 2\r", "syntax error: invalid syntax", 2, id="syntax-error-cr"),
            pytest.param(
                b"if x:\n\ty\n        z\n",
                "syntax error: inconsistent use of tabs and spaces in indentation",
                3,
                id="tabs-and-spaces",
            ),
            pytest.param(b"-" * 200_000 + b"1", "nested too deeply for Python's parser", None, id="operators"),
            pytest.param(
                b"x = a" + b".b" * 20_000,
                "nested too deeply for Python's parser",
                None,
                id="attributes",
                marks=pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 parses it"),
            ),
            pytest.param(b"x = " + b"(" * 5000, "syntax error: too many nested parentheses", 1, id="parentheses"),
        ],
    )
    def test_the_reason_is_one_line_with_its_place(self, data: bytes, message: str, line: int | None) -> None:
        assert why_unreadable(data) == (message, line)

    @pytest.mark.parametrize(
        ("data", "encoding", "line"),
        [
            pytest.param(b"a = 1\nb = '\xe9'\n", "utf-8", 2, id="latin-1-undeclared"),
            pytest.param(b"\xff\xfex\0=\0001\0", "utf-8", 1, id="utf-16"),
            pytest.param(b"x = '\xed\xa0\x80'\n", "utf-8", 1, id="surrogate"),
            pytest.param(b"x = '\xc3", "utf-8", 1, id="cut-off"),
            pytest.param(b"# coding: cp1252\nx = '\x81'\n", "cp1252", 2, id="hole-in-cp1252"),
            pytest.param(b"# coding: ascii\n\nx = '\xe9'\n", "ascii", 3, id="ascii"),
        ],
    )
    def test_bytes_that_are_no_text_are_named_with_their_line(self, data: bytes, encoding: str, line: int) -> None:
        said = f"not valid {encoding}: save it as UTF-8 or declare its encoding in line 1 (PEP 263)"
        assert why_unreadable(data) == (said, line)

    @pytest.mark.parametrize("codec", ["rot13", "hex", "zip"])
    def test_a_codec_that_is_for_no_text_is_an_unknown_encoding(self, codec: str) -> None:
        assert why_unreadable(f"# coding: {codec}\nx = 1\n".encode()) == (f"unknown encoding `{codec}`", 1)

    @pytest.mark.parametrize("codec", ["undefined", "punycode"])
    def test_a_codec_that_refuses_everything_is_told(self, codec: str) -> None:
        assert codec in why_unreadable(f"# coding: {codec}\nx = 1\n".encode())[0]

    @pytest.mark.parametrize("data", [b"x = 1\ny = '\0'\n", b"x = 1\n\0", b"#\n#\0\n"])
    def test_a_null_byte_is_named_with_its_line(self, data: bytes) -> None:
        assert why_unreadable(data) == ("holds a null byte: not Python source", 2)

    def test_a_byte_order_mark_with_another_encoding_is_a_contradiction(self) -> None:
        assert "with BOM" in why_unreadable(BOM + b"# coding: latin-1\n")[0]

    def test_warnings_of_the_parser_are_not_the_readers(self) -> None:
        assert len(read(b"x = '\\d'\ny = 1 is 1\n").tree.body) == 2
