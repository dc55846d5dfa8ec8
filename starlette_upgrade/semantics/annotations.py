"""Annotations: what a declared type says about the value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.types import (
    NONE,
    OPAQUE,
    UNKNOWN,
    ClassType,
    Holding,
    Instance,
    Returning,
    Symbol,
    Type,
    members,
    union,
)

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_GIVING = frozenset({
    "AsyncContextManager", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "ContextManager",
    "AbstractContextManager", "AbstractAsyncContextManager", "Generator", "Iterable", "Iterator",
    "List", "Sequence", "Collection", "list", "Set", "set", "FrozenSet", "frozenset", "Deque", "deque",
})  # fmt: skip
_TRANSPARENT = frozenset({"Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"})
_SAYING_NOTHING = _GIVING | {"Any", "Awaitable", "Callable", "Coroutine", "Protocol", "Self", "object"}
TYPE_VARIABLES = frozenset({"typing.TypeVar", "typing_extensions.TypeVar"})
_AWAITED = frozenset({"Awaitable", "Coroutine"})
_KEYED = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"})
_PLAIN = frozenset({
    "str", "int", "float", "bool", "bytes", "dict", "Dict", "tuple", "Tuple", "Mapping", "MutableMapping",
})  # fmt: skip


class Annotations:
    """Reads annotations: names, strings, `Optional`, unions, `Annotated`, `type[…]`, callables, iterators."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._open: set[int] = set()

    def read(self, node: ast.expr, place: Place) -> Type:
        """The type of a value declared as `node`."""
        if isinstance(node, ast.Constant):
            return self._constant(node, place)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return union((self.read(node.left, place), self.read(node.right, place)))
        if isinstance(node, ast.Subscript):
            return self._subscript(node, place)
        if isinstance(node, ast.Name | ast.Attribute):
            found = self._inference.type_of(node, place)
            if found == UNKNOWN:
                alias = self._inference.alias(node, place)
                return self._alias(*alias) if alias else UNKNOWN
            return union(self._instance_of(member) for member in members(found))
        return UNKNOWN

    def _alias(self, node: ast.expr, place: Place) -> Type:
        """What another name for a type stands for; nothing where that holds itself, as the type of JSON does."""
        if id(node) in self._open:
            return UNKNOWN
        self._open.add(id(node))
        try:
            return self.read(node, place)
        finally:
            self._open.discard(id(node))

    def _constant(self, node: ast.Constant, place: Place) -> Type:
        if node.value is None:
            return NONE
        if not isinstance(node.value, str):
            return UNKNOWN
        try:
            inner = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return UNKNOWN
        for child in ast.walk(inner):
            ast.copy_location(child, node)
        return self.read(inner, place)

    def _instance_of(self, found: Type) -> Type:
        if isinstance(found, ClassType):
            return Instance(found)
        if isinstance(found, Instance):
            return self._bound_of(found)
        if isinstance(found, Symbol):
            tail = found.name.rpartition(".")[2]
            if found.name.startswith("builtins.") and tail in _PLAIN:
                return OPAQUE
            if tail in _SAYING_NOTHING or found.name.startswith(("builtins.", "typing")):
                return UNKNOWN
            return Instance(ClassType(found.name)) if tail[:1].isupper() else UNKNOWN
        return UNKNOWN

    def _bound_of(self, found: Instance) -> Type:
        """What a type variable stands for at least: its bound, or one of its constraints."""
        if found.origin is None:
            return UNKNOWN
        call, place = found.origin
        if found.cls.name == "typing.NewType" and len(call.args) == 2:
            return self.read(call.args[1], place)
        if found.cls.name not in TYPE_VARIABLES:
            return UNKNOWN
        for keyword in call.keywords:
            if keyword.arg == "bound":
                return self.read(keyword.value, place)
        return union(self.read(constraint, place) for constraint in call.args[1:])

    def _subscript(self, node: ast.Subscript, place: Place) -> Type:
        value = self._inference.type_of(node.value, place)
        if isinstance(value, ClassType):
            return Instance(value)
        if not isinstance(value, Symbol):
            return UNKNOWN
        kind = value.name.rpartition(".")[2]
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not arguments:
            return UNKNOWN
        first = arguments[0]
        if kind == "Optional":
            return union((self.read(first, place), NONE))
        if kind == "Union":
            return union(self.read(argument, place) for argument in arguments)
        if kind in _TRANSPARENT:
            return self.read(first, place)
        if kind in ("Type", "type"):
            read = self.read(first, place)
            return union(member.cls if isinstance(member, Instance) else UNKNOWN for member in members(read))
        if kind == "Callable":
            return Returning(self.read(arguments[-1], place))
        if kind in _AWAITED:
            return self.read(arguments[-1], place)
        if kind in ("tuple", "Tuple"):
            items = tuple(self.read(argument, place) for argument in arguments)
            plain = not any(isinstance(argument, ast.Constant) for argument in arguments)  # `...`
            return Holding(union(items), items if plain else ())
        if kind in _GIVING:
            return Holding(self.read(first, place))
        if kind in _KEYED and len(arguments) == 2:
            return Holding(self.read(arguments[1], place), keyed=True)
        return OPAQUE if kind in _PLAIN else UNKNOWN
