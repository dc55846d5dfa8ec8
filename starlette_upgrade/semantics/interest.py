"""What the rules look for in a module: their words, the lines that hold one, and the nodes found there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from starlette_upgrade.source.words import scan_for

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from starlette_upgrade.semantics.scopes import Place, Scope
    from starlette_upgrade.source.document import Document
    from starlette_upgrade.source.words import Scan


@dataclass(frozen=True)
class Interest:
    """The words that the active rules look for: last parts of names, keyword names, other texts.

    With `every_call`, all calls are collected besides, whatever their names.
    """

    attributes: frozenset[str] = frozenset()
    callables: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    symbols: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    every_call: bool = field(default=False, kw_only=True)

    @cached_property
    def words(self) -> frozenset[str]:
        return self.attributes | self.callables | self.keywords | self.symbols | self.members | self.texts

    @cached_property
    def _scan(self) -> Scan:
        return scan_for(word.encode() for word in (*self.words, *_TELLING))

    def lines(self, document: Document) -> list[int]:
        """The numbers of the lines that hold a word of interest, or another name that the file gives one."""
        words = {word.decode() for word in self._scan(document.data)}
        text = document.text
        for match in _RENAMED.finditer(text):
            before = text[max(0, match.start() - 80) : match.start()].split()
            if before and before[-1] in self.words:
                words.add(match.group(1))
        for new, bases in _SUBCLASS.findall(text):
            if any(word in bases for word in self.callables):
                words.add(new)
        if document.newline != "\n":
            text = "\n".join(line.rstrip("\r\n") for line in document.lines)
        return _lines_with(words, text)


def _lines_with(words: Iterable[str], text: str) -> list[int]:
    positions = []
    for word in words:
        position = text.find(word)
        while position >= 0:
            positions.append(position)
            position = text.find(word, position + len(word))
    lines, number, before = [], 1, 0
    for position in sorted(positions):
        number += text.count("\n", before, position)
        before = position
        lines.append(number)
    return lines


# A `**options` may hold an argument of interest, and `global` binds a name that others use.
_TELLING = ("**", "global ", "nonlocal ")
_RENAMED = re.compile(r" as (\w+)")
_SUBCLASS = re.compile(r"class (\w+)\s*\(([^)]*)\)")


@dataclass(slots=True)
class Candidates:
    """Nodes that hold a word of interest, each with its place (and its parent, for attributes).

    `callables` are the names under which the module calls what is of interest: aliases and subclasses, too.
    """

    attributes: list[tuple[ast.Attribute, ast.AST, Place]] = field(default_factory=list)
    calls: list[tuple[ast.Call, Place]] = field(default_factory=list)
    imports: list[tuple[ast.ImportFrom, ast.alias, Place]] = field(default_factory=list)
    strings: list[tuple[ast.Constant, ast.Call, Place]] = field(default_factory=list)
    members: list[tuple[ast.stmt, str, Scope]] = field(default_factory=list)
    every_call: list[tuple[ast.Call, Place]] = field(default_factory=list)
    callables: set[str] = field(default_factory=set)
