"""One file's text, as its author wrote it and as Python reads it."""

from __future__ import annotations

import ast
import codecs
import contextlib
import re
import warnings
from functools import cached_property
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Span
from starlette_upgrade.source.elision import elide, parse_body

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Positioned = ast.stmt | ast.expr | ast.keyword | ast.alias | ast.arg | ast.excepthandler

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class UnreadableDocument(Exception):
    """The bytes are no Python source. `message` is one line for people; `line` counts from 1 where known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Document:
    """A source file: its bytes, its text with the newlines it had, and its syntax tree.

    Lines count from 1 as Python's parser counts them (LF, CRLF and CR end a line, form feeds do not).
    """

    def __init__(self, path: Path, data: bytes) -> None:
        """Raises UnreadableDocument if the bytes are not text in the encoding that they declare."""
        self.path = path
        self.data = data
        self.bom = data.startswith(codecs.BOM_UTF8)
        self._wanted_lines: Sequence[int] | None = None
        self._elided: dict[int, tuple[int, int]] = {}
        self.encoding = _declared_encoding(data)
        try:
            self.text = data[3:].decode(self.encoding) if self.bom else data.decode(self.encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise UnreadableDocument(
                f"not valid {self.encoding}: save it as UTF-8 or declare its encoding in line 1 (PEP 263)",
                line,
            ) from None
        except UnicodeError:
            raise UnreadableDocument(f"unknown encoding `{self.encoding}`", 1) from None

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; without some function bodies, if it was asked for by `elide`.

        Raises UnreadableDocument.
        """
        if b"\0" in self.data:
            line = self.data.count(b"\n", 0, self.data.find(b"\0")) + 1
            raise UnreadableDocument("holds a null byte: not Python source", line)
        if self._wanted_lines is not None and "\r" not in self.text:
            text, bodies = elide(self.text, self._wanted_lines)
            if bodies:
                try:
                    tree = self._parse(text)
                except UnreadableDocument:
                    return self._parse(self.data)
                self._elided = bodies
                return tree
        return self._parse(self.data)

    def elide(self, lines: Sequence[int]) -> None:
        """Leaves out of the tree the bodies of functions that hold none of `lines`; see `restore`."""
        self._wanted_lines = lines

    def restore(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Puts the body of a function back in the tree, if it was left out."""
        found = self._elided.pop(node.lineno, None)
        if found is not None:
            first, last = found
            with contextlib.suppress(SyntaxError, ValueError, RecursionError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                node.body = parse_body(self.lines[first - 1 : last], first)

    def _parse(self, source: str | bytes) -> ast.Module:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(source, str(self.path))
        except SyntaxError as error:
            raise UnreadableDocument(f"syntax error: {error.msg}", error.lineno) from None
        except (RecursionError, MemoryError):
            raise UnreadableDocument("nested too deeply for Python's parser") from None

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, each with its own newline."""
        return _LINE.findall(self.text)

    @cached_property
    def newline(self) -> str:
        """The newline that the file uses first (LF if it has none)."""
        match = re.search(r"\r\n|\r|\n", self.text)
        return match.group() if match else "\n"

    def span(self, node: Positioned) -> Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(
            node.lineno,
            self.column(node.lineno, node.col_offset),
            node.end_lineno,
            self.column(node.end_lineno, node.end_col_offset),
        )

    def column(self, line: int, offset: int) -> int:
        """The column in characters, from 1, of a UTF-8 byte offset as `ast` gives it."""
        if line > len(self.lines):
            return 1
        text = self.lines[line - 1]
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="replace")) + 1

    def segment(self, span: Span) -> str:
        """The text that a span covers."""
        rows = self.lines[span.line - 1 : span.end_line]
        if span.line == span.end_line:
            return rows[0][span.column - 1 : span.end_column - 1]
        return "".join((rows[0][span.column - 1 :], *rows[1:-1], rows[-1][: span.end_column - 1]))

    def encode(self, text: str) -> bytes:
        """Text back to bytes, with the encoding and the byte-order mark that the file had."""
        data = text.encode(self.encoding)
        return codecs.BOM_UTF8 + data if self.bom else data


def _declared_encoding(data: bytes) -> str:
    """PEP 263: a cookie in one of the first two lines, else UTF-8. Raises UnreadableDocument."""
    for number, line in enumerate(data.split(b"\n", 2)[:2], 1):
        match = _COOKIE.match(line)
        if match:
            name = re.sub(r"-(?:unix|dos|mac)$", "", match.group(1).decode("ascii"))  # Emacs names the newline, too
            try:
                found = codecs.lookup(name)
                if not getattr(found, "_is_text_encoding", True):
                    raise LookupError(name)
                return "utf-8" if found.name == "utf-8-sig" else found.name
            except LookupError:
                raise UnreadableDocument(f"unknown encoding `{name}`", number) from None
        if not re.match(rb"[ \t\f]*(?:#|\r?$)", line):
            break
    return "utf-8"
