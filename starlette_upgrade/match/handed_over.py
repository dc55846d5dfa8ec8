"""Which calls a function is handed to, and whether one of them makes it the lifespan of an application."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.types import ClassType, FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope
    from starlette_upgrade.semantics.uses import HandOver

APPLICATION = "starlette.applications.Starlette"
_ROUTER = "starlette.routing.Router"
_MAKERS = frozenset({"Starlette", "FastAPI", "Router", "APIRouter"})


def handed_over(function: Scope, takers: frozenset[str], inference: Inference) -> Iterator[HandOver]:
    """The calls of something called like one of `takers` that a function is handed to."""
    node = function.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for over in inference.uses.handed(node.name, function.module, takers):
        found = members(inference.type_of(over.node, over.place))
        if any(isinstance(member, FunctionType) and member.key == id(node) for member in found):
            yield over


def is_lifespan(function: Scope, inference: Inference) -> bool:
    """Whether a function is the lifespan of an application, or of a router."""
    for over in handed_over(function, _MAKERS, inference):
        if over.keyword == "lifespan":
            made = inference.type_of(over.call.func, over.place)
            if isinstance(made, ClassType):
                return any(base.name in (APPLICATION, _ROUTER) for base in inference.classes.line(made))
    return False
