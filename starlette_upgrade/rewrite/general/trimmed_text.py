"""A text without the characters that it must not begin with."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.general.attributes import is_one_string
from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`"/text"` becomes `"text"`; `fix.to` is what goes."""
    node = usage.node
    if not isinstance(node, ast.Constant) or not is_one_string(node, context):
        return Refusal("the text is put together from several strings, or written with escapes")
    if not str(node.value).lstrip(fix.to):
        return Refusal("nothing of the text would be left")

    def change(string: cst.SimpleString) -> cst.SimpleString:
        inner = string.raw_value.lstrip(fix.to)
        return string.with_changes(value=f"{string.prefix}{string.quote}{inner}{string.quote}")

    return Plan((edit_of(node, usage.place.statement, context.module.document, change),))
