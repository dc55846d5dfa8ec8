"""`TestClient(app, base_url=…)` whose URL has a path, which 0.34 puts before the path of every request."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette_upgrade.match.client_calls import CLIENT
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Clients that are made with such a URL, written out."""
    classes = context.inference.classes
    for call, place in context.candidates.calls:
        cls = context.inference.type_of(call.func, place)
        if not isinstance(cls, ClassType):
            continue
        line = classes.line(cls)
        if not any(base.name == CLIENT for base in line) or any(classes.defines(base, "__init__") for base in line):
            continue
        url = argument_of(call, "base_url", 1)
        if (
            isinstance(url, ast.Constant)
            and isinstance(url.value, str)
            and urlsplit(url.value).path not in ("", "/")
        ):
            yield Usage(active, url, place, "base_url", CLIENT, None, call)
