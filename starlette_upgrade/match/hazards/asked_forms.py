"""Forms that the signature of a FastAPI endpoint asks for: FastAPI has read the body when the endpoint runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.endpoints import endpoint_of
from starlette_upgrade.semantics.types import ClassType, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_MARKS = frozenset({"Form", "File"})
_UPLOAD = "starlette.datastructures.UploadFile"


def form_asked_for(scope: Scope, inference: Inference) -> ast.arg | None:
    """A parameter of an endpoint that only a form can fill. Without one, another body may come as well."""
    endpoint = endpoint_of(scope, inference)
    if endpoint is None or not endpoint.is_fastapi or scope.place is None:
        return None
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    for arg, default in _parameters(scope.node.args):
        if _needs_form(arg, default, scope.place, inference):
            return arg
    return None


def _parameters(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
    yield from zip(positional, [*defaults, *args.defaults], strict=True)
    yield from zip(args.kwonlyargs, args.kw_defaults, strict=True)


def _needs_form(arg: ast.arg, default: ast.expr | None, place: Place, inference: Inference) -> bool:
    annotation = arg.annotation
    if default is not None:
        return isinstance(default, ast.Call) and _is_mark(default, place, inference) and _is_required(default)
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        return any(
            isinstance(part, ast.Call) and _is_mark(part, place, inference) for part in annotation.slice.elts[1:]
        )
    if not isinstance(annotation, ast.Name | ast.Attribute):
        return False
    found = inference.type_of(annotation, place)
    return isinstance(found, ClassType) and any(cls.name == _UPLOAD for cls in inference.classes.line(found))


def _is_mark(call: ast.Call, place: Place, inference: Inference) -> bool:
    found = inference.type_of(call.func, place)
    return (
        isinstance(found, Symbol | ClassType)
        and found.name.partition(".")[0] == "fastapi"
        and found.name.rpartition(".")[2] in _MARKS
    )


def _is_required(mark: ast.Call) -> bool:
    """`Form()`, `Form(...)`"""
    if any(keyword.arg in ("default", "default_factory", None) for keyword in mark.keywords):
        return False
    return not mark.args or (isinstance(mark.args[0], ast.Constant) and mark.args[0].value is Ellipsis)
