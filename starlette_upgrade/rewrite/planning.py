"""The plan for a usage: which of its rule's fixes holds for it, and what that fix would do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite import (
    arguments,
    asgi_scope,
    attributes,
    awaiting,
    call_next,
    caught_errors,
    class_types,
    decorators,
    environment_method,
    expansion,
    fastapi_arguments,
    jinja_environment,
    middleware_options,
    middleware_triples,
    moved_attribute,
    no_match,
    overrides,
    questions,
    replaced_receive,
    rewording,
    route_contexts,
    session_writes,
    signatures,
    static_files,
    symbols,
    task_groups,
    template_response,
    tests_of_values,
    trimmed_text,
    upload_file,
    url_text,
    warning_category,
)
from starlette_upgrade.rewrite.client import (
    form_pairs,
    lines,
    none_values,
    request_method,
    response_truth,
    streams,
    websockets,
)
from starlette_upgrade.rewrite.lifespan import generators
from starlette_upgrade.rewrite.lifespan import planning as lifespan
from starlette_upgrade.rewrite.plan import Plan, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

PLANNERS: dict[str, Callable[[Usage, Fix, Context], Plan | Refusal]] = {
    "replace-symbol": symbols.plan,
    "expand-symbol": expansion.plan,
    "rename-attribute": attributes.plan_rename,
    "rename-argument": arguments.plan_rename,
    "remove-argument": arguments.plan_removal,
    "add-argument": arguments.plan_addition,
    "name-arguments": arguments.plan_naming,
    "place-argument": arguments.plan_placing,
    "await-call": awaiting.plan_call,
    "await-override": awaiting.plan_override,
    "session-write": session_writes.plan_write,
    "session-change": session_writes.plan_change,
    "ask-for-none": tests_of_values.plan_truth,
    "ask-for-class": tests_of_values.plan_class,
    "ask-for-routed-path": tests_of_values.plan_path,
    "replace-text": tests_of_values.plan_text,
    "warning-category": warning_category.plan,
    "session-noticed": session_writes.plan_noticed,
    "route-contexts": route_contexts.plan,
    "app-first": signatures.plan_app_first,
    "take-rest": signatures.plan_take_rest,
    "class-type": class_types.plan,
    "drop-response-class": fastapi_arguments.plan_response_class,
    "drop-unknown-argument": fastapi_arguments.plan_unknown,
    "merge-argument": fastapi_arguments.plan_prefix,
    "decorator-to-call": decorators.plan,
    "template-response": template_response.plan,
    "jinja-environment": jinja_environment.plan,
    "replace-expression": rewording.plan_expression,
    "replace-call": rewording.plan_call,
    "client-request-method": request_method.plan,
    "client-response-truth": response_truth.plan,
    "client-none-values": none_values.plan,
    "client-form-pairs": form_pairs.plan,
    "client-stream": streams.plan,
    "client-websocket": websockets.plan,
    "client-lines": lines.plan,
    "asgi-scope": asgi_scope.plan_call,
    "head-request": asgi_scope.plan_method,
    "call-next": call_next.plan,
    "widen-except": caught_errors.plan,
    "spread-options": middleware_options.plan,
    "move-attribute": moved_attribute.plan,
    "no-match": no_match.plan,
    "drop-receive": replaced_receive.plan,
    "rename-override": overrides.plan,
    "ask-first": questions.plan_attribute,
    "ask-for-truth": questions.plan_none,
    "ask-for-attribute": questions.plan_isinstance,
    "static-status": static_files.plan_status,
    "static-lookup": static_files.plan_lookup,
    "task-group": task_groups.plan,
    "trim-text": trimmed_text.plan,
    "middleware-triples": middleware_triples.plan,
    "upload-file": upload_file.plan,
    "url-text": url_text.plan,
    "keep-escaping": jinja_environment.plan_escaping,
    "environment-method": environment_method.plan,
    "lifespan": lifespan.plan,
    "lifespan-decorator": generators.plan,
}


def fix_for(usage: Usage, context: Context) -> Fix | None:
    """The first fix of the rule that is meant for the usage's receiver and name."""
    bases = set(context.inference.catalogue.bases(usage.receiver)) if usage.receiver else set()
    for fix in usage.active.rule.fixes:
        if fix.opt_in and not usage.active.chosen:
            continue
        if (not fix.receiver or fix.receiver in bases) and (not fix.only or usage.name in fix.only):
            return fix
    return None


def plan_for(usage: Usage, context: Context) -> Plan | Refusal:
    """The rewrite of a usage, or why there is none."""
    fix = fix_for(usage, context)
    if fix is None or fix.kind == "manual":
        return Refusal("")
    if not usage.certain:
        return Refusal("the type of the receiver is not known")
    if not usage.whole:
        return Refusal("the receiver may also be something else")
    planned = PLANNERS[fix.kind](usage, fix, context)
    return _in_style(usage, planned, context) if context.style != "call" else planned


def _in_style(usage: Usage, planned: Plan | Refusal, context: Context) -> Plan | Refusal:
    """The plan that makes tables, or the planned calls with the reason why there are none."""
    from starlette_upgrade.rewrite.table import planning as tables

    if not tables.speaks_of(usage):
        return planned
    table = tables.plan(usage, context)
    if isinstance(table, Refusal) and isinstance(planned, Plan):
        return replace(planned, no_table=table.reason, after=tables.before(usage, context))
    return table if isinstance(table, Plan) else planned
