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
    "after_start": "applications.after_start.find",
    "config_read_file": "applications.config_file.find",
    "kept_exception": "applications.kept_exceptions.find",
    "lifespan_generator": "applications.lifespan_generator.find",
    "lifespan_handlers": "applications.lifespan_handlers.find",
    "lifespan_yield": "applications.lifespan_yield.find",
    "unbuilt_middleware_stack": "applications.middleware_stack.find",
    "missing_config_file": "applications.missing_config.find",
    "truth_of_secret": "applications.secret_truth.find",
    "state_truth": "applications.state_truth.find",
    "testclient_base_url_path": "clients.base_url_path.find",
    "testclient_pairs_as_data": "clients.client_bodies.find_pairs",
    "testclient_text_as_data": "clients.client_bodies.find_text",
    "testclient_errors_of_httpx": "clients.client_errors.find_httpx",
    "testclient_errors_of_requests": "clients.client_errors.find_requests",
    "testclient_streaming": "clients.client_streams.find",
    "testclient_types_of_httpx": "clients.client_types.find_httpx",
    "testclient_types_of_requests": "clients.client_types.find_requests",
    "testclient_cookie_objects": "clients.cookie_objects.find",
    "testclient_digest_auth": "clients.digest_auth.find",
    "testclient_entered_response": "clients.entered_responses.find",
    "testclient_encoded_query": "clients.encoded_query.find",
    "testclient_line_bytes": "clients.line_bytes.find",
    "testclient_none_values": "clients.none_values.find",
    "testclient_follows_redirects": "clients.redirects.find",
    "testclient_repeated_headers": "clients.repeated_headers.find",
    "testclient_response_truth": "clients.response_truth.find",
    "testclient_url_as_text": "clients.response_url.find",
    "websocket_without_with": "clients.websocket_sessions.find",
    "asserted_allow": "middleware.asserted_headers.find_allow",
    "asserted_vary": "middleware.asserted_headers.find_vary",
    "call_next_in_try": "middleware.call_next.find",
    "cookie_without_samesite": "middleware.compared_headers.find_cookie",
    "cors_methods_without_head": "middleware.compared_headers.find_methods",
    "cors_wildcard_origin": "middleware.cors_origin.find",
    "cors_origin_regex": "middleware.cors_origins.find",
    "gzip_exclusions_as_prefixes": "middleware.gzip_exclusions.find",
    "middleware_app_parameter": "middleware.middleware_app.find",
    "middleware_options": "middleware.middleware_classes.find_options",
    "middleware_without_app": "middleware.middleware_classes.find_without_app",
    "middleware_pairs": "middleware.middleware_pairs.find",
    "mounted_try": "middleware.mounted_try.find",
    "private_network_header": "middleware.private_network.find",
    "replaced_receive": "middleware.replaced_receive.find_assigned",
    "request_passed_to_call_next": "middleware.replaced_receive.find_passed",
    "call_next_response_type": "middleware.response_type.find",
    "session_expiry": "middleware.session_expiry.find",
    "session_max_age_zero": "middleware.session_age.find",
    "session_change_inside": "middleware.session_changes.find_nested",
    "session_change_overlooked": "middleware.session_changes.find_overlooked",
    "session_replaced": "middleware.session_scope.find",
    "client_without_host": "requests.client_address.find",
    "form_as_coroutine": "requests.form_as_coroutine.find",
    "mounted_path": "requests.mounted_path.find",
    "multidict_equality": "requests.multidict_equality.find",
    "max_part_size_of_class": "requests.part_size.find",
    "upload_file_signature": "requests.upload_file.find",
    "url_backslash": "requests.url_backslash.find",
    "url_for_as_text": "requests.url_for.find",
    "url_for_as_data": "requests.url_for_data.find",
    "url_for_name_keyword": "requests.url_for_name.find",
    "exception_text": "responses.exception_text.find",
    "file_etag": "responses.file_etag.find",
    "file_response_range_header": "responses.file_ranges.find_header",
    "file_response_partial": "responses.file_ranges.find_partial",
    "media_type_fallback": "responses.media_type_fallback.find",
    "nonstandard_status": "responses.nonstandard_status.find",
    "redirect_with_space": "responses.redirect_quoting.find",
    "websocket_assertion": "routing.caught_errors.find_assertion",
    "error_of_form": "routing.caught_errors.find_form_error",
    "re_error_of_route": "routing.caught_errors.find_re_error",
    "endpoint_verb": "routing.endpoint_verbs.find",
    "endpoint_query": "routing.endpoint_verbs.find_query",
    "included_router_passed_over": "routing.flat_routes.find_passed_over",
    "included_router_attribute": "routing.flat_routes.find_raising",
    "routes_is_none": "routing.mounted_routes.find",
    "class_raised_bare": "routing.raised_classes.find",
    "route_path_colon": "routing.route_paths.find_colon",
    "host_with_slash": "routing.route_paths.find_host",
    "route_path_regex": "routing.route_paths.find_regex",
    "async_lookup_path": "routing.static_files.find_lookup",
    "status_of_static_file": "routing.static_files.find_status",
    "star_imported": "star_imports.find",
    "jinja2templates_autoescape": "templates.autoescape.find",
    "jinja2_import_expected": "templates.template_import.find",
    "template_message": "templates.template_message.find",
    "template_response_request_first": "templates.template_response.find",
    "jinja2templates_sources": "templates.template_sources.find",
    "coroutine_unawaited": "unawaited.find",
    "decoded_none": "websockets.decoded_none.find",
    "exact_error_type": "websockets.exact_error_type.find",
    "websocket_close_call": "websockets.websocket_close.find",
    "http_exception_of_websocket": "websockets.websocket_errors.find",
    "websocket_json_text": "websockets.websocket_json.find",
}
# Where each hazard is found: a module of hazards/ and its function.
HAZARDS = {
    "body_after_call_next": "requests.after_call_next.find",
    "request_in_background": "requests.background.find",
    "request_in_stream": "requests.streamed.find",
    "request_in_task": "requests.tasks.find",
    "background_tasks_of_websocket": "requests.websocket_tasks.find_background",
    "websocket_in_task": "requests.websocket_tasks.find_unawaited",
    "file_of_deleted_folder": "resources.streams.find_folders",
    "given_until_response": "resources.uploads.find_given",
    "stream_of_closed_client": "resources.streams.find_clients",
    "stream_of_closed_connection": "resources.streams.find_connections",
    "stream_of_closed_file": "resources.streams.find_files",
    "upload_after_form": "resources.uploads.find_closed_forms",
    "stream_consumed": "requests.stream_consumed.find",
    "websocket_before_accept": "websockets.order.find_before_accept",
    "websocket_after_close": "websockets.order.find_after_close",
    "websocket_denied_late": "websockets.order.find_denied_late",
    "websocket_accepted_twice": "websockets.order.find_accepted_twice",
    "websocket_denial_streamed": "websockets.denials.find",
    "websocket_http_exception": "websockets.raised.find",
    "websocket_loop": "websockets.loops.find",
    "websocket_close_code": "websockets.close_codes.find",
    "websocket_received_late": "websockets.departures.find_received",
    "websocket_in_handler": "websockets.handlers.find",
    "websocket_sent_late": "websockets.departures.find_sent",
    "call_next_body": "responses.call_next_body.find",
    "body_iterator_consumed": "responses.body_iterator.find",
    "no_response": "responses.no_response.find",
    "two_responses": "responses.two_responses.find",
}
# Where the use of what a vulnerability exposes is found: a module of exposures/ and its function.
EXPOSURES = {
    "authority_read": "urls.find_authority",
    "file_served": "files.find_response",
    "folder_served": "files.find_folder",
    "form_parsed": "forms.find_asked_for",
    "form_read": "forms.find_read",
    "method_reachable": "endpoints.find",
    "origin_pattern": "origins.find",
    "path_decision": "urls.find_path",
}
_FOUND_IN = {
    **{function: f"behaviours.{path}" for function, path in BEHAVIOURS.items()},
    **{function: f"hazards.{path}" for function, path in HAZARDS.items()},
    **{function: f"exposures.{path}" for function, path in EXPOSURES.items()},
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
    if match.function not in _FOUND_IN:
        raise RulesetError(f"rule {active.rule.title}: no behaviour is called `{match.function}`")
    return _behaviour(_FOUND_IN[match.function])(active, match, context)


@cache
def _behaviour(path: str) -> Finder:
    module, _, function = path.rpartition(".")
    found: Finder = getattr(import_module(f"starlette_upgrade.match.{module}"), function)
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
