"""All usages in a module: each active rule's matches, each by the module for its kind."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from starlette_upgrade.match import argument, attribute, override, symbol, warning
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    SymbolMatch,
    WarningMatch,
)
from starlette_upgrade.semantics.interest import Interest
from starlette_upgrade.source.needles import WARNING_CALLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Match
    from starlette_upgrade.ruleset.selection import ActiveRule

    Finder = Callable[[ActiveRule, BehaviourMatch, Context], Iterator[Usage]]

# Where each behaviour is found: a module of behaviours/ and its function. It is imported when a rule asks for it.
BEHAVIOURS = {
    "attribute_assigned": "access.find_assigned",
    "attribute_read": "access.find_read",
    "after_start": "after_start.find",
    "asserted_allow": "asserted_headers.find_allow",
    "asserted_vary": "asserted_headers.find_vary",
    "jinja2templates_autoescape": "autoescape.find",
    "testclient_base_url_path": "base_url_path.find",
    "call_next_in_try": "call_next.find",
    "websocket_assertion": "caught_errors.find_assertion",
    "error_of_form": "caught_errors.find_form_error",
    "re_error_of_route": "caught_errors.find_re_error",
    "client_without_host": "client_address.find",
    "testclient_pairs_as_data": "client_bodies.find_pairs",
    "testclient_text_as_data": "client_bodies.find_text",
    "testclient_errors_of_httpx": "client_errors.find_httpx",
    "testclient_errors_of_requests": "client_errors.find_requests",
    "testclient_streaming": "client_streams.find",
    "testclient_types_of_httpx": "client_types.find_httpx",
    "testclient_types_of_requests": "client_types.find_requests",
    "cookie_without_samesite": "compared_headers.find_cookie",
    "cors_methods_without_head": "compared_headers.find_methods",
    "config_read_file": "config_file.find",
    "testclient_cookie_objects": "cookie_objects.find",
    "cors_wildcard_origin": "cors_origin.find",
    "cors_origin_regex": "cors_origins.find",
    "decoded_none": "decoded_none.find",
    "testclient_digest_auth": "digest_auth.find",
    "testclient_encoded_query": "encoded_query.find",
    "endpoint_verb": "endpoint_verbs.find",
    "endpoint_query": "endpoint_verbs.find_query",
    "exact_error_type": "exact_error_type.find",
    "exception_text": "exception_text.find",
    "file_etag": "file_etag.find",
    "file_response_range_header": "file_ranges.find_header",
    "file_response_partial": "file_ranges.find_partial",
    "included_router_passed_over": "flat_routes.find_passed_over",
    "included_router_attribute": "flat_routes.find_raising",
    "form_as_coroutine": "form_as_coroutine.find",
    "gzip_exclusions_as_prefixes": "gzip_exclusions.find",
    "kept_exception": "kept_exceptions.find",
    "lifespan_generator": "lifespan_generator.find",
    "lifespan_handlers": "lifespan_handlers.find",
    "lifespan_yield": "lifespan_yield.find",
    "testclient_line_bytes": "line_bytes.find",
    "media_type_fallback": "media_type_fallback.find",
    "middleware_app_parameter": "middleware_app.find",
    "middleware_options": "middleware_classes.find_options",
    "middleware_without_app": "middleware_classes.find_without_app",
    "middleware_pairs": "middleware_pairs.find",
    "unbuilt_middleware_stack": "middleware_stack.find",
    "missing_config_file": "missing_config.find",
    "mounted_path": "mounted_path.find",
    "routes_is_none": "mounted_routes.find",
    "mounted_try": "mounted_try.find",
    "multidict_equality": "multidict_equality.find",
    "testclient_none_values": "none_values.find",
    "nonstandard_status": "nonstandard_status.find",
    "max_part_size_of_class": "part_size.find",
    "private_network_header": "private_network.find",
    "class_raised_bare": "raised_classes.find",
    "redirect_with_space": "redirect_quoting.find",
    "testclient_follows_redirects": "redirects.find",
    "testclient_repeated_headers": "repeated_headers.find",
    "replaced_receive": "replaced_receive.find_assigned",
    "request_passed_to_call_next": "replaced_receive.find_passed",
    "testclient_response_truth": "response_truth.find",
    "call_next_response_type": "response_type.find",
    "testclient_url_as_text": "response_url.find",
    "route_path_colon": "route_paths.find_colon",
    "host_with_slash": "route_paths.find_host",
    "route_path_regex": "route_paths.find_regex",
    "truth_of_secret": "secret_truth.find",
    "session_max_age_zero": "session_age.find",
    "session_change_inside": "session_changes.find_nested",
    "session_change_overlooked": "session_changes.find_overlooked",
    "session_replaced": "session_scope.find",
    "star_imported": "star_imports.find",
    "state_truth": "state_truth.find",
    "async_lookup_path": "static_files.find_lookup",
    "status_of_static_file": "static_files.find_status",
    "jinja2_import_expected": "template_import.find",
    "template_message": "template_message.find",
    "template_response_request_first": "template_response.find",
    "jinja2templates_sources": "template_sources.find",
    "coroutine_unawaited": "unawaited.find",
    "upload_file_signature": "upload_file.find",
    "url_backslash": "url_backslash.find",
    "url_for_as_text": "url_for.find",
    "url_for_as_data": "url_for_data.find",
    "url_for_name_keyword": "url_for_name.find",
    "websocket_close_call": "websocket_close.find",
    "http_exception_of_websocket": "websocket_errors.find",
    "websocket_json_text": "websocket_json.find",
    "websocket_without_with": "websocket_sessions.find",
}


def find_usages(rules: Iterable[ActiveRule], context: Context) -> list[Usage]:
    """Every usage in the module, in reading order."""
    pairs = [(active, match) for active in rules for match in active.rule.matches]
    usages = [usage for active, match in pairs for usage in _find(active, match, context)]
    for active, match in pairs:
        if isinstance(match, WarningMatch):
            usages.extend(warning.find(active, match, context, tuple(usages)))
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
    if isinstance(match, WarningMatch):
        return iter(())  # it asks what the others have found
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
        elif isinstance(match, WarningMatch):
            callables.update(WARNING_CALLS)
    return Interest(*(frozenset(words) for words in (attributes, callables, keywords, symbols, members, texts)))
