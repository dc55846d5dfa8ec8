"""Code that catches an error gets the one beside it that is raised now."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.catching import clauses_around
from starlette_upgrade.rewrite.naming.names import Reach, is_free, reach
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of
from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.rewrite.text.tuples import span_of_tuple
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`except Old` becomes `except (Old, New)`; `fix.replaces` maps the errors that were raised to the new one."""
    new = dict(fix.replaces)
    for clause in clauses_around(usage.place, context.inference):
        added = next((new[name] for name in clause.names if name in new), None)
        if added is None:
            continue
        if clause.call is not None and last_name(clause.call.func) == "suppress":
            return Refusal("the errors are arguments of `suppress`")
        if clause.call is not None and clause.call.keywords:
            return Refusal("it is expected together with its text")
        found = _reach(added, usage.place, context)
        if isinstance(found, Refusal):
            return found
        change, document = partial(_with, name=found.expression), context.module.document
        if isinstance(clause.node, ast.Tuple):
            span = span_of_tuple(clause.node, document)
            return Plan((Edit(clause.statement, span, "Tuple", change),), found.imports)
        return Plan((edit_of(clause.node, clause.statement, document, change),), found.imports)
    return Refusal("it is caught elsewhere")


def _reach(error: str, place: Place, context: Context) -> Reach | Refusal:
    module, _, name = error.rpartition(".")
    if module != "builtins":
        return reach(error, place, context)
    return Reach(name) if is_free(name, error, place, context) else Refusal(f"the name `{name}` is taken here")


def _with(node: cst.BaseExpression, *, name: str) -> cst.BaseExpression:
    import libcst as cst

    added = cst.Element(cst.parse_expression(name))
    if not isinstance(node, cst.Tuple):
        return cst.Tuple([cst.Element(node), added], lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    if any(code_of(element.value) == name for element in node.elements):  # by the plan of a usage beside this one
        return node
    *others, last = node.elements
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return node.with_changes(elements=[*others, last.with_changes(comma=comma), added])
