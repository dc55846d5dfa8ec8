"""`type[Old[P]]` becomes `New[P]`, where a protocol for classes became one for what makes their objects."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.general.expansion import is_named_in_text
from starlette_upgrade.rewrite.general.symbols import line_edit
from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.naming.renaming import last
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of, replaced
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Every use inside of `type[…]`; one of another kind is for people."""
    new, node, statement = last(dict(fix.replaces)[usage.name]), usage.node, usage.parent
    if not isinstance(node, ast.alias) or not isinstance(statement, ast.ImportFrom) or node.asname is not None:
        return Refusal("it is not imported by its own name")
    if len(usage.place.scope.names.get(node.name, ())) != 1:
        return Refusal(f"`{node.name}` is bound more than once here")
    if is_named_in_text(node.name, context):
        return Refusal(f"a text names `{node.name}`")
    document = context.module.document
    parents = parents_in(document.tree)
    edits: list[Edit] = []
    for use, around, _ in references(node.name, usage.place.scope):
        inner: ast.expr = use
        parent = parents[use]
        if isinstance(parent, ast.Subscript) and parent.value is use:
            inner, parent = parent, parents[parent]
        is_type = isinstance(parent, ast.Subscript) and parent.slice is inner
        if not isinstance(parent, ast.Subscript) or not is_type or last_name(parent.value) not in ("type", "Type"):
            return Refusal("it is used otherwise than as `type[…]`, and its successor is no class")
        edits.append(replaced(use, around, document, new))
        edits.append(edit_of(parent, around, document, _content))
    rename = partial(import_lines.renamed, old=node.name, new=new)
    return Plan((*edits, line_edit(statement, rename, context)))


def _content(node: cst.Subscript) -> cst.BaseExpression:
    """What stands between the brackets."""
    import libcst as cst

    (element,) = node.slice
    if not isinstance(element.slice, cst.Index):
        raise CannotApply("it is not a type")
    return element.slice.value
