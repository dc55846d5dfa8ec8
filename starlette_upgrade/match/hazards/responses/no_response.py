"""An endpoint, a middleware or an exception handler gives something that is no response: it can't be called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.middleware.call_next import MIDDLEWARE
from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.match.hazards.responses.outcomes import outcomes
from starlette_upgrade.match.places import holds
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.surroundings import function_scopes, inside
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.classes import class_of
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_ROUTE = "starlette.routing.Route"
_OWNERS = (
    "starlette.applications.Starlette", "starlette.routing.Router",
    "fastapi.applications.FastAPI", "fastapi.routing.APIRouter",
)  # fmt: skip
_REQUEST = "starlette.requests.Request"
_ENDPOINT = "starlette.endpoints.HTTPEndpoint"
_VERBS = frozenset({"get", "head", "post", "put", "patch", "delete", "options"})
# What is handed over as which argument, and under which decorators a function stands.
_TAKING = {"Route": ("endpoint", 1), "add_route": ("route", 1), "add_exception_handler": ("handler", 1)}
_DECORATING = frozenset({"middleware", "exception_handler"})
_HANDLING = frozenset({"exception_handler", "add_exception_handler"})
_KEEPING = frozenset({"requires"})
_MAKING = frozenset({"Starlette", "FastAPI"})
_WRAPPING = frozenset({"Middleware", "add_middleware"})
_PARTIAL = "functools.partial"


def find(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Functions that have to give a response, and surely don't."""
    inference = context.inference
    for call, place in context.candidates.calls:
        for word, given in _given(call, place, inference):
            if isinstance(given, ast.Call) and inference.canonical(given.func, place) == _PARTIAL and given.args:
                given = given.args[0]
            found = list(members(inference.type_of(given, place)))
            if len(found) == 1 and isinstance(found[0], FunctionType):
                function = found[0].scope
                if not _decorators(function) and not _is_application(function.node):
                    at = None if function.module.document is context.module.document else (given, place)
                    yield from _usages(active, function, word, at, inference)
    for scope in function_scopes(context.module.scope) if holds(context.module, match.words) else ():
        word = _asked_for(scope, inference)
        if word:
            yield from _usages(active, scope, word, None, inference)


def _given(call: ast.Call, place: Place, inference: Inference) -> Iterator[tuple[str, ast.expr]]:
    """What a call hands over to Starlette to be called with requests, and as what."""
    word = last_name(call.func)
    if word in _TAKING and _is_starlettes(call.func, place, inference):
        name, position = _TAKING[word]
        given = argument_of(call, name, position) or argument_of(call, "endpoint", None)
        if given is not None:
            yield word, given
    elif word in _MAKING:
        handlers = argument_of(call, "exception_handlers", None)
        made = inference.type_of(call.func, place) if isinstance(handlers, ast.Dict) else None
        if isinstance(handlers, ast.Dict) and isinstance(made, ClassType) and made.name in _OWNERS:
            # Where the response has begun, nobody asks what the handler for all others gives.
            keys = zip(handlers.keys, handlers.values, strict=True)
            yield from (
                ("add_exception_handler", value) for key, value in keys if getattr(key, "id", "") != "Exception"
            )
    elif word in _WRAPPING:
        given, cls = argument_of(call, "dispatch", None), call.args[0] if call.args else None
        if given is not None and cls is not None and inference.canonical(cls, place) == MIDDLEWARE:
            yield "dispatch", given


def _is_starlettes(function: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether something is Starlette's own `Route`, or a method that takes what Starlette calls."""
    if isinstance(function, ast.Attribute) and function.attr in (*_TAKING, *_DECORATING):
        receiver = judge_receiver(inference.type_of(function.value, place), function.attr, _OWNERS, inference)
        if receiver is not None:
            return receiver.certain
    found = inference.type_of(function, place)
    return isinstance(found, ClassType) and found.name == _ROUTE


def _asked_for(scope: Scope, inference: Inference) -> str:
    """What a function is to Starlette by its decorator, or as a method of its class; "" for nothing."""
    node, around = scope.node, scope.place
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or around is None:
        return ""
    decorators = _decorators(scope)
    if around.scope.is_class:
        line = [cls.name for cls in inference.classes.line(class_of(around.scope))[1:]]
        if decorators:
            return ""
        if node.name == "dispatch" and MIDDLEWARE in line:
            return "dispatch"
        owns_dispatch = any(
            cls.scope is not None and "dispatch" in cls.scope.names
            for cls in inference.classes.line(class_of(around.scope))
        )
        return "endpoint" if node.name in _VERBS and _ENDPOINT in line and not owns_dispatch else ""
    if len(decorators) != 1 or not isinstance(decorators[0], ast.Call):
        return ""
    target = decorators[0].func
    word = last_name(target)
    return word if word in _DECORATING and _is_starlettes(target, around, inference) else ""


def _decorators(function: Scope) -> list[ast.expr]:
    decorators: list[ast.expr] = getattr(function.node, "decorator_list", [])
    return [
        node for node in decorators if last_name(node.func if isinstance(node, ast.Call) else node) not in _KEEPING
    ]


def _is_application(function: ast.AST) -> bool:
    """Whether a function is an ASGI application, which has other troubles as an endpoint."""
    args = getattr(function, "args", None)
    return isinstance(args, ast.arguments) and "send" in {arg.arg for arg in args.args}


def _takes_requests(handler: Scope, inference: Inference) -> bool:
    """Whether a handler says that it is called with a request; one of a websocket has nothing to give."""
    args = getattr(handler.node, "args", None)
    first = args.args[0] if isinstance(args, ast.arguments) and args.args else None
    if first is None or first.annotation is None or handler.place is None:
        return False
    return is_object(inference.annotations.read(first.annotation, handler.place), inference, _REQUEST)


def _usages(
    active: ActiveRule, function: Scope, word: str, at: tuple[ast.expr, Place] | None, inference: Inference
) -> Iterator[Usage]:
    """What is wrongly returned; in a function of another module, where that is handed over (`at`)."""
    found = outcomes(function, inference)
    if word in _HANDLING and (
        any(not outcome.word for outcome in found) or not _takes_requests(function, inference)
    ):
        found = [outcome for outcome in found if outcome.word != "None"]  # there may be nobody left to answer
    wrong = [outcome for outcome in found if outcome.word]
    for outcome in wrong:
        if outcome.node is None and len(wrong) < len(found):
            continue  # other ways lead to a response: whether this one is ever taken, the code does not say
        if at is not None:
            yield Usage(active, at[0], at[1], outcome.word)
            return
        if outcome.node is not None:
            yield Usage(active, outcome.node, inside(function).place(outcome.node), outcome.word)
        elif isinstance(function.node, ast.stmt) and function.place is not None:
            yield Usage(active, function.node, function.place, outcome.word)
