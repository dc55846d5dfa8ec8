"""Signatures as text: written from a function of a release, read again to be compared."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.model.source import Function

Kind = Literal["positional", "plain", "rest", "keyword", "keywords"]
"""How a parameter is given: `positional, /, plain, *rest, keyword, **keywords`."""

MARKS = ("property", "cached_property", "staticmethod", "classmethod", "contextmanager", "asynccontextmanager")
_DEFINITION = re.compile(r"(?P<marks>(@\w+ )*)(?P<coroutine>async )?def(?P<parameters>\(.*\))")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `default` is the text of its default, None if it has to be given."""

    name: str
    kind: Kind
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A function or method; `parameters` are without `self`."""

    marks: tuple[str, ...]
    coroutine: bool
    parameters: tuple[Parameter, ...]

    def positional(self) -> list[Parameter]:
        return [one for one in self.parameters if one.kind in ("positional", "plain")]

    def named(self) -> dict[str, Parameter]:
        """What can be given by keyword."""
        return {
            parameter.name: parameter for parameter in self.parameters if parameter.kind in ("plain", "keyword")
        }

    def takes(self, kind: Kind) -> bool:
        return any(parameter.kind == kind for parameter in self.parameters)


def describe(function: Function, settable: bool = False) -> str:
    """`@property @setter async def(self, a, *, b=1, **kw)`: without annotations, which nothing looks at."""
    names = [ast.unparse(decorator).partition("(")[0].rpartition(".")[2] for decorator in function.decorator_list]
    marks = [f"@{name} " for name in names if name in MARKS] + ["@setter "] * settable
    coroutine = "async " if isinstance(function, ast.AsyncFunctionDef) else ""
    return f"{''.join(marks)}{coroutine}def({', '.join(_parts(function.args))})"


@cache
def read(text: str, method: bool) -> Signature | None:
    """The signature that `describe` wrote; None if the text is no function. `method`: its `self` is left out."""
    found = _DEFINITION.fullmatch(text)
    if found is None:
        return None
    function = ast.parse(f"def f{found['parameters']}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    marks = tuple(mark.lstrip("@") for mark in found["marks"].split())
    bound = method and "staticmethod" not in marks
    parameters = tuple(_parameters(function.args))[1 if bound else 0 :]
    return Signature(marks, found["coroutine"] is not None, parameters)


def _parts(arguments: ast.arguments) -> Iterator[str]:
    last: Kind = "plain"
    for parameter in _parameters(arguments):
        if last == "positional" and parameter.kind != "positional":
            yield "/"
        if parameter.kind == "keyword" and last not in ("rest", "keyword"):
            yield "*"
        star = {"rest": "*", "keywords": "**"}.get(parameter.kind, "")
        yield f"{star}{parameter.name}" + (f"={parameter.default}" if parameter.default is not None else "")
        last = parameter.kind
    if last == "positional":
        yield "/"


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    required = len(plain) - len(arguments.defaults)
    for index, argument in enumerate(plain):
        kind: Kind = "positional" if index < len(arguments.posonlyargs) else "plain"
        default = arguments.defaults[index - required] if index >= required else None
        yield Parameter(argument.arg, kind, _text(default))
    if arguments.vararg:
        yield Parameter(arguments.vararg.arg, "rest")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(argument.arg, "keyword", _text(default))
    if arguments.kwarg:
        yield Parameter(arguments.kwarg.arg, "keywords")


def _text(default: ast.expr | None) -> str | None:
    return None if default is None else ast.unparse(default)
