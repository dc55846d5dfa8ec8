"""Renaming, removing, adding, naming and placing arguments, by keyword or by position."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.statement import comments_in
from starlette_upgrade.rewrite.text.fitting import margin_of, refitted
from starlette_upgrade.rewrite.text.listing import argument, keyword_of, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix

_WITH_EFFECT = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def plan_rename(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`old=value` becomes `new=value`."""
    call = usage.call
    if call is None or not isinstance(usage.node, ast.keyword):
        return Refusal("the argument is passed in a dict, not written in the call")
    if fix.absent and ast.unparse(usage.node.value) == fix.absent:
        return plan_removal(usage, fix, context)
    change = partial(_rename, old=usage.name, new=fix.to)
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),))


def _rename(call: cst.Call, *, old: str, new: str) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    if old not in names:
        raise CannotApply(f"no argument `{old}`")
    index = names.index(old)
    if new in names:
        changed = listing.without(index)
    else:
        changed = listing.replaced(index, listing.items[index].with_changes(keyword=cst.Name(new)))
    made: cst.Call = with_listing(call, changed)
    return made


def plan_removal(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The argument goes; `fix.to` is the keyword for a positional argument behind it."""
    call, node = usage.call, usage.node
    if call is None or (isinstance(node, ast.Constant) and node not in call.args):
        return Refusal("the argument is passed in a dict, not written in the call")
    value = node.value if isinstance(node, ast.keyword) else node
    if any(isinstance(child, _WITH_EFFECT) for child in ast.walk(value)):
        return Refusal("the argument's value does something itself, which removing it would lose")
    index = call.args.index(node) if isinstance(node, ast.expr) and node in call.args else None
    following = fix.to if index is not None else ""
    column, margin = _room(call, usage, context)
    change = partial(_remove, keyword=usage.name, index=index, following=following, column=column, margin=margin)
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),))


def _remove(
    call: cst.Call,
    *,
    keyword: str,
    index: int | None,
    following: str,
    column: int | None,
    margin: Callable[[], Margin],
) -> cst.Call:
    listing = listing_of(call)
    if index is None:
        names = [keyword_of(given) for given in listing.items]
        if keyword not in names:
            raise CannotApply(f"no argument `{keyword}`")
        index = names.index(keyword)
    if index >= len(listing.items):
        raise CannotApply("the argument is not where it was")
    changed = listing.without(index)
    if following and index < len(changed.items) and keyword_of(changed.items[index]) is None:
        # What came behind by position would slide into the place of the argument that went.
        named = argument(changed.items[index].value, following)
        changed = changed.replaced(index, named.with_changes(comma=changed.items[index].comma))
    made: cst.Call = with_listing(call, changed)
    return refitted(call, made, column, margin) if following else made


def _room(call: ast.Call, usage: Usage, context: Context) -> tuple[int | None, Callable[[], Margin]]:
    """The column of a call that is a statement's value, and the margin of the statement."""
    statement, document = usage.place.statement, context.module.document
    alone = getattr(statement, "value", None) is call
    column = document.column(call.lineno, call.col_offset) if alone else None
    return column, partial(margin_of, document, statement.lineno)


def plan_addition(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The missing argument, with the value `fix.to`: in front, or by keyword if the rule only knows a keyword.

    `fix.names` is that keyword where the usage is known by another name.
    """
    call, statement, document = usage.call, usage.place.statement, context.module.document
    if call is None:
        return Refusal("the call is not written out")
    keyword = fix.names[0] if fix.names else usage.name
    column, margin = _room(call, usage, context)
    change = partial(_add, keyword="" if usage.in_front else keyword, value=fix.to, column=column, margin=margin)
    return Plan((Edit(statement, document.span(call), "Call", change),))


def _add(call: cst.Call, *, keyword: str, value: str, column: int | None, margin: Callable[[], Margin]) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    added = argument(cst.parse_expression(value), keyword)
    made: cst.Call = with_listing(call, listing.inserted(len(listing.items) if keyword else 0, added))
    return refitted(call, made, column, margin)


def plan_placing(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`name=value` becomes the first positional argument."""
    call = usage.call
    if call is None or not isinstance(usage.node, ast.keyword):
        return Refusal("the argument is passed in a dict, not written in the call")
    change = partial(_place, keyword=usage.node.arg or "")
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),))


def _place(call: cst.Call, *, keyword: str) -> cst.Call:
    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    if keyword not in names:
        raise CannotApply(f"no argument `{keyword}`")
    index = names.index(keyword)
    if any(comments_in(listing.items[index].equal)):
        raise CannotApply("a comment stands inside of it")
    placed = argument(listing.items[index].value, "")
    made: cst.Call = with_listing(call, listing.without(index).inserted(0, placed))
    return made


def plan_naming(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Positional arguments get their keywords, from the one that the usage underlines to the last."""
    call, node = usage.call, usage.node
    if call is None or not isinstance(node, ast.expr) or node not in call.args:
        return Refusal("the argument is not given by position")
    first = call.args.index(node)
    if any(isinstance(given, ast.Starred) for given in call.args):
        return Refusal("some arguments are unpacked from a sequence")
    skipped = usage.skipped
    if len(call.args) - skipped > len(fix.names):
        return Refusal("there are more arguments than parameters")
    column, margin = _room(call, usage, context)
    change = partial(_name, first=first, names=(*[""] * skipped, *fix.names), column=column, margin=margin)
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),))


def _name(
    call: cst.Call, *, first: int, names: tuple[str, ...], column: int | None, margin: Callable[[], Margin]
) -> cst.Call:
    listing = listing_of(call)
    for index in range(first, len(listing.items)):
        given = listing.items[index]
        if keyword_of(given) is None and not given.star:
            named = argument(given.value, names[index])
            listing = listing.replaced(index, named.with_changes(comma=given.comma))
    made: cst.Call = with_listing(call, listing)
    return refitted(call, made, column, margin)
