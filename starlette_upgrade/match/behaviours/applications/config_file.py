"""Overrides of `Config._read_file` that don't take the encoding."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match import override
from starlette_upgrade.ruleset.rule import OverrideMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Methods that take the name of the file alone."""
    for usage in override.find(active, OverrideMatch(match.classes, match.members), context):
        if isinstance(usage.node, ast.FunctionDef) and not usage.node.decorator_list:
            taken = usage.node.args
            if len(taken.posonlyargs) + len(taken.args) == 2 and taken.vararg is None:
                yield usage
