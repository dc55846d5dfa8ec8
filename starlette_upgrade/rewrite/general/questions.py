"""Questions about a client, routes or a response that have another form: each answers what it answered."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import is_only_asked, replaced, statement_around

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan_attribute(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`request.client.host` becomes `(request.client.host if request.client else None)`."""
    node, document = usage.node, context.module.document
    assert isinstance(node, ast.Attribute)
    if not all(isinstance(part, ast.Name | ast.Attribute | ast.expr_context) for part in ast.walk(node)):
        return Refusal("what it is asked of is made in the question")
    text, owner = (document.segment(document.span(part)) for part in (node, node.value))
    statement = statement_around(node, parents_in(document.tree))
    return Plan((replaced(node, statement, document, f"({text} if {owner} else None)"),))


def plan_none(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`x is None` becomes `not x`, and `x is not None` what it is true for."""
    node, document = usage.node, context.module.document
    assert isinstance(node, ast.Compare)
    if len(node.ops) > 1:
        return Refusal("it is compared with more than None")
    parents = parents_in(document.tree)
    text = document.segment(document.span(node.left))
    if isinstance(node.ops[0], ast.Is | ast.Eq):
        made = f"not {text}"
    else:
        made = text if is_only_asked(node, parents) else f"bool({text})"
    return Plan((replaced(node, statement_around(node, parents), document, made),))


def plan_isinstance(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`isinstance(x, …)` becomes `hasattr(x, "attribute")`; `fix.to` is the attribute."""
    node, document = usage.node, context.module.document
    assert isinstance(node, ast.Call)
    text = document.segment(document.span(node.args[0]))
    statement = statement_around(node, parents_in(document.tree))
    return Plan((replaced(node, statement, document, f'hasattr({text}, "{fix.to}")'),))
