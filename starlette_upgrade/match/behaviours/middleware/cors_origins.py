"""`allow_origin_regex` that ends before an origin does: without the port, or within the host's name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.middleware import made_of, middleware_calls
from starlette_upgrade.match.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_CORS = "starlette.middleware.cors.CORSMiddleware"
# A local server is asked by its port; a scheme or a dot is never the end of an origin.
_UNFINISHED = re.compile(r"(?:localhost|127\\?\.0\\?\.0\\?\.1|://|\\\.)[)?]*$")


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Literal patterns that only the beginning of an origin can match."""
    for found in middleware_calls(context, "allow_origin_regex"):
        keyword = found.keyword("allow_origin_regex")
        if keyword is None or not made_of(found, _CORS, context.inference) or is_chosen(found.place):
            continue
        value = keyword.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _UNFINISHED.search(value.value):
            yield Usage(active, keyword, found.place, "allow_origin_regex", _CORS, found.call, found.call)
