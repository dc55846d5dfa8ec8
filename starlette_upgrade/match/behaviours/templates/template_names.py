"""What a template's name may be, or how it ends: literals, constants, dicts, f-strings, arguments of callers."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.definitions import (
    bindings_behind,
    value_of,
    values_in_subclasses,
)
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place

_DEPTH = 6
# The parts of `"%s.j2" % name` and `"{}.j2".format(name)` that stand for something else.
_PERCENT = re.compile(r"%[-#0 +]*[\d.*]*[a-zA-Z]|%\(\w+\)[a-zA-Z]")
_BRACES = re.compile(r"\{[^{}]*\}")
_ALL_OF_IT = frozenset({"PurePosixPath", "str"})


@dataclass(frozen=True, slots=True)
class Name:
    """A template's name, or its end only, where it is not `whole`."""

    text: str
    whole: bool = True

    def __str__(self) -> str:
        return self.text if self.whole else f"*{self.text}"


def names_of(node: ast.expr, place: Place, inference: Inference, depth: int = _DEPTH) -> list[Name]:
    """What an expression may be, as far as that is written out somewhere; each once."""
    return list(dict.fromkeys(_names(node, place, inference, depth)))


def _names(node: ast.expr, place: Place, inference: Inference, depth: int) -> Iterator[Name]:
    if depth <= 0:
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value:
            yield Name(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield from _ends(_last_part(node), place, inference, depth)
    elif isinstance(node, ast.BinOp):
        yield from _of_operation(node, place, inference, depth)
    elif isinstance(node, ast.IfExp):
        yield from _of_all((node.body, node.orelse), place, inference, depth)
    elif isinstance(node, ast.BoolOp):
        yield from _of_all(node.values, place, inference, depth)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from _of_all(node.elts, place, inference, depth)
    elif isinstance(node, ast.Call):
        yield from _of_call(node, place, inference, depth)
    elif isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        for value, at in _entries(node.value, place, inference, key):
            yield from _names(value, at, inference, depth - 1)
    else:
        for binding in bindings_behind(node, place, inference):
            yield from _of_binding(binding, inference, depth - 1)
        for value in values_in_subclasses(node, place, inference):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield Name(value.value)


def _of_all(nodes: Iterable[ast.expr], place: Place, inference: Inference, depth: int) -> Iterator[Name]:
    for node in nodes:
        yield from _names(node, place, inference, depth)


def _ends(node: ast.expr | None, place: Place, inference: Inference, depth: int) -> Iterator[Name]:
    """The names of the last part of a text, as the end of a longer one."""
    if node is not None:
        yield from (replace(name, whole=False) for name in _names(node, place, inference, depth))


def _last_part(node: ast.JoinedStr) -> ast.expr | None:
    last = node.values[-1] if node.values else None
    return last.value if isinstance(last, ast.FormattedValue) else last


def _of_operation(node: ast.BinOp, place: Place, inference: Inference, depth: int) -> Iterator[Name]:
    if isinstance(node.op, ast.Add | ast.Div):
        yield from _ends(node.right, place, inference, depth)
    elif isinstance(node.op, ast.Mod):
        yield from _end_of_pattern(node.left, _PERCENT)


def _of_call(node: ast.Call, place: Place, inference: Inference, depth: int) -> Iterator[Name]:
    function, name = node.func, last_name(node.func)
    if name in _ALL_OF_IT and len(node.args) == 1:
        yield from _names(node.args[0], place, inference, depth)
    elif name == "join" and isinstance(function, ast.Attribute) and last_name(function.value) == "path":
        yield from _ends(node.args[-1] if node.args else None, place, inference, depth)
    elif name == "format" and isinstance(function, ast.Attribute):
        yield from _end_of_pattern(function.value, _BRACES)
    elif name == "get" and isinstance(function, ast.Attribute) and node.args:
        for value, at in _entries(function.value, place, inference, None):
            yield from _names(value, at, inference, depth - 1)
        yield from _of_all(node.args[1:2], place, inference, depth)


def _end_of_pattern(node: ast.expr, stand_in: re.Pattern[str]) -> Iterator[Name]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        end = stand_in.split(node.value)[-1]
        if end:
            yield Name(end, whole=end == node.value)


def _entries(node: ast.expr, place: Place, inference: Inference, key: object) -> Iterator[tuple[ast.expr, Place]]:
    """The values of a dict or list that is written out: that of the key, where it is known, else all."""
    if isinstance(node, ast.Dict):
        found = {entry.value if isinstance(entry, ast.Constant) else entry: value for entry, value in _pairs(node)}
        chosen = [found[key]] if key in found else found.values()
        yield from ((value, place) for value in chosen)
    elif isinstance(node, ast.List | ast.Tuple):
        yield from ((value, place) for value in node.elts)
    elif isinstance(node, ast.Name | ast.Attribute):
        bindings = bindings_behind(node, place, inference)
        value = value_of(bindings[0]) if len(bindings) == 1 else None
        if isinstance(value, ast.Dict | ast.List | ast.Tuple):
            yield from _entries(value, bindings[0].place, inference, key)


def _pairs(node: ast.Dict) -> Iterator[tuple[ast.expr, ast.expr]]:
    return ((key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None)


def _of_binding(binding: Binding, inference: Inference, depth: int) -> Iterator[Name]:
    node, place = binding.node, binding.place
    value = value_of(binding)
    if value is not None:
        yield from _names(value, place, inference, depth)
    elif binding.kind == "element" and isinstance(node, ast.List | ast.Tuple | ast.Set):
        for element in node.elts:
            chosen = element
            if isinstance(element, ast.Tuple) and binding.index is not None and binding.index < len(element.elts):
                chosen = element.elts[binding.index]
            yield from _names(chosen, place, inference, depth)
    elif isinstance(node, ast.arg):
        yield from _passed(binding, node, inference, depth)


def _passed(binding: Binding, node: ast.arg, inference: Inference, depth: int) -> Iterator[Name]:
    """What a parameter is by default, and what the callers pass for it, one call away."""
    function, home = binding.statement, binding.place.scope
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    default = _default(function, node)
    if default is not None:
        yield from _names(default, binding.place, inference, depth)
    for call, at in inference.uses.called(function.name, home.module):
        for member in members(inference.type_of(call.func, at)):
            if not (isinstance(member, FunctionType) and member.key == id(function)):
                continue
            is_bound = member.receiver is not None and home.is_class
            number = binding.index - (1 if is_bound else 0) if binding.index is not None else None
            given = argument_of(call, node.arg, number)
            if given is not None:
                yield from _names(given, at, inference, depth - 2)


def _default(function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.arg) -> ast.expr | None:
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    if node in positional:
        number = positional.index(node) - (len(positional) - len(args.defaults))
        return args.defaults[number] if number >= 0 else None
    return args.kw_defaults[args.kwonlyargs.index(node)] if node in args.kwonlyargs else None
