"""`client.delete(url, json=…)` becomes `client.request("DELETE", url, json=…)`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.clients.redirects import is_asked_for_redirect
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.fitting import f_string_around, margin_of, refitted
from starlette_upgrade.rewrite.text.listing import argument, listing_of, with_listing
from starlette_upgrade.semantics.types import Super

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.source.document import Document

_METHODS = frozenset({"delete", "get", "head", "options"})
# With these methods the client followed redirects before 0.21.
_FOLLOWED = frozenset({"get", "options"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The method's name moves to the front of the arguments; all others stay."""
    call, statement, document = usage.call, usage.place.statement, context.module.document
    assert call is not None
    function = call.func
    if usage.skipped or not isinstance(function, ast.Attribute) or function.attr not in _METHODS:
        return Refusal("the method is handed over, not called here")
    if isinstance(context.inference.type_of(function.value, usage.place), Super):
        return Refusal("`super().request()` would pass by what the class itself does in `request()`")
    if function.attr in _FOLLOWED and is_asked_for_redirect(call, usage.place):
        return Refusal(f"`{function.attr}()` followed redirects before, and `request()` did not")
    change = partial(
        _rewrite,
        method=_quoted(function.attr.upper(), call, statement, document),
        column=document.column(call.lineno, call.col_offset) if _is_alone(call, statement) else None,
        margin=partial(margin_of, document, statement.lineno),
    )
    return Plan((Edit(statement, document.span(call), "Call", change),))


def _is_alone(call: ast.Call, statement: ast.stmt) -> bool:
    return getattr(statement, "value", None) is call


def _quoted(text: str, call: ast.Call, statement: ast.stmt, document: Document) -> str:
    """The text in the quotes of the URL beside it, or in those that an f-string around it leaves."""
    around = f_string_around(call, statement)
    if around is not None:
        quote = "'" if '"' in document.segment(document.span(around))[:5] else '"'
        return f"{quote}{text}{quote}"
    url = call.args[0] if call.args else None
    written = document.segment(document.span(url)) if isinstance(url, ast.Constant | ast.JoinedStr) else ""
    quote = "'" if written.lstrip("fFrRbBuU").startswith("'") else '"'
    return f"{quote}{text}{quote}"


def _rewrite(call: cst.Call, *, method: str, column: int | None, margin: Callable[[], Margin]) -> cst.Call:
    import libcst as cst

    function = call.func
    if not isinstance(function, cst.Attribute):
        raise CannotApply("the method is not called by its name")
    if function.attr.value == "request":  # another argument of the call has led here before
        return call
    named = call.with_changes(func=function.with_changes(attr=cst.Name("request")))
    listing = listing_of(call).inserted(0, argument(cst.SimpleString(method)))
    changed: cst.Call = with_listing(named, listing)
    return refitted(call, changed, column, margin)
