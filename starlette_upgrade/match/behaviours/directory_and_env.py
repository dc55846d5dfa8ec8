"""`Jinja2Templates(directory=…, env=…)`: one more than is allowed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_caught, is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of
from starlette_upgrade.semantics.types import NONE, ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_TEMPLATES = "starlette.templating.Jinja2Templates"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls with both, each of them something other than None."""
    inference = context.inference
    for call, place in context.candidates.calls:
        directory = argument_of(call, "directory", 0)
        keyword = next((keyword for keyword in call.keywords if keyword.arg == "env"), None)
        if directory is None or keyword is None or is_chosen(place) or is_caught(place, "AssertionError"):
            continue
        if any(_may_be_none(node) or inference.type_of(node, place) == NONE for node in (directory, keyword.value)):
            continue
        found = inference.type_of(call.func, place)
        if not isinstance(found, ClassType):
            continue
        line = inference.classes.line(found)
        own = any(inference.classes.defines(base, "__init__") for base in line)
        if any(base.name == _TEMPLATES for base in line) and not own:
            yield Usage(active, keyword, place, "env", _TEMPLATES, call, call, whole=False)


def _may_be_none(node: ast.expr) -> bool:
    """Whether an argument is chosen between something and None, or handed on from a parameter."""
    return isinstance(node, ast.IfExp | ast.BoolOp)
