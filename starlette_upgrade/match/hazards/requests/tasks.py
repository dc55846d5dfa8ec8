"""A task that nobody waits for and that receives the body of a request: it may get its turn too late."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.requests.unread import received_later
from starlette_upgrade.match.hazards.unawaited import unawaited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`create_task(function(request))`: certain where the function that makes it ends without a pause."""
    for task in unawaited(match, context):
        for usage in received_later(active, task.later, task.call, context):
            yield usage if task.at_once else replace(usage, certain=False)
