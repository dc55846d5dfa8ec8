"""`max_age=0` of SessionMiddleware."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.middleware import made_of, middleware_calls
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_SESSION = "starlette.middleware.sessions.SessionMiddleware"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """The literal 0, by keyword."""
    for found in middleware_calls(context, "max_age"):
        keyword = found.keyword("max_age")
        value = keyword.value if keyword is not None else None
        if not isinstance(value, ast.Constant) or value.value != 0 or value.value is False:
            continue
        if keyword is not None and made_of(found, _SESSION, context.inference) and not is_chosen(found.place):
            yield Usage(active, keyword, found.place, "max_age", _SESSION, found.call, found.call)
