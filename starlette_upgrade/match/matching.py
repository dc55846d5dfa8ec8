"""All usages in a module: each active rule's matches, each by the module for its kind."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from starlette_upgrade.match import argument, attribute, override, symbol
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
    from collections.abc import Callable, Iterable, Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Match
    from starlette_upgrade.ruleset.selection import ActiveRule

    Finder = Callable[[ActiveRule, BehaviourMatch, Context], Iterator[Usage]]

# Where each behaviour is found: a module of behaviours/ and its function. It is imported when a rule asks for it.
BEHAVIOURS = {
    "template_response_request_first": "template_response.find",
    "jinja2templates_autoescape": "autoescape.find",
    "call_next_in_try": "call_next.find",
    "middleware_without_app": "middleware_classes.find_without_app",
    "middleware_options": "middleware_classes.find_options",
    "websocket_close_call": "websocket_close.find",
    "cors_origin_regex": "cors_origins.find",
    "cookie_without_samesite": "compared_headers.find_cookie",
    "cors_methods_without_head": "compared_headers.find_methods",
    "route_path_regex": "route_paths.find_regex",
    "route_path_colon": "route_paths.find_colon",
    "host_with_slash": "route_paths.find_host",
    "re_error_of_route": "caught_errors.find_re_error",
    "error_of_form": "caught_errors.find_form_error",
    "websocket_assertion": "caught_errors.find_assertion",
    "websocket_without_with": "websocket_sessions.find",
    "redirect_with_space": "redirect_quoting.find",
    "lifespan_generator": "lifespan_generator.find",
    "async_lookup_path": "static_files.find_lookup",
    "status_of_static_file": "static_files.find_status",
    "routes_is_none": "mounted_routes.find",
    "session_max_age_zero": "session_age.find",
    "class_raised_bare": "raised_classes.find",
    "client_without_host": "client_address.find",
    "truth_of_secret": "secret_truth.find",
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
    return _behaviour(BEHAVIOURS[match.function])(active, match, context)


@cache
def _behaviour(path: str) -> Finder:
    module, _, function = path.rpartition(".")
    found: Finder = getattr(import_module(f"starlette_upgrade.match.behaviours.{module}"), function)
    return found


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
            if not match.missing:  # such a call is known by what it calls
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
            keywords.update(match.keywords)
            members.update(match.members)
            texts.update(match.words)
    return Interest(*(frozenset(words) for words in (attributes, callables, keywords, symbols, members, texts)))
