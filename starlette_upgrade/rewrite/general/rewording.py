"""An expression becomes one that is made of it: `x.url` becomes `str(x.url)`, `x.get_dict()` becomes `dict(x)`."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.naming.names import is_free
from starlette_upgrade.rewrite.plan import CannotApply, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

# What stands for the whole expression in the new form, and for the object whose attribute it is.
_WHOLE, _OBJECT = "{}", "{object}"
_BUILTIN = re.compile(r"^(\w+)\(")


def plan_expression(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The attribute that the usage underlines takes the form of `fix.to`."""
    if not isinstance(usage.node, ast.Attribute) or not isinstance(usage.node.ctx, ast.Load):
        return Refusal("it is not read there")
    return _plan(usage.node, usage, fix, context)


def plan_call(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The call of the method that the usage underlines takes the form of `fix.to`; it must have no argument."""
    call = usage.call
    if call is None or call.func is not usage.node:
        return Refusal("the method is not called there")
    if call.args or call.keywords:
        return Refusal(f"`{usage.name}()` is given an argument")
    return _plan(call, usage, fix, context)


def _plan(node: ast.expr, usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    builtin = _BUILTIN.match(fix.to)
    if builtin and not is_free(builtin[1], f"builtins.{builtin[1]}", usage.place, context):
        return Refusal(f"the name `{builtin[1]}` is taken by something else here")
    change = partial(_reworded, form=fix.to)
    return Plan((edit_of(node, usage.place.statement, context.module.document, change),))


def _reworded(node: Any, *, form: str) -> cst.BaseExpression:
    """The form with the node (or its object) in it, inside the brackets that the node had."""
    import libcst as cst
    from libcst.helpers import parse_template_expression

    attribute = node.func if isinstance(node, cst.Call) else node
    if not isinstance(attribute, cst.Attribute):
        raise CannotApply("the attribute is not where it was")
    inner = attribute.value if _OBJECT in form else node.with_changes(lpar=(), rpar=())
    made = parse_template_expression(form.replace(_OBJECT, "{it}").replace(_WHOLE, "{it}"), it=inner)
    return made.with_changes(lpar=node.lpar, rpar=node.rpar)
