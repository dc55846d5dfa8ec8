"""The plan for a usage: which of its rule's fixes holds for it, and what that fix would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.rewrite import (
    arguments,
    attributes,
    decorators,
    jinja_environment,
    symbols,
    template_response,
)
from starlette_upgrade.rewrite.lifespan import generators
from starlette_upgrade.rewrite.lifespan import planning as lifespan
from starlette_upgrade.rewrite.plan import Plan, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

PLANNERS: dict[str, Callable[[Usage, Fix, Context], Plan | Refusal]] = {
    "replace-symbol": symbols.plan,
    "rename-attribute": attributes.plan_rename,
    "rename-argument": arguments.plan_rename,
    "remove-argument": arguments.plan_removal,
    "add-argument": arguments.plan_addition,
    "name-arguments": arguments.plan_naming,
    "place-argument": arguments.plan_placing,
    "decorator-to-call": decorators.plan,
    "template-response": template_response.plan,
    "jinja-environment": jinja_environment.plan,
    "lifespan": lifespan.plan,
    "lifespan-decorator": generators.plan,
}


def fix_for(usage: Usage, context: Context) -> Fix | None:
    """The first fix of the rule that is meant for the usage's receiver and name."""
    bases = set(context.inference.catalogue.bases(usage.receiver)) if usage.receiver else set()
    for fix in usage.active.rule.fixes:
        if fix.opt_in and not usage.active.chosen:
            continue
        if (not fix.receiver or fix.receiver in bases) and (not fix.only or usage.name in fix.only):
            return fix
    return None


def plan_for(usage: Usage, context: Context) -> Plan | Refusal:
    """The rewrite of a usage, or why there is none."""
    fix = fix_for(usage, context)
    if fix is None or fix.kind == "manual":
        return Refusal("")
    if not usage.certain:
        return Refusal("the type of the receiver is not known")
    if not usage.whole:
        return Refusal("the receiver may also be something else")
    return PLANNERS[fix.kind](usage, fix, context)
