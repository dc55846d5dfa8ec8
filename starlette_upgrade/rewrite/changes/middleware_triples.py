"""`for cls, options in middleware` becomes `for cls, args, options in middleware`, and so do their calls."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import above, parents_at
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.listing import argument, keyword_of, listing_of, with_listing
from starlette_upgrade.rewrite.text.tuples import span_of_tuple
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

_BY_POSITION = (
    "The application is passed to each class by position, as Starlette does from 0.41.3 on: a class that takes it "
    "as `app=` and not as its first argument raises."
)
_REBUILDING = frozenset({"Middleware", "add_middleware"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """A third name in the middle, which the calls pass on that get the options."""
    target, place = usage.node, usage.place
    if not isinstance(target, ast.Tuple) or not all(isinstance(element, ast.Name) for element in target.elts):
        return Refusal("what it is taken apart into are not two names")
    cls, options = (element.id for element in target.elts if isinstance(element, ast.Name))
    calls = list(_calls_with(cls, options, usage))
    used = _names_around(place)
    wished = ("args", "arguments") if calls else ("_", "args", "arguments")
    name = next((name for name in wished if name not in used), None)
    if name is None:
        return Refusal("the names `args` and `arguments` are taken here")
    if any(_passes_app_twice(call) for call in calls):
        return Refusal("the application is passed by keyword, behind other arguments")
    document, parents = context.module.document, parents_at(place)
    edits = [Edit(place.statement, span_of_tuple(target, document), "Tuple", partial(_with_third, name=name))]
    for call in calls:
        statement = next((node for node in above(call, parents) if isinstance(node, ast.stmt)), place.statement)
        edits.append(Edit(statement, document.span(call), "Call", partial(_passing_on, name=name, options=options)))
    by_keyword = any(keyword.arg == "app" for call in calls for keyword in call.keywords)
    return Plan(tuple(edits), unsafe_because=_BY_POSITION if by_keyword else "")


def _calls_with(cls: str, options: str, usage: Usage) -> Iterator[ast.Call]:
    """The calls that get the options: of the class, or of what makes a `Middleware` of both again."""
    loop, statement = usage.parent, usage.place.statement
    around = [usage.place.scope.node] if isinstance(loop, ast.Assign) else [statement]
    for node in (found for root in around for found in ast.walk(root)):
        if not isinstance(node, ast.Call) or node.lineno < statement.lineno:
            continue
        if not any(
            keyword.arg is None and getattr(keyword.value, "id", "") == options for keyword in node.keywords
        ):
            continue
        is_first = bool(node.args) and getattr(node.args[0], "id", "") == cls
        if getattr(node.func, "id", "") == cls or (is_first and last_name(node.func) in _REBUILDING):
            yield node


def _names_around(place: Place) -> set[str]:
    """Every name that the function around a place mentions."""
    scope = place.scope
    while scope.parent is not None and not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        scope = scope.parent
    nodes = list(ast.walk(scope.node))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.arg for node in nodes if isinstance(node, ast.arg)}


def _passes_app_twice(call: ast.Call) -> bool:
    return bool(call.args) and any(keyword.arg == "app" for keyword in call.keywords)


def _with_third(target: cst.Tuple, *, name: str) -> cst.Tuple:
    import libcst as cst

    first, last = target.elements
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return target.with_changes(elements=[first, cst.Element(cst.Name(name), comma=comma), last])


def _passing_on(call: cst.Call, *, name: str, options: str) -> cst.Call:
    """The call with `*args` behind its positional arguments, of which the application is the first."""
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    if "app" in names:
        index = names.index("app")
        app = argument(listing.items[index].value)
        listing = listing.replaced(index, app.with_changes(comma=listing.items[index].comma))
        if index:
            listing = listing.without(index).inserted(0, app)
    items = listing.items
    behind = sum(given.star == "" and given.keyword is None for given in items)
    if not any(given.star == "**" and getattr(given.value, "value", "") == options for given in items):
        raise CannotApply("the options are not passed any more")
    made: cst.Call = with_listing(call, listing.inserted(behind, cst.Arg(cst.Name(name), star="*")))
    return made
