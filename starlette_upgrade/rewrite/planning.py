"""The plan for a usage: which of its rule's fixes holds for it, and what that fix would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.rewrite import (
    arguments,
    asgi_scope,
    attributes,
    call_next,
    caught_errors,
    decorators,
    jinja_environment,
    middleware_options,
    middleware_triples,
    moved_attribute,
    no_match,
    overrides,
    questions,
    replaced_receive,
    rewording,
    static_files,
    symbols,
    task_groups,
    template_response,
    trimmed_text,
    upload_file,
    url_text,
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
    "rename-attribute": attributes.plan_rename,
    "rename-argument": arguments.plan_rename,
    "remove-argument": arguments.plan_removal,
    "add-argument": arguments.plan_addition,
    "name-arguments": arguments.plan_naming,
    "place-argument": arguments.plan_placing,
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
    return PLANNERS[fix.kind](usage, fix, context)
