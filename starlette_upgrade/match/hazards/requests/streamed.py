"""A StreamingResponse whose generator receives the body of the request, while the response listens there itself."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.later import called_later
from starlette_upgrade.match.hazards.objects import function_around
from starlette_upgrade.match.hazards.requests.unread import received_later, stream_received_later
from starlette_upgrade.match.results import within
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.later import Later
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_STREAMING = "starlette.responses.StreamingResponse"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`StreamingResponse(generate(request))`, or a generator that sees the request."""
    inference = context.inference
    names = {*match.names, *context.candidates.callables}
    for call, place in context.candidates.calls:
        if last_name(call.func) not in names:
            continue
        made = inference.type_of(call.func, place)
        if not isinstance(made, ClassType) or not _is_streaming(made, inference):
            continue
        content = argument_of(call, "content", 0)
        maker = _maker(content, place, inference) if content is not None else None
        if maker is None:
            continue
        if isinstance(maker[0].func, ast.Attribute) and maker[0].func.attr == "stream":
            for usage in stream_received_later(active, maker[0], call, place, context):
                yield replace(usage, certain=usage.certain and _is_returned(call, place))
        later = _generator(*maker, inference)
        if later is not None:
            yield from received_later(active, later, call, context)


def _is_returned(call: ast.Call, place: Place) -> bool:
    """Whether a response is what the function around returns, by itself or by its name."""
    root = function_around(place).node
    parent = parents_in(root).get(call)
    names = {getattr(target, "id", "") for target in getattr(parent, "targets", ())}
    returned = [node.value for node in ast.walk(root) if isinstance(node, ast.Return)]
    return isinstance(parent, ast.Return) or any(getattr(value, "id", None) in names for value in returned)


def _is_streaming(cls: ClassType, inference: Inference) -> bool:
    """Whether it is the class itself, or one below that does not stream in its own way."""
    line = inference.classes.line(cls)
    own = ("__call__", "__init__", "listen_for_disconnect", "stream_response")
    changed = any(inference.classes.defines(base, name) for base in line for name in own)
    return any(base.name == _STREAMING for base in line) and not changed and not inference.classes.is_open(cls)


def _maker(content: ast.expr, place: Place, inference: Inference) -> tuple[ast.Call, Place] | None:
    """The call that an expression is, or that its name stands for."""
    if isinstance(content, ast.Name):
        bindings = inference.bindings_of(content.id, place, content)
        if not isinstance(bindings, list) or len(bindings) != 1 or bindings[0].kind != "value":
            return None
        found, place = bindings[0].node, bindings[0].place
    else:
        found = content
    return (found, place) if isinstance(found, ast.Call) else None


def _generator(content: ast.Call, place: Place, inference: Inference) -> Later | None:
    """The asynchronous generator that a call makes."""
    later = called_later(content, content.func, place, inference, 0)
    if later is None or not isinstance(later.function.node, ast.AsyncFunctionDef):
        return None
    ensure_bound(later.function.scope)
    body = later.function.node.body
    yields = any(isinstance(node, ast.Yield) for statement in body for node in within(statement))
    return later if yields else None
