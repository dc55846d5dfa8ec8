"""The message `http.response.template`, which an application or middleware waits for by name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.surroundings import Surroundings
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_NEW = "http.response.debug"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where the old name is written out, in a module that does not know the new one."""
    document, scope = context.module.document, context.module.scope
    if not any(word in document.text for word in match.words) or _NEW in document.text:
        return
    whole = Place(scope, Block(None, None, "body"), document.tree.body[0])
    surroundings = Surroundings(whole)
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Constant) and node.value in match.words:
            place = surroundings.place(node)
            parent = surroundings.parent(node)
            if not isinstance(parent, ast.Expr) and not is_chosen(place):
                yield Usage(active, node, place, str(node.value), parent=parent)
