"""Questions about a value that must be asked in another way: its truth, its class, what its text holds."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.general.attributes import is_one_string, string_edit
from starlette_upgrade.rewrite.plan import Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import is_only_asked, replaced, statement_around

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan_truth(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`if x` becomes `if x is not None`, and `not x` becomes `x is None`."""
    node, document = usage.node, context.module.document
    assert isinstance(node, ast.expr)
    parents = parents_in(document.tree)
    parent = parents[node]
    text = document.segment(document.span(node))
    if "\n" in text:
        return Refusal("it is broken into lines")
    if isinstance(parent, ast.UnaryOp):
        return Plan((replaced(parent, statement_around(parent, parents), document, f"{text} is None"),))
    if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and not is_only_asked(parent, parents):
        return Refusal("its value is used where it is true")
    return Plan((replaced(node, statement_around(node, parents), document, f"{text} is not None"),))


def plan_class(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`type(x) is C` becomes `isinstance(x, C)`."""
    node, document = usage.node, context.module.document
    assert isinstance(node, ast.Compare)
    asked, cls = node.left, node.comparators[0]
    if isinstance(asked, ast.Attribute) and asked.attr == "__name__":
        asked = asked.value
    value = asked.args[0] if isinstance(asked, ast.Call) else getattr(asked, "value", None)
    if not isinstance(value, ast.Name):
        return Refusal("what is asked for its class is not a plain name")
    name = usage.name if isinstance(cls, ast.Constant) else ast.unparse(cls)
    negation = "not " if isinstance(node.ops[0], ast.IsNot | ast.NotEq) else ""
    parents = parents_in(document.tree)
    text = f"{negation}isinstance({value.id}, {name})"
    return Plan((replaced(node, statement_around(node, parents), document, text),))


def plan_path(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`… in request.url.path` becomes `… in request.scope["path"]`."""
    node, document = usage.node, context.module.document
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn)):
        return Refusal("the path is used for more than the question whether it holds a backslash")
    path = node.comparators[0]
    if not (isinstance(path, ast.Attribute) and isinstance(path.value, ast.Attribute)):
        return Refusal("the path is looked for in a text")
    owner = document.segment(document.span(path.value.value))
    statement = statement_around(node, parents_in(document.tree))
    return Plan((replaced(path, statement, document, f'{owner}.scope["path"]'),))


def plan_text(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The text that a header is compared with gets its new form: `fix.replaces` maps words of it to others."""
    for node in ast.iter_child_nodes(usage.node):
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Constant) or not isinstance(value, str):
            continue
        for old, new in fix.replaces:
            if old in [part.strip() for part in value.split(",")]:
                if not is_one_string(node, context):
                    return Refusal("the text is put together from several")
                edit = string_edit(replace(usage, node=node), context, old, new)
                return edit if isinstance(edit, Refusal) else Plan((edit,))
    return Refusal("the text is not written out")
