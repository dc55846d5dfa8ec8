"""What a Jinja template says: does it put values in that were escaped, and which other templates does it load?

Only the syntax of an environment without options and extensions is read. What is written in another language that
has `{{ }}`, too (Vue, Angular, Go, Django), is told apart where it shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
_START = re.compile(r"\{[{%#]")
_END_OF_RAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_TOKEN = re.compile(
    rf"\s*(?:({_STRING})|([A-Za-z_]\w*)|(\d[\w.]*)|(//|\*\*|[=!<>]=|[-+*/%~<>=()\[\]{{}}.:|,]))", re.DOTALL
)
_ENDS = {"{{": re.compile(r"\s*[-+]?\}\}"), "{%": re.compile(r"\s*[-+]?%\}")}
_LOADING = frozenset({"extends", "from", "import", "include"})
# Tags of Django and Liquid, and words of Go and of Mustache, which Jinja does not know.
_FOREIGN_TAGS = frozenset({"assign", "capture", "comment", "csrf_token", "load", "static", "unless", "url"})
_FOREIGN_STARTS = frozenset({"define", "else", "end", "if", "range", "template", "with"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_SPLITTING = frozenset({"+", "%", "~", "and", "if", "or"})
_TRUTHS = frozenset({"!=", "<", "<=", "==", ">", ">=", "in", "is", "not"})
_NUMBERS = frozenset({"*", "**", "-", "/", "//"})
_PLAIN = frozenset({"False", "None", "True", "caller", "false", "loop", "none", "self", "super", "true"})
# Filters of Jinja after which a text is what it was, as far as markup goes.
_TEXT = frozenset({
    "attr", "capitalize", "center", "d", "default", "first", "format", "indent", "join", "last", "list", "lower",
    "map", "max", "min", "random", "replace", "reverse", "select", "sort", "string", "striptags", "title", "trim",
    "truncate", "unique", "upper", "wordwrap",
})  # fmt: skip
_TEXT_METHODS = frozenset({"capitalize", "get", "join", "lower", "replace", "strip", "title", "upper"})
_MARKUP = frozenset("<>&\"'")


@dataclass(frozen=True, slots=True)
class TemplateText:
    """`puts_in`: a value without a filter that escapes it, or says that it is safe; `loads`: by their names."""

    puts_in: bool
    loads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    is_name: bool = False
    is_string: bool = False


class _ForeignText(Exception):
    """No template of Jinja: loading it raises an error."""


def read_template(text: str) -> TemplateText:
    """Reads a template; one of another language puts nothing in and loads nothing."""
    try:
        return _read(text)
    except _ForeignText:
        return TemplateText(False)


def _read(text: str) -> TemplateText:
    puts_in = False
    loads: list[str] = []
    sheltered: list[bool] = []  # blocks whose values are escaped, or are not, whatever the template is called
    for kind, tokens in _pieces(text):
        if kind == "{{":
            _refuse_foreign(tokens)
            puts_in = puts_in or (not any(sheltered) and _changes(tokens))
            continue
        name = tokens[0].text if tokens else ""
        if name in _FOREIGN_TAGS:
            raise _ForeignText
        if name in _LOADING:
            loads += [token.text[1:-1] for token in tokens if token.is_string]
        elif name in ("autoescape", "filter"):
            sheltered.append(name == "autoescape" or not _keeps(tokens[1:]))
        elif name in ("endautoescape", "endfilter") and sheltered:
            sheltered.pop()
    return TemplateText(puts_in, tuple(dict.fromkeys(loads)))


def _pieces(text: str) -> Iterator[tuple[str, list[_Token]]]:
    """Each `{{ … }}` and `{% … %}`, by how it begins, with the tokens in it."""
    position = 0
    while start := _START.search(text, position):
        kind = start[0]
        if kind == "{#":
            position = _after(text, "#}", start.end())
            continue
        tokens, position = _tokens(
            text, start.end() + (text[start.end() : start.end() + 1] in ("-", "+")), _ENDS[kind]
        )
        if kind == "{%" and [token.text for token in tokens] == ["raw"]:
            end = _END_OF_RAW.search(text, position)
            if end is None:
                raise _ForeignText
            position = end.end()
            continue
        yield kind, tokens


def _after(text: str, end: str, start: int) -> int:
    found = text.find(end, start)
    if found < 0:
        raise _ForeignText
    return found + len(end)


def _tokens(text: str, position: int, end: re.Pattern[str]) -> tuple[list[_Token], int]:
    """The tokens from a position on up to what ends them, and where that ends."""
    found: list[_Token] = []
    depth = 0
    while True:
        if depth == 0 and (closing := end.match(text, position)):
            return found, closing.end()
        token = _TOKEN.match(text, position)
        if token is None:
            raise _ForeignText
        string, name, number, operator = token.groups()
        found.append(_Token(string or name or number or operator, name is not None, string is not None))
        depth += (operator in _OPENING) - (operator in _CLOSING)
        position = token.end()


def _refuse_foreign(tokens: Sequence[_Token]) -> None:
    """Raises where an expression begins, or goes on, as none of Jinja's does."""
    if not tokens or tokens[0].text in ".|,:=" or tokens[0].text in _FOREIGN_STARTS:
        raise _ForeignText
    if any(token.text in (":", "=") for token, depth in _with_depth(tokens) if depth == 0):
        raise _ForeignText


