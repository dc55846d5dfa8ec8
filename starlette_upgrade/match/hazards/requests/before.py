"""What FastAPI does with the body of a request before it calls an endpoint: its forms, then its dependencies."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.asked_forms import form_asked_for
from starlette_upgrade.match.hazards.connections import REQUEST, parameters_of
from starlette_upgrade.match.hazards.endpoints import endpoint_of
from starlette_upgrade.match.hazards.filled import body_is_read, dependencies_of
from starlette_upgrade.match.hazards.requests.receiving import FRESH, KEPT, UNKNOWN, State, followed
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_DEPTH = 3
# Their fields are required, and come in forms only.
_FORMS = frozenset({"OAuth2PasswordRequestForm", "OAuth2PasswordRequestFormStrict"})


def state_before(scope: Scope, inference: Inference) -> State:
    """In which state an endpoint gets the body of its request; that of any other function is fresh."""
    asked = form_asked_for(scope, inference)
    if asked is not None:
        return State("asked", asked)
    endpoint = endpoint_of(scope, inference)
    if endpoint is None or not endpoint.is_fastapi:
        return FRESH
    calls = [*_of_route(scope), *dependencies_of(scope)]
    assert scope.place is not None
    if any(_is_form(call, annotation, scope.place, inference) for call, annotation in calls):
        return State("asked", scope.node)
    # What FastAPI reads for other parameters it keeps.
    state = KEPT if body_is_read(scope, inference, 0)[0] else FRESH
    for call, annotation in calls:
        state = _behind(call, annotation, scope.place, state, inference, _DEPTH)
    return state if state.by is None else State(state.body, scope.node)


def _of_route(scope: Scope) -> Iterator[tuple[ast.Call, ast.expr | None]]:
    """`dependencies=[Depends(…)]` of the decorator, which come first."""
    for decorator in getattr(scope.node, "decorator_list", ()):
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "dependencies" and isinstance(keyword.value, ast.List | ast.Tuple):
                yield from ((element, None) for element in keyword.value.elts if isinstance(element, ast.Call))


def _is_form(call: ast.Call, annotation: ast.expr | None, place: Place, inference: Inference) -> bool:
    given = call.args[0] if call.args else annotation
    found = inference.type_of(given, place) if given is not None else None
    name = getattr(found, "name", "")
    return name.startswith("fastapi.security.") and name.rpartition(".")[2] in _FORMS


def _behind(
    call: ast.Call, annotation: ast.expr | None, place: Place, state: State, inference: Inference, depth: int
) -> State:
    """The state behind a dependency."""
    given = call.args[0] if call.args else annotation
    found = inference.type_of(given, place) if given is not None else None
    if isinstance(found, ClassType) and found.scope is None and found.name.startswith("fastapi.security."):
        return state
    if isinstance(found, Instance):
        found = inference.classes.member(found, "__call__")
    if not isinstance(found, FunctionType) or isinstance(found.node, ast.Lambda) or depth == 0:
        return UNKNOWN
    for inner, its_annotation in dependencies_of(found.scope):
        if found.scope.place is not None:
            state = _behind(inner, its_annotation, found.scope.place, state, inference, depth - 1)
    if body_is_read(found.scope, inference, 0)[0]:
        return KEPT
    for name in parameters_of(found.scope, inference, REQUEST):
        inside = followed(found, name, inference)
        ends = frozenset((UNKNOWN,)) if inside is None else inside.reached(state)[found.node]
        if len({end.body for end in ends}) != 1:
            return UNKNOWN
        end = next(iter(ends))
        state = end if end.by is None else State(end.body, call)
    return state
