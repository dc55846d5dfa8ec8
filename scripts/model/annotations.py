"""What an annotation says, in the words of the model: `A`, `type[A]`, or several of them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.model.source import Function, Module, Package, Thing

Said = frozenset[str]
"""The types that a value may be of; beside names of the model it may hold one of the words below."""

PLAIN = "plain"  # a value that no rule asks about: a string, a number, a list of something
UNKNOWN = "?"  # it could be anything
ANYTHING: Said = frozenset({UNKNOWN})
NOTHING: Said = frozenset()  # None

_OUTSIDE = re.compile(r"(httpx|jinja2|requests(\.[a-z]+)*)\.[A-Z]\w*|typing\.(BinaryIO|IO)")
_RENAMED = {"httpx2": "httpx"}  # one library under two names
_TRANSPARENT = frozenset({"Annotated", "ClassVar", "Final"})
_AWAITED = frozenset({"Awaitable", "AwaitableOrContextManager", "Coroutine"})
_MAKING = frozenset({"namedtuple", "NamedTuple", "TypedDict"})
_ANY = frozenset({"Any", "object"})


class Annotations:
    """Reads the annotations of one release."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def read(self, node: ast.expr | None, module: Module, self_type: str = "") -> Said:
        """What an annotation in this module says; `self_type` is the class that it stands in."""
        if node is None:
            return ANYTHING
        if isinstance(node, ast.Constant):
            return self._constant(node, module, self_type)
        if isinstance(node, ast.BinOp):
            return self.read(node.left, module, self_type) | self.read(node.right, module, self_type)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, module, self_type)
        return self._name(self.package.name_in(module, ast.unparse(node)), self_type)

    def result(self, function: Function, module: Module, self_type: str = "") -> Said:
        """What calling a function gives, or awaiting what it gives; `self_type` as in `read`."""
        arguments = [*function.args.posonlyargs, *function.args.args]
        declared = arguments[0].annotation if arguments and self_type else None
        returned = function.returns
        if declared is not None and returned is not None and _unquoted(declared) == _unquoted(returned):
            return frozenset({self_type})  # def method(self: T) -> T
        return self.read(returned, module, self_type)

    def _constant(self, node: ast.Constant, module: Module, self_type: str) -> Said:
        if isinstance(node.value, str):
            return self.read(ast.parse(node.value, mode="eval").body, module, self_type)
        return NOTHING if node.value is None else frozenset({PLAIN})

    def _subscript(self, node: ast.Subscript, module: Module, self_type: str) -> Said:
        name = ast.unparse(node.value)
        thing = self.package.name_in(module, name)
        tail = thing.name.rpartition(".")[2]
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if tail in ("Optional", "Union"):
            return frozenset[str]().union(*(self.read(argument, module, self_type) for argument in arguments))
        if tail in _TRANSPARENT:
            return self.read(arguments[0], module, self_type)
        if tail in _AWAITED:
            return self.read(arguments[-1], module, self_type)
        if tail in ("Type", "type"):
            said = self.read(arguments[0], module, self_type)
            return frozenset(word if word in (PLAIN, UNKNOWN) else f"type[{word}]" for word in said)
        if isinstance(thing.bound, ast.expr):
            return frozenset({PLAIN})
        return self._name(thing, self_type)  # a class with parameters: `Request[State]`

    def _name(self, thing: Thing, self_type: str) -> Said:
        tail = thing.name.rpartition(".")[2]
        if tail == "Self" and self_type:
            return frozenset({self_type})
        if tail in _ANY:
            return ANYTHING
        if isinstance(thing.bound, ast.ClassDef):
            return frozenset({thing.name})
        if isinstance(thing.bound, ast.expr) and thing.module is not None:
            return self._alias(thing.name, thing.bound, thing.module)
        name = outside(thing.name)
        return frozenset({name or PLAIN})

    def _alias(self, name: str, value: ast.expr, module: Module) -> Said:
        """What a variable of a module says when it stands in an annotation."""
        if makes_class(value):
            return frozenset({name})
        if isinstance(value, ast.Call):
            return self._type_variable(value, module)
        return frozenset({name}) if self.given_by(value, module) else self.read(value, module)

    def given_by(self, value: ast.expr, module: Module) -> str:
        """What a `Callable[..., X]` gives; "" where that is of no interest."""
        if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Tuple):
            name = self.package.name_in(module, ast.unparse(value.value)).name
            if name.rpartition(".")[2] == "Callable":
                return telling(self.read(value.slice.elts[-1], module))
        return ""

    def _type_variable(self, call: ast.Call, module: Module) -> Said:
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        for key in ("default", "bound"):
            if key in keywords:
                return self.read(keywords[key], module)
        return ANYTHING


def makes_class(value: ast.expr) -> bool:
    """Whether it is a call that makes a class: `Address = namedtuple("Address", ["host", "port"])`."""
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in _MAKING


def outside(name: str) -> str:
    """The name in the model of a class of another package; "" where the model says nothing of it."""
    top, dot, rest = name.partition(".")
    name = f"{_RENAMED.get(top, top)}{dot}{rest}"
    return name if _OUTSIDE.fullmatch(name) else ""


def telling(said: Said) -> str:
    """What was said as the model writes it; "" where some of it is unknown or of no interest."""
    return "" if said & {PLAIN, UNKNOWN} else " | ".join(sorted(said))


def _unquoted(annotation: ast.expr) -> str:
    return ast.unparse(annotation).strip("'\"")
