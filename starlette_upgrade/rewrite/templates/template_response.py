"""`TemplateResponse(name, {"request": request, …})` becomes `TemplateResponse(request, name, {…})`."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.partial_response import without_function
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.templates.passed_request import passed_request
from starlette_upgrade.rewrite.text.fitting import Margin, code_of, exploded, f_string_around, fitted, margin_of
from starlette_upgrade.rewrite.text.listing import Listing, argument, keyword_of, listing_of, with_listing

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.source.document import Document


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The request moves to the front; a context that held nothing else goes away."""
    call, statement, document = usage.call, usage.place.statement, context.module.document
    assert call is not None
    found = passed_request(without_function(call) if usage.skipped else call, usage.place, context)
    if isinstance(found, Refusal):
        return found
    alone = getattr(statement, "value", None)
    if isinstance(alone, ast.Await):
        alone = alone.value
    change = partial(
        _rewrite,
        request=partial(_text_of, found, call, statement, document),
        column=document.column(call.lineno, call.col_offset) if alone is call else None,
        margin=partial(margin_of, document, statement.lineno),
        skipped=usage.skipped,
    )
    return Plan((Edit(statement, document.span(call), "Call", change),))


def _text_of(request: ast.expr, call: ast.Call, statement: ast.stmt, document: Document) -> str:
    """The request as it is written, or as it would be where it is not."""
    if getattr(request, "end_lineno", None) is not None:
        text = document.segment(document.span(request))
        return f"({text})" if isinstance(request, ast.NamedExpr) or "\n" in text else text
    text = ast.unparse(request)
    around = f_string_around(call, statement)
    if around is not None and '"' in document.segment(document.span(around))[:3]:
        return text
    return text.replace("'", '"')


def _rewrite(
    call: cst.Call, *, request: Callable[[], str], column: int | None, margin: Callable[[], Margin], skipped: int
) -> cst.Call:
    import libcst as cst

    whole = listing_of(call)
    listing = replace(whole, items=whole.items[skipped:], gaps=whole.gaps[skipped:])
    names = [keyword_of(given) for given in listing.items]
    if "request" in names:
        listing = listing.without(names.index("request"))
        names.remove("request")
    by_name = "name" in names
    index = names.index("context") if "context" in names else 0 if by_name else 1
    if index < len(names) and names[index] in ("context", None):
        listing = _with_context(listing, index, may_go=not skipped)
    if by_name and any(keyword_of(given) is None for given in listing.items):
        raise CannotApply("a positional context beside name=")
    first = argument(cst.parse_expression(request()), "request" if by_name else "")
    listing = listing.inserted(0, first)
    items, gaps = (*whole.items[:skipped], *listing.items), (*whole.gaps[:skipped], *listing.gaps)
    changed: cst.Call = with_listing(call, replace(listing, items=items, gaps=gaps))
    if column is None:
        return changed
    room = margin()
    before = code_of(call)
    if "\n" in before:
        return exploded(changed, room)
    too_long_before = column - 1 + len(before) > room.width
    return changed if too_long_before else fitted(changed, column, "", room)


def _with_context(listing: Listing, index: int, *, may_go: bool) -> Listing:
    """The arguments with the request taken out of the context; an empty context goes where it can.

    Not by position from a partial, whose later arguments would move up.
    """
    import libcst as cst

    given = listing.items[index]
    inner = given.value
    if given.star or not isinstance(inner, cst.Call | cst.Dict) or not _is_written_out(inner):
        return listing
    entries = listing_of(inner)
    keys = [_key_of(entry) for entry in entries.items]
    if "request" not in keys or any(_is_unpacked(entry) for entry in entries.items[: keys.index("request")]):
        return listing  # there the entry may override one in what is unpacked before it
    rest = entries.without(keys.index("request"))
    if rest.items:
        return listing.replaced(index, given.with_changes(value=with_listing(inner, rest)))
    may_go = may_go or keyword_of(given) is not None
    if may_go and all(keyword_of(later) is not None for later in listing.items[index + 1 :]):
        return listing.without(index)
    return listing.replaced(index, given.with_changes(value=cst.Dict([])))


def _is_written_out(context: cst.Call | cst.Dict) -> bool:
    """Whether a context is `{…}` or `dict(…)`."""
    import libcst as cst

    return isinstance(context, cst.Dict) or (isinstance(context.func, cst.Name) and context.func.value == "dict")


def _is_unpacked(entry: cst.BaseDictElement | cst.Arg) -> bool:
    """Whether an entry brings others: `**context`, or `context` in `dict(context)`."""
    import libcst as cst

    if isinstance(entry, cst.Arg):
        return entry.keyword is None
    return isinstance(entry, cst.StarredDictElement)


def _key_of(entry: cst.BaseDictElement | cst.Arg) -> str | None:
    import libcst as cst

    if isinstance(entry, cst.Arg):
        return keyword_of(entry)
    if isinstance(entry, cst.DictElement) and isinstance(entry.key, cst.SimpleString):
        evaluated = entry.key.evaluated_value
        return evaluated if isinstance(evaluated, str) else None
    return None
