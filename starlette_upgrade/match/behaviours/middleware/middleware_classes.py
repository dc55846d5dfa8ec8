"""Middleware classes that Starlette calls with arguments which they don't take."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.middleware import added_middleware, middleware_calls, parameters_of
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_OPTIONS = ("options", "enabled")


def find_without_app(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Classes of the project that are handed over as middleware, and whose `__init__` has no parameter `app`."""
    for found in added_middleware(context):
        if not found.handed_on or is_guarded(found.place):
            continue
        names = parameters_of(found.made, context.inference)
        if names and "app" not in names:
            name = last_name(found.node)
            yield Usage(active, found.node, found.place, name, "starlette.middleware.Middleware", None, found.call)


def find_options(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`Middleware(Class, options=…)` and `enabled=…` for a class that takes neither."""
    for found in middleware_calls(context, *_OPTIONS):
        function = context.inference.type_of(found.call.func, found.place)
        if not (found.handed_on and isinstance(function, ClassType)) or is_guarded(found.place):
            continue
        names = parameters_of(found.made, context.inference)
        for option in _OPTIONS:
            keyword = found.keyword(option)
            if keyword is not None and names is not None and option not in names:
                owner = last_name(found.node) if isinstance(found.node, ast.Name | ast.Attribute) else ""
                yield Usage(active, keyword, found.place, option, owner, found.call, found.call)
