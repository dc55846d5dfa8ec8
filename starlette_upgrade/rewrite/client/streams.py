"""`stream=True` goes from a request: the response was read in full all along."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import parents_at, uses_of
from starlette_upgrade.rewrite import arguments
from starlette_upgrade.rewrite.plan import Refusal

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.plan import Plan
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The argument goes, unless the response is entered: one of httpx is no context manager."""
    call = usage.call
    assert call is not None
    parents = parents_at(usage.place)
    if any(isinstance(parents.get(use), ast.withitem) for use in uses_of(call, parents)):
        return Refusal("the response is entered by `with`, which needs another form")
    return arguments.plan_removal(usage, fix, context)
