"""The text of a lifespan for those who write it by hand: all that can be told, and a comment for the rest."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.lifespan import text
from starlette_upgrade.rewrite.lifespan.handlers import Handler, handlers_of
from starlette_upgrade.rewrite.plan import Refusal

if TYPE_CHECKING:
    from starlette_upgrade.rewrite.lifespan.groups import Group
    from starlette_upgrade.rewrite.lifespan.text import Handlers
    from starlette_upgrade.semantics.inference import Inference

_NAMES = text.Names(asynccontextmanager="contextlib.asynccontextmanager")


def suggested(group: Group, inference: Inference, step: str) -> str:
    """The lifespan that a group would have, and how its application gets it."""
    handlers: Handlers = {"startup": [], "shutdown": []}
    constructor = group.constructor
    if constructor is not None:
        for event, given in constructor.handlers:
            value = given.value if isinstance(given, ast.keyword) else given
            found = handlers_of(value, constructor.place, inference)
            if not isinstance(found, Refusal):
                handlers[event] = [*handlers[event], *map(_spelt_out, found)]
    for run in (group.inside, *group.outside):
        for registration in run:
            given_there = map(_spelt_out, registration.handlers)
            handlers[registration.event] = [*handlers[registration.event], *given_there]
    rows = text.lifespan(handlers, _NAMES, step)
    unknown = [f"{step}# here, or behind the `yield`, what {where} adds elsewhere" for where in _where(group)]
    made = ast.unparse(constructor.call.func) if constructor is not None else "Starlette"
    return "\n".join((*rows[:2], *unknown, *rows[2:], "", f"{made}(..., lifespan=lifespan)"))


def _where(group: Group) -> list[str]:
    places = (obstacle.partition(":")[0] for obstacle in group.obstacles)
    return list(dict.fromkeys(place for place in places if place.startswith("`")))


def _spelt_out(handler: Handler) -> Handler:
    """A handler whose expression stands in the text itself."""
    if not handler.made:
        return handler
    return Handler(handler.made, handler.calling, handler.many)
