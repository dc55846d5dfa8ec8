"""The request that a `TemplateResponse` in its old form passes, somewhere in its context."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.template_response import is_request
from starlette_upgrade.rewrite.plan import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place, Scope


def passed_request(call: ast.Call, place: Place, context: Context) -> ast.expr | Refusal:
    """The expression of the request: from the call, its context, or what is in sight."""
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "request"), None)
    if given is not None:
        return given
    values = _context_of(call)
    if values is None:
        return _in_sight(place, context) or Refusal("no request is passed, and none is in sight")
    entry, goes = _entry(values)
    if entry is not None:
        if not goes and not _is_plain(entry):
            return Refusal("the request is made inside a context that has to stay as it is")
        return entry
    if isinstance(values, ast.Name):
        assigned = _assigned_entry(values.id, place)
        if isinstance(assigned, ast.Name | ast.Attribute):
            return assigned
    found = _in_sight(place, context)
    if found is not None:
        return found
    if isinstance(values, ast.Name):
        return ast.Subscript(values, ast.Constant("request"), ast.Load())
    return Refusal("the request is inside a context that is made elsewhere")


def _context_of(call: ast.Call) -> ast.expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "context"), None)
    position = 0 if any(keyword.arg == "name" for keyword in call.keywords) else 1
    return named if named is not None else call.args[position] if len(call.args) > position else None


def _entry(context: ast.expr) -> tuple[ast.expr | None, bool]:
    """The value of "request" in a dict that is written out, and whether the rewrite takes it from there."""
    if isinstance(context, ast.Dict):
        for number, (key, value) in enumerate(zip(context.keys, context.values, strict=True)):
            if isinstance(key, ast.Constant) and key.value == "request":
                return value, None not in context.keys[:number]
    if isinstance(context, ast.Call) and getattr(context.func, "id", "") == "dict":
        for number, keyword in enumerate(context.keywords):
            if keyword.arg == "request":
                unpacked = any(other.arg is None for other in context.keywords[:number])
                return keyword.value, not context.args and not unpacked
    if isinstance(context, ast.BinOp) and isinstance(context.op, ast.BitOr):
        for side in (context.right, context.left):
            inner, _ = _entry(side)
            if inner is not None:
                return inner, False
    return None, False


def _is_plain(request: ast.expr) -> bool:
    """Whether evaluating the expression a second time does nothing."""
    return not any(
        isinstance(node, ast.Call | ast.Await | ast.NamedExpr | ast.Yield | ast.YieldFrom)
        for node in ast.walk(request)
    )


def _assigned_entry(name: str, place: Place) -> ast.expr | None:
    """The value of "request" where the context is a local dict that is written out or filled here."""
    values = [
        value
        for binding in place.scope.names.get(name, [])
        if isinstance(binding.node, ast.expr) and (value := _entry(binding.node)[0]) is not None
    ]
    values.extend(_stored(name, place.scope))
    texts = {ast.unparse(value) for value in values}
    return values[0] if len(texts) == 1 else None


def _stored(name: str, scope: Scope) -> Iterator[ast.expr]:
    """What a function stores as `name["request"]`."""
    if not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for node in ast.walk(scope.node):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if not isinstance(target, ast.Subscript) or getattr(target.value, "id", "") != name:
            continue
        if isinstance(target.slice, ast.Constant) and target.slice.value == "request":
            yield node.value


def _in_sight(place: Place, context: Context) -> ast.expr | None:
    """A variable `request` of the functions around, or their one parameter that is a request."""
    scope: Scope | None = place.scope
    while scope is not None and scope.parent is not None:
        if scope.is_function:
            if "request" in scope.names:
                return ast.Name("request", ast.Load())
            requests = [
                name
                for name, bindings in scope.names.items()
                if len(bindings) == 1 and isinstance(bindings[0].node, ast.arg)
                if is_request(context.inference.binding(bindings[0]), context.inference)
            ]
            if len(requests) == 1:
                return ast.Name(requests[0], ast.Load())
        scope = scope.parent
    return None
