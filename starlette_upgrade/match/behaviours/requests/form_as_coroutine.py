"""`request.form()` handed to what insists on a coroutine."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_REQUEST = "starlette.requests.Request"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls such as `asyncio.create_task(request.form())`."""
    for call, place in context.candidates.calls:
        name = last_name(call.func)
        if name not in match.names or not call.args or is_guarded(place, "form"):
            continue
        made = call.args[0]
        if not (isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr == "form"):
            continue
        found = context.inference.type_of(made.func.value, place)
        receiver = judge_receiver(found, "form", (_REQUEST,), context.inference)
        if receiver is not None:
            yield Usage(active, made, place, name, _REQUEST, call, call, receiver.certain, receiver.whole)
