"""`HTTPDigestAuth` of requests, given to a test client."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.client_calls import CLIENT
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.results import parents_at
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_DIGEST = "requests.auth.HTTPDigestAuth"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`client.get("/", auth=HTTPDigestAuth(…))` and `client.auth = HTTPDigestAuth(…)`."""
    inference = context.inference
    for call, place in context.candidates.calls:
        made = inference.type_of(call.func, place)
        if not (isinstance(made, Symbol | ClassType) and made.name == _DIGEST):
            continue
        parents = parents_at(place)
        around = parents.get(call)
        owner: ast.expr | None = None
        if isinstance(around, ast.keyword) and around.arg == "auth":
            sent = parents.get(around)
            if isinstance(sent, ast.Call) and isinstance(sent.func, ast.Attribute):
                owner = sent.func.value
        elif isinstance(around, ast.Assign) and isinstance(around.targets[0], ast.Attribute):
            owner = around.targets[0].value if around.targets[0].attr == "auth" else None
        if owner is None:
            continue
        receiver = judge_receiver(inference.type_of(owner, place), "auth", (CLIENT,), inference)
        if receiver is not None:
            yield Usage(active, call, place, match.names[0], CLIENT, None, call, receiver.certain, receiver.whole)
