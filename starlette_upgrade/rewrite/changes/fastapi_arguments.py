"""Arguments of `FastAPI` and of its routes that went, or that say nothing any more."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.general import arguments
from starlette_upgrade.rewrite.general.symbols import line_edit
from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of
from starlette_upgrade.rewrite.text.listing import keyword_of, listing_of, with_listing
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_RESPONSE_CLASSES = ("default_response_class", "response_class")


def plan_unknown(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """An argument that `FastAPI` only kept goes, unless the module asks `app.extra` for it."""
    tree = context.module.document.tree
    if any(isinstance(node, ast.Attribute) and node.attr == "extra" for node in ast.walk(tree)):
        return Refusal("this module reads `extra`, where the argument is kept")
    known = {name for match in usage.active.rule.matches for name in getattr(match, "known", ())}
    call = usage.call
    if call is None or not isinstance(usage.node, ast.keyword):
        return Refusal("the argument is passed in a dict, not written in the call")
    gone = [word for word in call.keywords if word.arg is not None and word.arg not in known]
    edits: list[Edit] = []
    for word in gone:  # a call is found once, whatever it has of them
        plan = arguments.plan_removal(_of_argument(usage, word), fix, context)
        if isinstance(plan, Refusal):
            return plan
        edits.extend(plan.edits)
    return Plan(tuple(edits))


def _of_argument(usage: Usage, word: ast.keyword) -> Usage:
    """The usage of another argument of the same call."""
    return replace(usage, node=word, name=word.arg or "")


def plan_prefix(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`old=value` becomes `new=value`, or `new=given or value` beside a `new` that may be empty."""
    call = usage.call
    given = next((word for word in call.keywords if word.arg == fix.to), None) if call is not None else None
    if call is None or given is None or not isinstance(usage.node, ast.keyword):
        return arguments.plan_rename(usage, fix, context)
    value = given.value
    if isinstance(value, ast.Constant):
        if value.value:
            return arguments.plan_removal(usage, replace(fix, to=""), context)
        return Refusal(f"`{fix.to}` is given as well, and is empty")
    if not all(isinstance(part, ast.Name | ast.Attribute) for part in (value, usage.node.value)):
        return Refusal(f"`{fix.to}` is given as well")
    change = partial(_merged, old=usage.name, new=fix.to)
    return Plan((edit_of(call, usage.place.statement, context.module.document, change),))


def _merged(call: cst.Call, *, old: str, new: str) -> cst.Call:
    """The call with `new=a or b` in the place of `old=b` and `new=a`."""
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(item) for item in listing.items]
    if old not in names or new not in names:
        raise CannotApply("the arguments are not what they were")
    kept, gone = listing.items[names.index(new)], listing.items[names.index(old)]
    value = cst.BooleanOperation(kept.value, cst.Or(), gone.value)
    changed = listing.replaced(names.index(new), kept.with_changes(value=value)).without(names.index(old))
    made: cst.Call = with_listing(call, changed)
    return made


def plan_response_class(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`default_response_class=` and `response_class=` go where they name the class, and so does its import."""
    if isinstance(usage.node, ast.Attribute):
        return _without_class(usage.node, usage.place.statement, context)
    statement, node = usage.parent, usage.node
    if not isinstance(node, ast.alias) or not isinstance(statement, ast.ImportFrom):
        return Refusal("it is not imported by its name")
    name = node.asname or node.name
    edits: list[Edit] = []
    for use, around, _ in references(name, usage.place.scope):
        made = _without_class(use, around, context)
        if isinstance(made, Refusal):
            return made
        edits.extend(made.edits)
    if not edits:
        return Refusal("it is imported for others, or for nothing")
    drop = partial(import_lines.dropped, old=node.name)
    return Plan((*edits, line_edit(statement, drop, context)))


def _without_class(use: ast.expr, statement: ast.stmt, context: Context) -> Plan | Refusal:
    document = context.module.document
    parents = parents_in(document.tree)
    keyword = parents[use]
    if not isinstance(keyword, ast.keyword) or keyword.arg not in _RESPONSE_CLASSES:
        return Refusal("it is used for more than as the class of responses that FastAPI makes")
    call = parents[keyword]
    assert isinstance(call, ast.Call)
    return Plan((edit_of(call, statement, document, partial(_without, keyword=keyword.arg)),))


def _without(call: cst.Call, *, keyword: str) -> cst.Call:
    listing = listing_of(call)
    names = [keyword_of(item) for item in listing.items]
    if keyword not in names:
        raise CannotApply(f"no argument `{keyword}`")
    made: cst.Call = with_listing(call, listing.without(names.index(keyword)))
    return made
