"""The answers to "what is this expression?": a small set of types."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.semantics.scopes import Module, Place, Scope

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known: it may be anything."""


@dataclass(frozen=True, slots=True)
class NoneValue:
    """The constant None."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A plain value (a string, a number, a list …): surely no object of Starlette's."""


@dataclass(frozen=True, slots=True)
class ModuleType:
    """A module of the project's own."""

    module: Module = field(compare=False, repr=False)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A dotted name from outside the project, of which no more is known: a module, function or constant."""

    name: str


@dataclass(frozen=True, slots=True)
class ClassType:
    """A class, by its canonical dotted name. `scope` is its body where the project defines it."""

    name: str
    scope: Scope | None = field(default=None, compare=False, repr=False)
    key: int = 0


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class. `origin` is the call that made it, where that was seen."""

    cls: ClassType
    origin: tuple[ast.Call, Place] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function that the project defines; `receiver` is what it is bound to."""

    node: FunctionNode = field(compare=False, repr=False)
    scope: Scope = field(compare=False, repr=False)
    key: int
    receiver: Type | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a known class from outside the project, with what calling it gives."""

    owner: str
    name: str
    result: Type
    receiver: Type


@dataclass(frozen=True, slots=True)
class Returning:
    """Something callable of which only the result is known (`Callable[..., X]`, `partial(X)`)."""

    result: Type


@dataclass(frozen=True, slots=True)
class Holding:
    """A context manager or iterable that gives `item` (a generator, `list[X]`), or a dict with such values.

    `items` are those of a tuple or list that is written out, one by one; `keyed` says that it is a dict.
    """

    item: Type
    items: tuple[Type, ...] = ()
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` inside a method of `cls`."""

    cls: ClassType
    receiver: Type


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types."""

    members: tuple[Type, ...]


Type = (
    Unknown
    | NoneValue
    | Opaque
    | ModuleType
    | Symbol
    | ClassType
    | Instance
    | FunctionType
    | Method
    | Returning
    | Holding
    | Super
    | Union
)

UNKNOWN = Unknown()
NONE = NoneValue()
OPAQUE = Opaque()


def members(found: Type) -> Iterator[Type]:
    """The types that `found` may be, one by one."""
    if isinstance(found, Union):
        yield from found.members
    else:
        yield found


def union(types: Iterable[Type]) -> Type:
    """One type for several, flat and without repetition."""
    given = tuple(types)
    if len(given) == 1:
        return given[0]
    flat = tuple(dict.fromkeys(member for found in given for member in members(found)))
    if not flat:
        return UNKNOWN
    return flat[0] if len(flat) == 1 else Union(flat)


def without_none(found: Type) -> Type:
    return union(member for member in members(found) if member != NONE)


def union_of_known(types: Iterable[Type]) -> Type:
    """The union of those that are known: what says nothing takes nothing away."""
    return union(found for found in types if found != UNKNOWN)
