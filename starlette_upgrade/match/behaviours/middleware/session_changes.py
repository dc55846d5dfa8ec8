"""Changes of the session that are not saved: of a list or dict inside of it, and by methods that it overlooks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.sessions import CONNECTION, stories
from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.places import holds
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find_nested(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`request.session["cart"].append(item)` and the like, without a write to the session itself."""
    for story in stories(context) if holds(context.module, match.words) else ():
        for event in story.changes:
            if not story.is_saved(event) and not is_chosen(event.place, "mark_modified"):
                certain = not story.unseen
                yield Usage(active, event.node, event.place, "session", CONNECTION, certain=certain, whole=certain)


def find_overlooked(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`request.session.popitem()`, and `|=` on the session."""
    for story in stories(context) if holds(context.module, match.words) else ():
        for event in story.removals:
            if not story.is_saved(event) and not is_chosen(event.place, "mark_modified"):
                name = "popitem()" if isinstance(event.node, ast.Call) else "|="
                certain = not story.unseen
                yield Usage(active, event.node, event.place, name, CONNECTION, certain=certain, whole=certain)
