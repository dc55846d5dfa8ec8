"""`Jinja2Templates(directory, **options)` becomes `Jinja2Templates(env=jinja2.Environment(…))`."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.fitting import (
    Margin,
    code_of,
    f_string_around,
    fitted,
    indentation_of,
    margin_of,
)
from starlette_upgrade.rewrite.listing import Listing, argument, keyword_of, listing_of, with_listing
from starlette_upgrade.rewrite.names import reach
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_OWN = frozenset({"context_processors", "env"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What the old constructor built from its options, written out."""
    call = usage.call
    if call is None or not isinstance(usage.node, ast.keyword):
        return Refusal("the options are passed in a dict, not written in the call")
    made = context.inference.type_of(call.func, usage.place)
    if (
        isinstance(made, ClassType)
        and context.inference.classes.owner(made, "_create_env", (usage.receiver,)) is None
    ):
        return Refusal("its class builds the environment itself, in `_create_env`")
    names = {keyword.arg for keyword in call.keywords}
    if None in names or any(isinstance(given, ast.Starred) for given in call.args):
        return Refusal("some arguments are unpacked from a variable")
    if "env" in names:
        return Refusal("env= is given already")
    if len(call.args) > 1 or (not call.args and "directory" not in names and "loader" not in names):
        return Refusal("the template directory is not where it is expected")
    environment = reach("jinja2.Environment", usage.place, context, module_style=True)
    loader = reach("jinja2.FileSystemLoader", usage.place, context, module_style=True)
    if isinstance(environment, Refusal):
        return environment
    if isinstance(loader, Refusal):
        return loader
    document = context.module.document
    change = partial(
        _rewrite,
        environment=environment.expression,
        loader=loader.expression,
        column=document.column(call.lineno, call.col_offset),
        indentation=indentation_of(document.lines[call.lineno - 1]),
        margin=partial(margin_of, document, usage.place.statement.lineno),
        one_line=f_string_around(call, usage.place.statement) is not None,
    )
    imports = tuple(dict.fromkeys((*environment.imports, *loader.imports)))
    return Plan((Edit(usage.place.statement, document.span(call), "Call", change),), imports)


def _rewrite(
    call: cst.Call,
    *,
    environment: str,
    loader: str,
    column: int,
    indentation: str,
    margin: Callable[[], Margin],
    one_line: bool,
) -> cst.Call:
    import libcst as cst

    room = margin()
    extra = indentation.removeprefix(room.block)
    listing = listing_of(call)
    kept, inner = _divided(listing, loader)
    environment_call = cst.Call(cst.parse_expression(environment))
    if not _is_stacked(listing):
        made = with_listing(environment_call, _flat(inner))
        outer = _flat(replace(kept, items=(*kept.items, argument(made, "env"))))
        flat: cst.Call = with_listing(call, outer)
        return flat if one_line else fitted(flat, column, extra, room)
    deeper = room.step if "\n" in code_of(listing.gaps[0]) else room.step * 2
    made = with_listing(environment_call, _stacked(inner, extra + room.step, room.step, deeper))
    outer = _stacked(kept, extra, room.step, "")
    last = replace(outer, items=(*outer.items, argument(made, "env")), trailing=bool(kept.items))
    changed: cst.Call = with_listing(call, replace(last, gaps=(*outer.gaps, _own_line(extra + room.step))))
    return changed


def _divided(listing: Listing, loader: str) -> tuple[Listing, Listing]:
    """The arguments that stay with the templates, and those of the environment, in their old order."""
    import libcst as cst

    names = [keyword_of(given) for given in listing.items]
    superfluous = (None, "directory") if "loader" in names else ()
    kept = listing.only([number for number, name in enumerate(names) if name in _OWN])
    inner = listing.only(
        [number for number, name in enumerate(names) if name not in _OWN and name not in superfluous]
    )
    for number, given in enumerate(inner.items):
        if keyword_of(given) in (None, "directory"):
            load = cst.Call(cst.parse_expression(loader), [cst.Arg(given.value)])
            inner = inner.replaced(number, argument(load, "loader").with_changes(comma=given.comma))
    if "autoescape" not in names:  # jinja2's own default is off, Starlette's was on
        loads = [number for number, given in enumerate(inner.items) if keyword_of(given) == "loader"]
        inner = inner.inserted(loads[0] + 1 if loads else 0, argument(cst.Name("True"), "autoescape"))
    return kept, inner


def _is_stacked(listing: Listing) -> bool:
    """Whether the arguments cannot or should not go on one line: they have lines of their own, or comments."""
    spaces = "".join(code_of(space) for space in (*listing.gaps, listing.closing))
    return listing.one_per_line or "#" in spaces or any("\n" in code_of(given.value) for given in listing.items)


def _flat(listing: Listing) -> Listing:
    import libcst as cst

    nothing, blank = cst.SimpleWhitespace(""), cst.SimpleWhitespace(" ")
    gaps = [blank if number else nothing for number in range(len(listing.items))]
    return Listing(listing.items, tuple(gaps), nothing, trailing=False)


def _stacked(listing: Listing, indentation: str, step: str, deeper: str) -> Listing:
    """Each argument on its line, one step inside `indentation`, with the comments that it had.

    What an argument itself has on further lines goes `deeper`.
    """
    items = tuple(given.with_changes(value=_deepened(given.value, deeper)) for given in listing.items)
    gaps = tuple(_own_line(indentation + step, gap) for gap in listing.gaps)
    return Listing(items, gaps, _own_line(indentation, listing.closing, inner=step), trailing=True)


def _own_line(
    indentation: str, space: cst.BaseParenthesizableWhitespace | None = None, *, inner: str = ""
) -> cst.ParenthesizedWhitespace:
    """A line break to an indentation, with the comments of `space` (those on their own lines `inner` deeper)."""
    import libcst as cst

    made = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indentation))
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return made
    lines = [
        line.with_changes(indent=True, whitespace=cst.SimpleWhitespace(indentation + inner))
        if line.comment is not None
        else line
        for line in space.empty_lines
    ]
    return made.with_changes(first_line=space.first_line, empty_lines=lines)


def _deepened(value: cst.BaseExpression, by: str) -> cst.BaseExpression:
    """The expression with every line but its first indented further."""
    import libcst as cst

    class Deeper(cst.CSTTransformer):
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            updated = super().on_leave(original_node, updated_node)
            if isinstance(updated, cst.ParenthesizedWhitespace):
                return updated.with_changes(last_line=cst.SimpleWhitespace(updated.last_line.value + by))
            if isinstance(updated, cst.EmptyLine) and updated.comment is not None:
                return updated.with_changes(whitespace=cst.SimpleWhitespace(updated.whitespace.value + by))
            return updated

    visited = value.visit(Deeper())
    assert isinstance(visited, cst.BaseExpression)
    return visited
