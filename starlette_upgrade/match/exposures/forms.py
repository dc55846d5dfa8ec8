"""Forms: read by `request.form()`, by FastAPI for what a signature asks for, or by the parsers themselves.

Whatever a signature asks for, the sender chooses what kind of form is parsed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.places import holds, statements
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, Instance, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_REQUEST = "starlette.requests.Request"
_PARSERS = ("starlette.formparsers.FormParser", "starlette.formparsers.MultiPartParser")
_PARAMETERS = ("Form", "File")
_UPLOAD = "starlette.datastructures.UploadFile"
_LOGIN = ("OAuth2PasswordRequestForm", "OAuth2PasswordRequestFormStrict")
_ROUTERS = ("starlette.applications.Starlette", "starlette.routing.Router")


def find_read(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """`request.form()`"""
    for call, place in context.candidates.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in match.names:
            found = context.inference.type_of(call.func.value, place)
            receiver = judge_receiver(found, call.func.attr, (_REQUEST,), context.inference)
            if receiver is not None and receiver.certain:
                yield Usage(
                    active, call.func, place, f"{last_name(call.func.value)}.form".lstrip("."), _REQUEST, call, call
                )


def find_asked_for(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """One usage for each signature, however many fields it asks for; and each parser that is made."""
    told: set[int] = set()
    inference = context.inference
    for call, place in context.candidates.calls:
        if last_name(call.func) not in context.candidates.callables:
            continue  # collected for a keyword that is another rule's
        found = inference.type_of(call.func, place)
        if isinstance(found, ClassType) and any(cls.name in _PARSERS for cls in inference.classes.line(found)):
            yield Usage(active, call.func, place, last_name(call.func), found.name, call, call)
        elif _is_fastapis(found, _PARAMETERS) and id(place.statement) not in told:
            told.add(id(place.statement))
            yield Usage(active, call.func, place, last_name(call.func), "fastapi", call, call)
    if holds(context.module, match.words):
        for place in statements(context.module):
            if (
                isinstance(place.statement, ast.FunctionDef | ast.AsyncFunctionDef)
                and id(place.statement) not in told
            ):
                yield from _asked_for(active, place.statement, place, inference)


def _asked_for(
    active: ActiveRule, function: ast.FunctionDef | ast.AsyncFunctionDef, place: Place, inference: Inference
) -> Iterator[Usage]:
    """The first upload, or login form, in the signature of a function that FastAPI calls."""
    args = function.args
    annotations = [arg.annotation for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs) if arg.annotation]
    defaults = [default for default in (*args.defaults, *args.kw_defaults) if default is not None]
    for root in (*annotations, *defaults):
        for node in ast.walk(root):
            if not isinstance(node, ast.Name | ast.Attribute):
                continue
            found = inference.type_of(node, place)
            if _is_fastapis(found, _LOGIN) or (
                _is_upload(found, inference) and _is_route(function, place, inference)
            ):
                yield Usage(active, node, place, last_name(node), "fastapi")
                return


def _is_fastapis(found: object, names: tuple[str, ...]) -> bool:
    return (
        isinstance(found, Symbol | ClassType)
        and found.name.partition(".")[0] == "fastapi"
        and found.name.rpartition(".")[2] in names
    )


def _is_upload(found: object, inference: Inference) -> bool:
    return isinstance(found, ClassType) and any(cls.name == _UPLOAD for cls in inference.classes.line(found))


def _is_route(function: ast.FunctionDef | ast.AsyncFunctionDef, place: Place, inference: Inference) -> bool:
    """Whether a decorator such as `@app.post(…)` makes the function an endpoint of FastAPI."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            owner = inference.type_of(decorator.func.value, place)
            if any(
                isinstance(member, Instance)
                and any(cls.name in _ROUTERS for cls in inference.classes.line(member.cls))
                for member in members(owner)
            ):
                return True
    return False
