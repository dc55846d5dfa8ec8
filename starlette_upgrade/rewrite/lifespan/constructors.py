"""The call that makes an application or router: which of its arguments are handlers, and which the lifespan."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.argument import initialiser, known_callee
from starlette_upgrade.rewrite.lifespan.registrations import LISTS, Event
from starlette_upgrade.ruleset.rule import ArgumentMatch
from starlette_upgrade.semantics.types import FunctionType

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place


@dataclass(frozen=True, slots=True)
class Family:
    """The classes that handlers are registered on; `positions` says where their constructors take them."""

    application: str
    router: str
    positions: tuple[int, int] | None = None

    @property
    def classes(self) -> tuple[str, str]:
        return self.application, self.router


STARLETTE = Family("starlette.applications.Starlette", "starlette.routing.Router", (4, 3))
FASTAPI = Family("fastapi.applications.FastAPI", "fastapi.routing.APIRouter")


@dataclass(frozen=True, slots=True)
class Constructor:
    """A call that ends in `Starlette(…)`, `Router(…)` or the like; `owner` says which.

    `handlers` are the arguments that list them, with their events, and `lifespan` the one beside them, if any but
    `None`. `gone` are the arguments that make place for the new lifespan: positions, and keywords.
    """

    call: ast.Call
    place: Place
    owner: str
    handlers: tuple[tuple[Event, ast.keyword | ast.expr], ...]
    lifespan: ast.expr | None
    gone: tuple[int | str, ...]

    @property
    def is_open(self) -> bool:
        """Whether a dict or list is unpacked into it, which may hold a lifespan."""
        starred = any(isinstance(given, ast.Starred) for given in self.call.args)
        return starred or any(keyword.arg is None for keyword in self.call.keywords)

    @property
    def is_of_self(self) -> bool:
        """Whether it is `super().__init__(…)`, or the like with `self` in front."""
        return isinstance(self.call.func, ast.Attribute) and self.call.func.attr == "__init__"


def constructor_of(call: ast.Call, place: Place, inference: Inference, family: Family) -> Constructor | None:
    """The call as a constructor of the family's own, which takes a `lifespan`; else None."""
    wanted = ArgumentMatch(family.classes, ("lifespan",))
    if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
        callee = initialiser(call.func, "lifespan", wanted, place, inference)
    else:
        callee = known_callee(inference.type_of(call.func, place), "lifespan", wanted, inference)
    if callee is None or not callee.certain or not callee.whole:
        return None
    handlers: list[tuple[Event, ast.keyword | ast.expr]] = []
    lifespan: ast.expr | None = None
    gone: list[int | str] = []
    plain = not any(isinstance(given, ast.Starred) for given in call.args)
    if family.positions is not None and plain:
        first = family.positions[family.classes.index(callee.owner)] + callee.skip
        for number, given in enumerate(call.args[first : first + 3]):
            gone.append(first + number)
            if number == 2:
                lifespan = given
            else:
                handlers.append(("shutdown" if number else "startup", given))
    for keyword in call.keywords:
        if keyword.arg in LISTS:
            gone.append(keyword.arg)
            handlers.append((LISTS[keyword.arg], keyword))
        elif keyword.arg == "lifespan":
            gone.append(keyword.arg)
            lifespan = keyword.value
    if isinstance(lifespan, ast.Constant) and lifespan.value is None:
        lifespan = None
    return Constructor(call, place, callee.owner, tuple(handlers), lifespan, tuple(gone))


def function_of(node: ast.expr, place: Place, inference: Inference) -> FunctionType | None:
    """The function that an argument surely is."""
    found = inference.type_of(node, place)
    return found if isinstance(found, FunctionType) else None
