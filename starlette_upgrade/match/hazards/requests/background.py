"""A background task that receives the body of a request: it runs when the response is sent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.later import called_later
from starlette_upgrade.match.hazards.requests.unread import received_later
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, Instance, Method, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.later import Later
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

TASKS = frozenset({"starlette.background.BackgroundTask", "starlette.background.BackgroundTasks"})


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`BackgroundTask(function, request)` and `tasks.add_task(function, request)`, or a function that sees it."""
    names = {*match.names, *context.candidates.callables}
    for call, place in context.candidates.calls:
        later = background_task(call, place, context.inference) if last_name(call.func) in names else None
        if later is not None:
            yield from received_later(active, later, call, context)


def background_task(call: ast.Call, place: Place, inference: Inference) -> Later | None:
    """The function that a call makes a background task."""
    if not makes_task(call, place, inference):
        return None
    node = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "func"), None)
    skip = 1 if call.args else 0
    return None if node is None else called_later(call, node, place, inference, skip)


def makes_task(call: ast.Call, place: Place, inference: Inference) -> bool:
    """Whether a call makes a background task, or adds one to others."""
    found = list(members(inference.type_of(call.func, place)))
    return bool(found) and all(
        (isinstance(member, ClassType) and _is_task(member, inference))
        or (
            isinstance(member, Method)
            and member.name == "add_task"
            and isinstance(member.receiver, Instance)
            and _is_task(member.receiver.cls, inference)
        )
        for member in found
    )


def _is_task(cls: ClassType, inference: Inference) -> bool:
    line = inference.classes.line(cls)
    return any(base.name in TASKS for base in line) and all(base.scope is None for base in line)
