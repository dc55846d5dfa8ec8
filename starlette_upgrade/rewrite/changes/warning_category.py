"""Filters and expectations of warnings whose category changed: the text goes on to tell them, or both are named."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.match.warning_filters import concern, parse
from starlette_upgrade.rewrite.plan import CannotApply, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of, statement_around
from starlette_upgrade.rewrite.text.listing import keyword_of, listing_of, with_listing
from starlette_upgrade.ruleset.rule import WarningMatch
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """A filter that names the text loses its category; an expectation gets the category `fix.to` beside its own."""
    call = usage.call
    assert call is not None
    if usage.name == "deprecated_call":
        return Refusal("`deprecated_call` expects its own categories")
    if usage.name.startswith(("warns", "assertWarns")):
        return _expectation(call, usage, fix, context)
    is_mark = isinstance(call.func, ast.Attribute) and last_name(call.func.value) == "mark"
    if is_mark:
        return _mark(call, usage, context)
    message = argument_of(call, "message", 1) if usage.name == "filterwarnings" else None
    if message is None:
        return Refusal("without a text it would hold for every warning")
    if len(call.args) > 3:
        return Refusal("more arguments follow by position")
    document = context.module.document
    return Plan((edit_of(call, statement_around(call, parents_in(document.tree)), document, _without_category),))


def _without_category(call: cst.Call) -> cst.Call:
    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    index = names.index("category") if "category" in names else 2
    if index >= len(names):
        raise CannotApply("the category is not where it was")
    made: cst.Call = with_listing(call, listing.without(index))
    return made


def _expectation(call: ast.Call, usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`warns(A)` becomes `warns((A, B))`."""
    document, change = context.module.document, partial(_joined, name=fix.to)
    return Plan((edit_of(call, statement_around(call, parents_in(document.tree)), document, change),))


def _joined(call: cst.Call, *, name: str) -> cst.Call:
    """The call with one more category in its first argument."""
    import libcst as cst

    first, *others = call.args
    category = first.value
    elements = list(category.elements) if isinstance(category, cst.Tuple) else [cst.Element(category)]
    *front, last = elements
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    added = cst.Element(cst.Name(name), comma=last.comma if front else cst.MaybeSentinel.DEFAULT)
    made = [*front, last.with_changes(comma=comma), added]
    both = category.with_changes(elements=made) if isinstance(category, cst.Tuple) else cst.Tuple(made)
    return call.with_changes(args=[first.with_changes(value=both), *others])


def _mark(call: ast.Call, usage: Usage, context: Context) -> Plan | Refusal:
    """`mark.filterwarnings("ignore:text:A")` becomes `mark.filterwarnings("ignore:text")`."""
    matches = [match for match in usage.active.rule.matches if isinstance(match, WarningMatch)]
    document, edits = context.module.document, []
    for given in call.args:
        text = getattr(given, "value", None)
        if not isinstance(text, str) or not any(concern(parse(text), match, ()) == "certain" for match in matches):
            continue
        parts = text.split(":")
        category = f":{parts[2]}"
        if len(parts) not in (3, 4) or text.count(category) != 1:
            return Refusal("what the filter says is not plain to see")
        change = partial(_shortened, old=category, new=":" if len(parts) == 4 else "")
        edits.append(edit_of(given, statement_around(call, parents_in(document.tree)), document, change))
    return Plan(tuple(edits)) if edits else Refusal("without a text it would hold for every warning")


def _shortened(node: cst.BaseExpression, *, old: str, new: str) -> cst.BaseExpression:
    """The text without its category, however many literals it is put together from."""
    import libcst as cst

    done: list[str] = []

    class Shortened(cst.CSTTransformer):
        def leave_SimpleString(  # noqa: N802
            self, _: cst.SimpleString, updated_node: cst.SimpleString
        ) -> cst.SimpleString:
            value = re.sub(rf"{re.escape(old)}(?=[:\s'\"])", new, updated_node.value)
            if value != updated_node.value:
                done.append(value)
            return updated_node.with_changes(value=value)

    made = node.visit(Shortened())
    if len(done) != 1 or not isinstance(made, cst.BaseExpression):
        raise CannotApply("the category is not written in one piece")
    return made
