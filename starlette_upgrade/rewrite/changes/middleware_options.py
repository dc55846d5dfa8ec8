"""`Middleware(Class, options={…})` becomes `Middleware(Class, …)`, and `enabled=True` goes."""

from __future__ import annotations

import ast
import keyword
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.fitting import code_of, margin_of, refitted
from starlette_upgrade.rewrite.text.listing import argument, keyword_of, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The options are written out as arguments; what was on stays there."""
    call, node = usage.call, usage.node
    if call is None or not isinstance(node, ast.keyword):
        return Refusal("the options are passed in a dict, not written in the call")
    if usage.name == "enabled":
        if getattr(node.value, "value", None) is not True:
            return Refusal("an entry that may be off has to be left out of the list")
    elif isinstance(node.value, ast.Dict):
        names = [key.value if isinstance(key, ast.Constant) else None for key in node.value.keys if key is not None]
        if not all(isinstance(name, str) and _is_name(name) for name in names):
            return Refusal("not every option is one that a keyword can name")
    document, statement = context.module.document, usage.place.statement
    alone = getattr(statement, "value", None) is call
    change = partial(
        _spread,
        name=usage.name,
        column=document.column(call.lineno, call.col_offset) if alone else None,
        margin=partial(margin_of, document, statement.lineno),
    )
    return Plan((Edit(statement, document.span(call), "Call", change),))


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text) and text != "cls"


def _spread(call: cst.Call, *, name: str, column: int | None, margin: Callable[[], Margin]) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    if name not in names:
        raise CannotApply(f"no argument `{name}`")
    index = names.index(name)
    value = listing.items[index].value
    options: list[cst.Arg] = []
    if name == "options" and isinstance(value, cst.Dict):
        if "#" in code_of(value):
            raise CannotApply("there may be a comment among the options")
        options = [_option(entry) for entry in value.elements]
    elif name == "options" and code_of(value) != "None":
        options = [cst.Arg(value, star="**")]
    rest = listing.without(index)
    if len(options) == 1:
        rest = listing.replaced(index, options[0].with_changes(comma=listing.items[index].comma))
        options = []
    for number, option in enumerate(options):
        rest = rest.inserted(index + number, option)
    changed: cst.Call = with_listing(call, rest)
    return refitted(call, changed, column, margin)


def _option(entry: cst.BaseDictElement) -> cst.Arg:
    import libcst as cst

    if isinstance(entry, cst.DictElement):
        name = getattr(entry.key, "evaluated_value", None)
        assert isinstance(name, str)
        return argument(entry.value, name)
    return cst.Arg(entry.value, star="**")
