"""What a function returns, as far as it is written out: is any of it a response?"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.results import within
from starlette_upgrade.match.surroundings import inside
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.types import FunctionType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place, Scope

_DISPLAYS = {
    ast.Dict: "a dict",
    ast.DictComp: "a dict",
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.Tuple: "a tuple",
    ast.JoinedStr: "a string",
}
_CALLS = {
    "builtins.dict": "a dict",
    "builtins.list": "a list",
    "builtins.str": "a string",
    "json.dumps": "a string",
}
_BODIES = {"body": "bytes", "json": "what was in the body", "form": "a form"}
_REQUEST = "starlette.requests.Request"
_CONSTANTS = {"NoneType": "None", "str": "a string", "bytes": "bytes", "bool": "a bool", "int": "a number"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is returned, in words, "" for what may be a response; and where, None at the end of the function."""

    word: str
    node: ast.expr | ast.stmt | None


def outcomes(function: Scope, inference: Inference) -> list[Outcome]:
    """Everything that a function returns; nothing if that is not plain to see, or if it is only a stub."""
    node = function.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    ensure_bound(function)  # its body may have been left out so far
    if _is_stub(node) or any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in _own(node)):
        return []
    end = ast.Pass()
    reached = walk(ast.Module([*node.body, end], []), None, partial(_goes_on, function, inference))
    found = [_outcome(inner, function, inference) for inner in reached if isinstance(inner, ast.Return)]
    return [*found, Outcome("None", None)] if end in reached else found


def _goes_on(function: Scope, inference: Inference, node: ast.AST, state: None) -> list[None]:
    """Nothing where the code surely ends: `1 / 0`, as tests have it, and a function that does nothing but raise."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return [] if isinstance(node.right, ast.Constant) and node.right.value == 0 else [state]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        called = inference.type_of(node.func, inside(function).place(node))
        if isinstance(called, FunctionType) and called.node is not function.node:
            return [] if _only_raises(called) else [state]
    return [state]


def _only_raises(called: FunctionType) -> bool:
    ensure_bound(called.scope)
    body = called.node.body
    return isinstance(body, list) and isinstance(body[-1], ast.Raise) and len(body) <= 2


def _outcome(node: ast.Return, function: Scope, inference: Inference) -> Outcome:
    if node.value is None:
        return Outcome("None", node)
    word = _word(node.value)
    return Outcome(word or _by_type(node.value, function, inference), node.value)


def _word(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return _CONSTANTS.get(type(value.value).__name__, "")
    return _DISPLAYS.get(type(value), "")


def _by_type(value: ast.expr, function: Scope, inference: Inference) -> str:
    """For a name that never has another value, and for calls of which everybody knows what they give."""
    place = inside(function).place(value)
    if isinstance(value, ast.Name):
        found = inference.bindings_of(value.id, place, value)
        bindings = found if isinstance(found, list) else []
        nodes = [binding.node for binding in bindings if binding.kind in ("value", "annotated")]
        words = {
            _word(node) or _by_call(node, place, inference) if isinstance(node, ast.expr) else "" for node in nodes
        }
        is_own = len(nodes) == len(bindings) == len(function.names.get(value.id, ()))
        return words.pop() if is_own and len(words) == 1 and words != {"None"} else ""
    return _by_call(value, place, inference)


def _by_call(value: ast.expr, place: Place, inference: Inference) -> str:
    if isinstance(value, ast.Await):
        call = value.value
        is_json = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _BODIES
        if is_json and is_object_of(call.func.value, place, inference, _REQUEST):  # type: ignore[attr-defined]
            return _BODIES[call.func.attr]  # type: ignore[attr-defined]
        return ""
    if not isinstance(value, ast.Call):
        return ""
    return _CALLS.get(inference.canonical(value.func, place) or "", "")


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether nothing is written there yet, or it is not meant to be called: `pass`, `...`, `return`."""
    return all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Return) and (statement.value is None or _word(statement.value) == "None"))
        for statement in node.body
    )


def _own(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    for statement in node.body:
        yield from within(statement)
