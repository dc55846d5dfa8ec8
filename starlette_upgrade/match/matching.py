"""All usages in a module: each active rule's matches, each by the module for its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match import argument, attribute, override, symbol
from starlette_upgrade.match.behaviours import autoescape, call_next, flat_routes, template_response
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    SymbolMatch,
)
from starlette_upgrade.semantics.interest import Interest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Match
    from starlette_upgrade.ruleset.selection import ActiveRule

BEHAVIOURS = {
    "template_response_request_first": template_response.find,
    "jinja2templates_autoescape": autoescape.find,
    "call_next_in_try": call_next.find,
    "included_router_attribute": flat_routes.find_raising,
    "included_router_passed_over": flat_routes.find_passed_over,
}


def find_usages(rules: Iterable[ActiveRule], context: Context) -> list[Usage]:
    """Every usage in the module, in reading order."""
    usages = [usage for active in rules for match in active.rule.matches for usage in _find(active, match, context)]
    unique = {(usage.active.rule.code, id(usage.node)): usage for usage in usages}
    return sorted(unique.values(), key=lambda usage: (usage.node.lineno, usage.node.col_offset))


def _find(active: ActiveRule, match: Match, context: Context) -> Iterator[Usage]:
    if isinstance(match, SymbolMatch):
        return symbol.find(active, match, context)
    if isinstance(match, AttributeMatch):
        return attribute.find(active, match, context)
    if isinstance(match, ArgumentMatch):
        return argument.find(active, match, context)
    if isinstance(match, OverrideMatch):
        return override.find(active, match, context)
    if match.function not in BEHAVIOURS:
        raise RulesetError(f"rule {active.rule.title}: no behaviour is called `{match.function}`")
    return BEHAVIOURS[match.function](active, match, context)


def interest_of(rules: Iterable[ActiveRule]) -> Interest:
    """The words that the semantics must collect for these rules."""
    attributes: set[str] = set()
    callables: set[str] = set()
    keywords: set[str] = set()
    symbols: set[str] = set()
    members: set[str] = set()
    texts: set[str] = set()
    for match in (match for active in rules for match in active.rule.matches):
        if isinstance(match, SymbolMatch):
            symbols.update(name.rpartition(".")[2] for name in match.symbols)
        elif isinstance(match, AttributeMatch):
            attributes.update(match.names)
        elif isinstance(match, ArgumentMatch):
            keywords.update(match.keywords)
            if match.position is not None or match.known or match.missing:
                callables.update(("__init__", *(name.rpartition(".")[2] for name in match.callables)))
                if any(".middleware." in name for name in match.callables):
                    callables.update(("Middleware", "add_middleware"))
        elif isinstance(match, OverrideMatch):
            members.update(match.names)
        elif isinstance(match, BehaviourMatch):
            callables.update(match.names)
            attributes.update(match.attributes)
            members.update(match.members)
            texts.update(match.words)
    return Interest(*(frozenset(words) for words in (attributes, callables, keywords, symbols, members, texts)))
