"""The model as the text of rules/model/starlette.toml: short, since every run of the linter parses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scripts.model.classes import Value
    from scripts.model.history import Known, Model, Span

WIDTH = 116
HEADER = """\
# Generated from the sources of Starlette {first} to {last} by `make model`; a test compares the two.
# What no annotation says stands in starlette-by-hand.toml. docs/rule-format.md explains all keys.
package = "starlette"
"""


def text_of(model: Model, releases: Sequence[str]) -> str:
    """The whole file. `releases` are the versions behind the numbers of the model."""
    writer = _Writer(releases)
    parts = [HEADER.format(first=releases[0], last=releases[-1]), *writer.classes(model.classes)]
    tables = {"symbols": model.symbols, "functions": model.functions, "instances": model.instances}
    for title, names in tables.items():
        if names:
            parts.append("\n".join([f"[{title}]", *writer.names(names), ""]))
    return "\n".join(parts)


class _Writer:
    def __init__(self, releases: Sequence[str]) -> None:
        self._releases = releases
        self._last = len(releases) - 1

    def classes(self, classes: Mapping[str, Known]) -> Iterator[str]:
        """Classes that fit on a line, then those with a table of their own."""
        rows = {name: list(self._rows(known)) for name, known in classes.items()}
        short = {name: f"{_quoted(name)} = {_braces(rows[name])}" for name in rows}
        lines = [line for line in short.values() if len(line) <= WIDTH]
        yield "\n".join(["[classes]", *lines, ""])
        for name, line in short.items():
            if len(line) > WIDTH:
                yield "\n".join([f"[classes.{_quoted(name)}]", *rows[name], ""])

    def names(self, names: Mapping[str, Sequence[Span]]) -> Iterator[str]:
        for name, spans in names.items():
            yield f"{_quoted(name)} = {self._values(spans, 0, self._last)}"

    def _rows(self, known: Known) -> Iterator[str]:
        yield from self._life(known.first, known.last, 0, self._last)
        for (table, member), spans in known.members.items():
            key = f"{table}.{member}" if member else table
            yield f"{key} = {self._values(spans, known.first, known.last, key)}"

    def _life(self, first: int, last: int, begin: int, end: int) -> Iterator[str]:
        """Where something begins or ends, unless that is where what it belongs to begins or ends."""
        if first > begin:
            yield f"since = {_quoted(self._releases[first])}"
        if last < end:
            yield f"until = {_quoted(self._releases[last])}"

    def _values(self, spans: Sequence[Span], begin: int, end: int, key: str = "") -> str:
        if len(spans) == 1 and (spans[0].first, spans[0].last) == (begin, end):
            return _value(spans[0].value)
        values = [value[0] if key == "bases" and len(value) == 1 else value for value, _, _ in spans]
        lives = [self._life(first, last, begin, end) for _, first, last in spans]
        tables = [_braces([f"is = {_value(value)}", *life]) for value, life in zip(values, lives, strict=True)]
        line = f"[{', '.join(tables)}]"
        return line if len(f"{key} = {line}") <= WIDTH else "\n".join(["[", *(f"  {t}," for t in tables), "]"])


def _value(value: Value) -> str:
    return _quoted(value) if isinstance(value, str) else f"[{', '.join(map(_quoted, value))}]"


def _braces(rows: Iterable[str]) -> str:
    return f"{{ {', '.join(rows)} }}" if rows else "{}"


def _quoted(text: str) -> str:
    return f'"{text}"'
