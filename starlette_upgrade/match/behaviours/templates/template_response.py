"""`TemplateResponse` calls whose first argument is not the request (Starlette 1.0 requires it first)."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.behaviours.templates.partial_response import (
    gets_no_request,
    partials,
    without_function,
)
from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import (
    Holding,
    Instance,
    Method,
    Opaque,
    Type,
    Unknown,
    members,
    without_none,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

TEMPLATES = "starlette.templating.Jinja2Templates"
_CONNECTION = "starlette.requests.HTTPConnection"


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """A call of `TemplateResponse`, on something that is (or may be) a Jinja2Templates, or a partial of it."""

    call: ast.Call
    place: Place
    certain: bool
    whole: bool
    origin: tuple[ast.Call, Place] | None


def template_calls(context: Context) -> Iterator[TemplateCall]:
    """Every call of `….TemplateResponse(…)` in the module."""
    inference = context.inference
    for call, place in context.candidates.calls:
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr == "TemplateResponse"):
            continue
        found = inference.type_of(function.value, place)
        receiver = judge_receiver(found, "TemplateResponse", (TEMPLATES,), inference)
        if receiver is not None:
            instances = [member for member in members(without_none(found)) if isinstance(member, Instance)]
            origin = instances[0].origin if len(instances) == 1 else None
            yield TemplateCall(call, place, receiver.certain, receiver.whole, origin)
        elif "Jinja2Templates" in context.named_near and all(
            isinstance(m, Unknown | Method) for m in members(without_none(found))
        ):
            yield TemplateCall(call, place, certain=False, whole=False, origin=None)


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Calls in the old form."""
    for found in template_calls(context):
        form = form_of(found.call, found.place, context.inference)
        if form != "new" and not is_guarded(found.place, "TemplateResponse"):
            yield _usage(active, match, found, found.certain and form == "old")
    for call, function, place in partials(context):
        type_of_it = context.inference.type_of(function.value, place)
        receiver = judge_receiver(type_of_it, "TemplateResponse", (TEMPLATES,), context.inference)
        if receiver is None or is_guarded(place, "TemplateResponse"):
            continue
        if _is_partly_old(call, place, context.inference):
            part = TemplateCall(call, place, receiver.certain, receiver.whole, None)
            yield _usage(active, match, part, receiver.certain, skipped=1)


def _usage(
    active: ActiveRule, match: BehaviourMatch, found: TemplateCall, certain: bool, *, skipped: int = 0
) -> Usage:
    whole = found.whole and certain
    name, call = match.names[0], found.call
    return Usage(active, call, found.place, name, TEMPLATES, None, call, certain, whole, skipped=skipped)


def _is_partly_old(call: ast.Call, place: Place, inference: Inference) -> bool:
    """Whether a partial begins with the template's name, or names it and is called without a request."""
    passed = without_function(call)
    if passed.args:
        return _kind(passed.args[0], place, inference) == "text"
    is_old = form_of(passed, place, inference) == "old"
    has_context = any(keyword.arg == "context" for keyword in passed.keywords)
    return is_old and (has_context or gets_no_request(call, place, inference))


def form_of(call: ast.Call, place: Place, inference: Inference) -> Literal["old", "new", "unclear"]:
    """Whether a call passes the request first (new), the template's name first (old), or can't be told."""
    keywords = {keyword.arg for keyword in call.keywords}
    stars = [number for number, argument in enumerate(call.args) if isinstance(argument, ast.Starred)]
    if (None in keywords and not call.args) or (stars and stars[0] < 2):
        if call.args and stars[:1] != [0] and _kind(call.args[0], place, inference) == "text":
            return "old"
        return "new"  # nothing can be said without the values; silence is better than a guess
    if not call.args:
        return "new" if "request" in keywords or "name" not in keywords else "old"
    if "request" in keywords:
        return "old"
    first = _kind(call.args[0], place, inference)
    if first == "request":
        return "new"
    if first == "text" or (len(call.args) == 1 and not keywords & {"name", None}):
        return "old"
    if len(call.args) == 1:
        return "new"
    second = _kind(call.args[1], place, inference)
    if second == "context":
        return "old"
    return "new" if second == "text" else "unclear"


def _kind(node: ast.expr, place: Place, inference: Inference) -> Literal["request", "text", "context", "unknown"]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return "text"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return "text"
    if isinstance(node, ast.Dict | ast.DictComp):
        return "context"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return "context" if isinstance(node.left, ast.Dict) or isinstance(node.right, ast.Dict) else "unknown"
    if isinstance(node, ast.BoolOp) and _kind(node.values[0], place, inference) == "context":
        return "context"
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict":
        return "context"
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "request":
        return "request"
    found = inference.type_of(node, place)
    lowered = last_name(node).lower()
    # An override that says nothing of its parameters is taken to have those of the method that it overrides.
    is_guess = lowered == "name" or lowered.startswith("template")
    if not is_guess and any(is_request(member, inference) for member in members(found)):
        return "request"
    if lowered in ("request", "req", "_request") or lowered.endswith("_request"):
        return "request"
    if lowered in ("ctx", "context") or lowered.endswith("_context") or lowered.startswith("context_d"):
        return "context"
    if isinstance(found, Holding) and found.keyed:
        return "context"
    if isinstance(found, Opaque):
        return "context" if _holds_dict(node, place) else "text"
    return "unknown"


def is_request(found: Type, inference: Inference) -> bool:
    """Whether something is a request or a websocket, and nothing else."""
    return isinstance(found, Instance) and any(cls.name == _CONNECTION for cls in inference.classes.line(found.cls))


def _holds_dict(node: ast.expr, place: Place) -> bool:
    if not isinstance(node, ast.Name):
        return False
    return any(
        isinstance(binding.node, ast.Dict | ast.DictComp)
        or "dict" in ast.dump(binding.annotation or ast.Pass()).lower()
        for binding in place.scope.names.get(node.id, [])
    )
