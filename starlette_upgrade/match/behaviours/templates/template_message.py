"""The message `http.response.template`, which an application or middleware waits for by name."""

from __future__ import annotations

import ast
import re
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
_IMPORTS = re.compile(r"^\s*(?:from|import) (?:starlette|fastapi)\b", re.MULTILINE)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Where messages are compared with the old name, in a module that has Starlette and not the new name.

    Who sends the message has templates of an own kind, and other frameworks have it, too.
    """
    document = context.module.document
    if not any(word in document.text for word in match.words) or _NEW in document.text:
        return
    if not _IMPORTS.search(document.text):
        return
    surroundings = inside(context.module.scope)
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Constant) and node.value in match.words:
            place = surroundings.place(node)
            parent = surroundings.parent(node)
            is_waited_for = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.Eq)
            if is_waited_for and not is_chosen(place):
                yield Usage(active, node, place, str(node.value), parent=parent)
