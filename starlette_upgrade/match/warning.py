"""Usages in code that expect or filter warnings: `pytest.warns`, `warnings.filterwarnings` and their kin."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.match.warning_filters import WarningFilter, concern, parse, speaks_of
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.semantics.naming import argument_of, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import WarningMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

# Where each takes the pattern for the text.
_EXPECTATIONS = {
    "warns": ("match", None),
    "deprecated_call": ("match", None),
    "assertWarnsRegex": ("", 1),
    "assertWarns": ("", None),
}
_FILTERS = ("filterwarnings", "simplefilter")


def find(active: ActiveRule, match: WarningMatch, context: Context, others: Sequence[Usage]) -> Iterator[Usage]:
    """Every filter or expectation for the rule's warnings. `others` are usages of other rules, which may warn."""
    warned = [usage.node.lineno for usage in others if _warns(usage, active, match)]
    for call, place in context.candidates.calls:
        name = last_name(call.func)
        if name in _EXPECTATIONS:
            is_meant = _is_expectation(call, name, match, place, warned)
        elif name in _FILTERS and not _is_mark(call):
            is_meant = _is_filter(call, name, match, place, warned)
        elif name == "filterwarnings":
            is_meant = _is_mark_for(call, match, place, warned)
        else:
            continue
        if is_meant and not is_chosen(place, "StarletteDeprecationWarning"):
            yield Usage(active, call, place, name, call=call)


def _warns(usage: Usage, active: ActiveRule, match: WarningMatch) -> bool:
    """Whether a usage gave a warning of the old category before the rule's change, and gives one still."""
    rule, changed = usage.active.rule, active.rule.changed
    if not (usage.certain and usage.active.verdict.impact is Impact.DEPRECATED and changed and rule.deprecated):
        return False
    said = not rule.warnings or any(text.startswith(match.category) for text in rule.warnings)
    return rule.deprecated < changed and said


def _is_expectation(call: ast.Call, name: str, match: WarningMatch, place: Place, warned: Sequence[int]) -> bool:
    if name != "deprecated_call" and (not call.args or not _is_category(call.args[0], match)):
        return False
    keyword, position = _EXPECTATIONS[name]
    text = argument_of(call, keyword, position)
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return speaks_of(text.value, match, anywhere=True)
    return text is None and any(_inside(line, _body_under(call, place)) for line in warned)


def _is_filter(call: ast.Call, name: str, match: WarningMatch, place: Place, warned: Sequence[int]) -> bool:
    """`filterwarnings(action, message, category, module)` or `simplefilter(action, category)`."""
    is_simple = name == "simplefilter"
    category = argument_of(call, "category", 1 if is_simple else 2)
    if category is None or not _is_category(category, match):
        return False
    message = None if is_simple else argument_of(call, "message", 1)
    module = None if is_simple else argument_of(call, "module", 3)
    if isinstance(message, ast.Constant) and isinstance(message.value, str) and message.value:
        return concern(WarningFilter("", message.value, match.category), match, ()) == "certain"
    if message is not None or module is not None:
        return False
    # A filter for all: it is for Starlette's warnings where one is given in what it holds for.
    return any(_inside(line, _rest_of_with(place)) for line in warned)


def _is_mark(call: ast.Call) -> bool:
    """Whether it is pytest.mark.filterwarnings, which takes filters as texts."""
    return isinstance(call.func, ast.Attribute) and last_name(call.func.value) == "mark"


def _is_mark_for(call: ast.Call, match: WarningMatch, place: Place, warned: Sequence[int]) -> bool:
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    for found in map(parse, texts):
        if concern(found, match, ()) == "certain":
            return True
        definition = place.statement
        is_around = hasattr(definition, "decorator_list") and any(_inside(line, [definition]) for line in warned)
        if found.category == match.category and found.is_blanket and is_around:
            return True
    return False


def _is_category(node: ast.expr, match: WarningMatch) -> bool:
    """Whether the old category is named, and none that takes the new one as well."""
    names = {last_name(part) for part in (node.elts if isinstance(node, ast.Tuple) else [node])}
    return match.category in names and names <= {match.category, "PendingDeprecationWarning"}


def _body_under(call: ast.Call, place: Place) -> Sequence[ast.stmt]:
    """The body of the `with` that a call stands in the head of."""
    statement = place.statement
    if isinstance(statement, ast.With | ast.AsyncWith) and any(
        item.context_expr is call for item in statement.items
    ):
        return statement.body
    return ()


def _rest_of_with(place: Place) -> Sequence[ast.stmt]:
    """What follows in the `with warnings.catch_warnings():` around a statement."""
    for block in place.block.chain():
        owner = block.owner
        if isinstance(owner, ast.With | ast.AsyncWith):
            heads = [item.context_expr for item in owner.items]
            if any(isinstance(head, ast.Call) and last_name(head.func) == "catch_warnings" for head in heads):
                return [statement for statement in owner.body if statement.lineno > place.statement.lineno]
    return ()


def _inside(line: int, body: Sequence[ast.stmt]) -> bool:
    return any(statement.lineno <= line <= (statement.end_lineno or line) for statement in body)
