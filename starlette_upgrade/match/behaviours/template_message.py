"""The message `http.response.template`, which an application or middleware waits for by name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_NEW = "http.response.debug"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the old name is written out, in a module that does not know the new one."""
    document = context.module.document
    if not any(word in document.text for word in match.words) or _NEW in document.text:
        return
    surroundings = inside(context.module.scope)
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Constant) and node.value in match.words:
            place = surroundings.place(node)
            parent = surroundings.parent(node)
            if not isinstance(parent, ast.Expr) and not is_chosen(place):
                yield Usage(active, node, place, str(node.value), parent=parent)
