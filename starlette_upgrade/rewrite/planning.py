"""The plan for a usage: which of its rule's fixes holds for it, and what that fix would do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Plan, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

    Planner = Callable[[Usage, Fix, Context], Plan | Refusal]

# Where the plan of each kind of fix is made: a function of a module of this package, imported when it is needed.
PLANNERS = {
    "replace-symbol": "general.symbols.plan",
    "expand-symbol": "general.expansion.plan",
    "rename-attribute": "general.attributes.plan_rename",
    "rename-argument": "general.arguments.plan_rename",
    "remove-argument": "general.arguments.plan_removal",
    "add-argument": "general.arguments.plan_addition",
    "name-arguments": "general.arguments.plan_naming",
    "place-argument": "general.arguments.plan_placing",
    "await-call": "general.awaiting.plan_call",
    "await-override": "general.awaiting.plan_override",
    "session-write": "changes.session_writes.plan_write",
    "session-change": "changes.session_writes.plan_change",
    "ask-for-none": "general.tests_of_values.plan_truth",
    "ask-for-class": "general.tests_of_values.plan_class",
    "ask-for-routed-path": "general.tests_of_values.plan_path",
    "replace-text": "general.tests_of_values.plan_text",
    "warning-category": "changes.warning_category.plan",
    "session-noticed": "changes.session_writes.plan_noticed",
    "route-contexts": "changes.route_contexts.plan",
    "app-first": "general.signatures.plan_app_first",
    "take-rest": "general.signatures.plan_take_rest",
    "class-type": "general.class_types.plan",
    "drop-response-class": "changes.fastapi_arguments.plan_response_class",
    "drop-unknown-argument": "changes.fastapi_arguments.plan_unknown",
    "merge-argument": "changes.fastapi_arguments.plan_prefix",
    "decorator-to-call": "general.decorators.plan",
    "template-response": "templates.template_response.plan",
    "jinja-environment": "templates.jinja_environment.plan",
    "replace-expression": "general.rewording.plan_expression",
    "replace-call": "general.rewording.plan_call",
    "client-request-method": "client.request_method.plan",
    "client-response-truth": "client.response_truth.plan",
    "client-none-values": "client.none_values.plan",
    "client-form-pairs": "client.form_pairs.plan",
    "client-stream": "client.streams.plan",
    "client-websocket": "client.websockets.plan",
    "client-lines": "client.lines.plan",
    "asgi-scope": "changes.asgi_scope.plan_call",
    "head-request": "changes.asgi_scope.plan_method",
    "call-next": "changes.call_next.plan",
    "widen-except": "general.caught_errors.plan",
    "spread-options": "changes.middleware_options.plan",
    "move-attribute": "general.moved_attribute.plan",
    "no-match": "changes.no_match.plan",
    "drop-receive": "changes.replaced_receive.plan",
    "rename-override": "general.overrides.plan",
    "ask-first": "general.questions.plan_attribute",
    "ask-for-truth": "general.questions.plan_none",
    "ask-for-attribute": "general.questions.plan_isinstance",
    "static-status": "changes.static_files.plan_status",
    "static-lookup": "changes.static_files.plan_lookup",
    "task-group": "changes.task_groups.plan",
    "trim-text": "general.trimmed_text.plan",
    "middleware-triples": "changes.middleware_triples.plan",
    "upload-file": "changes.upload_file.plan",
    "url-text": "changes.url_text.plan",
    "keep-escaping": "templates.jinja_environment.plan_escaping",
    "environment-method": "templates.environment_method.plan",
    "lifespan": "lifespan.planning.plan",
    "lifespan-decorator": "lifespan.generators.plan",
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
    planned = planner(fix.kind)(usage, fix, context)
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


@cache
def planner(kind: str) -> Planner:
    """The function that plans a kind of fix."""
    module, _, function = PLANNERS[kind].rpartition(".")
    found: Planner = getattr(import_module(f"starlette_upgrade.rewrite.{module}"), function)
    return found
