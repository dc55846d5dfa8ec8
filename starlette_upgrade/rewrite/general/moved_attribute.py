"""An attribute of one class that another class has now: `Old.x` becomes `New.y`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import replaced
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`fix.to` is the attribute with its class, in full. What was set on one object can't be set on a class."""
    node, place = usage.node, usage.place
    if not isinstance(node, ast.Attribute):
        return Refusal("it belongs to a class of the project's own, which nothing asks any more")
    found = context.inference.type_of(node.value, place)
    if isinstance(node.ctx, ast.Del):
        return Refusal("it is deleted")
    if isinstance(node.ctx, ast.Store) and not (isinstance(found, ClassType) and found.name == usage.receiver):
        return Refusal("it is set on one object, or on a class of the project's own")
    cls, _, attribute = fix.to.rpartition(".")
    owner = reach(cls, place, context)
    if isinstance(owner, Refusal):
        return owner
    made = f"{owner.expression}.{attribute}"
    return Plan((replaced(node, place.statement, context.module.document, made),), owner.imports)
