"""Values of None leave the headers, query parameters or form of a request, which left them out."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.listing import keyword_of, listing_of, with_listing

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

# The headers that a client sends itself, of which None asked it not to.
_OF_THE_CLIENT = frozenset({"accept", "accept-encoding", "connection", "user-agent"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The entries go whose value is None; where nothing is left of them, so does the argument."""
    call, name = usage.call, usage.name
    assert isinstance(call, ast.Call)
    given = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    if not isinstance(given, ast.Dict) or not isinstance(usage.node, ast.Constant):
        return Refusal("the value is not written as None in the call")
    indices = _none_in(given)
    for index in indices:
        key = given.keys[index]
        if not isinstance(key, ast.Constant | ast.Name | ast.Attribute):
            return Refusal("its key does something itself, which removing it would lose")
        if any(other is None or ast.dump(other) == ast.dump(key) for other in given.keys[:index]):
            return Refusal("it may take back a value that comes before it")
        if name == "headers" and (not isinstance(key, ast.Constant) or _is_of_the_client(key.value)):
            return Refusal("the client may send this header itself, which None asked it not to")
    if name == "data" and len(indices) == len(given.keys):
        return Refusal("nothing would be left of the form, which then had no content type")
    change = partial(_without, name=name, indices=indices)
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),))


def _none_in(given: ast.Dict) -> tuple[int, ...]:
    return tuple(
        index
        for index, (key, value) in enumerate(zip(given.keys, given.values, strict=True))
        if key is not None and isinstance(value, ast.Constant) and value.value is None
    )


def _is_of_the_client(header: object) -> bool:
    text = header.decode("latin-1") if isinstance(header, bytes) else str(header)
    return text.lower() in _OF_THE_CLIENT


def _without(call: cst.Call, *, name: str, indices: tuple[int, ...]) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    if name not in names:
        raise CannotApply(f"no argument `{name}`")
    at = names.index(name)
    given = listing.items[at]
    entries = listing_of(cst.ensure_type(given.value, cst.Dict))
    for index in reversed(indices):
        entries = entries.without(index)
    if entries.items:
        listing = listing.replaced(at, given.with_changes(value=with_listing(given.value, entries)))
    else:
        listing = listing.without(at)
    changed: cst.Call = with_listing(call, listing)
    return changed
