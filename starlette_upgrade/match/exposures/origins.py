"""`allow_origin_regex` that does not say where an origin ends."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.middleware import made_of, middleware_calls
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_CORS = "starlette.middleware.cors.CORSMiddleware"
# It says so itself, or admits any ending.
_ENDINGS = ("$", "\\Z", ".*", ".+", "$)", ".*)")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Patterns that are written out; others are possible ones."""
    for found in middleware_calls(context, *match.keywords):
        keyword = found.keyword("allow_origin_regex")
        if keyword is None or not made_of(found, _CORS, context.inference):
            continue
        value = getattr(keyword.value, "value", "")
        if isinstance(keyword.value, ast.Constant):
            if isinstance(value, str) and not value.endswith(_ENDINGS):
                yield Usage(active, keyword, found.place, "allow_origin_regex", _CORS, found.call, found.call)
        else:
            yield Usage(
                active, keyword, found.place, "allow_origin_regex", _CORS, found.call, found.call, certain=False
            )