def _with_depth(tokens: Sequence[_Token]) -> Iterator[tuple[_Token, int]]:
    """Each token, with how many brackets are open around it; a bracket itself counts as inside."""
    depth = 0
    for token in tokens:
        depth += token.text in _OPENING
        yield token, depth
        depth -= token.text in _CLOSING


def _split(tokens: Sequence[_Token], at: frozenset[str]) -> list[list[_Token]]:
    parts: list[list[_Token]] = [[]]
    for token, depth in _with_depth(tokens):
        if depth == 0 and token.text in at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _changes(tokens: Sequence[_Token]) -> bool:
    """Whether the value of an expression may come out otherwise where it is not escaped, as far as is known."""
    tokens = _without_condition(tokens)
    outside = {token.text for token, depth in _with_depth(tokens) if depth == 0}
    if outside & _TRUTHS:
        return False
    parts = _split(tokens, _SPLITTING | {"else"})
    if len(parts) > 1:
        return any(map(_changes, parts))
    if outside & _NUMBERS:
        return False
    operand, *filters = _split(tokens, frozenset("|"))
    given = (token for one in filters for token in one[1:])  # `"%s"|format(value)`
    return all(map(_keeps, filters)) and (_is_text(operand) or any(map(_is_value, given)))


def _without_condition(tokens: Sequence[_Token]) -> list[_Token]:
    """`a if b else c` without `b`, which is not put in."""
    kept: list[_Token] = []
    is_condition = False
    for token, depth in _with_depth(tokens):
        if depth == 0 and token.text in ("if", "else") and token.is_name:
            is_condition = token.text == "if"
            kept.append(_Token("else"))
        elif not is_condition:
            kept.append(token)
    return kept


def _keeps(filters: Sequence[_Token]) -> bool:
    """Whether a filter, or a chain of them, gives text as it was: neither escaped nor of a kind of its own."""
    return all(part and part[0].text in _TEXT for part in _split(filters, frozenset("|")))


def _is_value(token: _Token) -> bool:
    return token.is_name and token.text not in _PLAIN


def _is_text(operand: Sequence[_Token]) -> bool:
    """Whether an operand may hold markup: a value, or a text that does. What a function gives is not known."""
    if not operand:
        return False
    first = operand[0]
    called = [before.text for before, after in pairwise(operand) if after.text == "("]
    if not all(name in _TEXT_METHODS for name in called if name not in ("(", "[", ",")):
        return False
    if first.is_string:
        return any(map(_is_value, operand[3:])) or not _MARKUP.isdisjoint(first.text[1:-1])
    if first.text == "(" and operand[-1].text == ")":
        return _changes(operand[1:-1])
    if first.text == "[":
        return any(map(_is_value, operand))
    return _is_value(first) and (len(operand) == 1 or operand[1].text != "(")
