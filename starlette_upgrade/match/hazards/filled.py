"""What FastAPI fills the parameters of a function with, and whether it has to receive the body for that."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.connections import BODY, REQUEST, parameters_of
from starlette_upgrade.match.hazards.handling import uses_of
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "UUID", "date", "datetime", "time", "Decimal", "None"})
_FILLED = tuple(f"starlette.{module}." for module in ("background", "requests", "responses", "websockets"))
_OWN = ("fastapi.background.", "fastapi.security.")
_READ_ELSEWHERE = frozenset({"Cookie", "Header", "Path", "Query"})
_DEPENDING = frozenset({"Depends", "Security"})


def body_is_read(scope: Scope, inference: Inference, depth: int = 3) -> tuple[bool, bool]:
    """Whether FastAPI may read the body for a function's parameters, and whether nobody else gets at it before."""
    place = scope.place
    assert place is not None
    alone = True
    for arg, default in _parameters(scope):
        told = _told(arg, default)
        if told is None:
            if not _is_filled(arg.annotation, place, inference):
                return True, alone
        elif last_name(told.func) in _DEPENDING:
            reads, free = _dependency(told, place, inference, depth)
            if reads:
                return True, alone
            alone = alone and free
        elif last_name(told.func) not in _READ_ELSEWHERE:
            return True, alone
    return False, alone


def dependencies_of(scope: Scope) -> Iterator[tuple[ast.Call, ast.expr | None]]:
    """`Depends(get)` in a signature, each with the annotation that says what it gives."""
    for arg, default in _parameters(scope):
        told = _told(arg, default)
        if told is not None and last_name(told.func) in _DEPENDING:
            annotation = arg.annotation
            if isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Annotated":
                annotation = annotation.slice.elts[0] if isinstance(annotation.slice, ast.Tuple) else None
            yield told, annotation


def _parameters(scope: Scope) -> list[tuple[ast.arg, ast.expr | None]]:
    """The parameters that FastAPI fills, with their defaults."""
    args = getattr(scope.node, "args", None)
    assert isinstance(args, ast.arguments)
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    return pairs[1:] if scope.place is not None and scope.place.scope.is_class else pairs


def _told(arg: ast.arg, default: ast.expr | None) -> ast.Call | None:
    """`Query()`, `Depends(get)` and the like: the default, or in the annotation."""
    if isinstance(default, ast.Call):
        return default
    annotation = arg.annotation
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Annotated":
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
        return next((part for part in parts[1:] if isinstance(part, ast.Call)), None)
    return None


def _is_filled(annotation: ast.expr | None, place: Place, inference: Inference) -> bool:
    """Whether what is annotated so comes from the path, the query or FastAPI itself, not from the body."""
    if annotation is None:
        return True
    if isinstance(annotation, ast.Constant):
        return annotation.value is None
    if isinstance(annotation, ast.BinOp):
        return all(_is_filled(part, place, inference) for part in (annotation.left, annotation.right))
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in ("Optional", "Union"):
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return all(_is_filled(part, place, inference) for part in parts)
    if last_name(annotation) in _PLAIN:
        return True
    found = inference.type_of(annotation, place)
    return isinstance(found, ClassType) and any(
        cls.name.startswith((*_FILLED, *_OWN)) for cls in inference.classes.line(found)
    )


def _dependency(call: ast.Call, place: Place, inference: Inference, depth: int) -> tuple[bool, bool]:
    if not call.args:
        return True, False  # a class, which may hold anything
    found = inference.type_of(call.args[0], place)
    if isinstance(found, Instance):
        found = inference.classes.member(found, "__call__")
    if not isinstance(found, FunctionType) or isinstance(found.node, ast.Lambda) or depth < 1:
        return False, False
    reads, alone = body_is_read(found.scope, inference, depth - 1)
    for name in parameters_of(found.scope, inference, REQUEST):
        methods = [use.method for use in uses_of(name, found.scope, BODY, inference)]
        reads, alone = reads or any(methods), alone and all(methods)
    return reads, alone
