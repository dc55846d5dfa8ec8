"""The request that a `TemplateResponse` in its old form passes, somewhere in its context."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.templates.template_response import is_request
from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.rewrite.templates.template_context import (
    KEY,
    context_of,
    entry_of,
    holder_of,
    is_plain,
    own_nodes,
    root_of,
    stored_in,
    waits_for,
)
from starlette_upgrade.semantics.types import Instance, NoneValue, Type, Unknown, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place, Scope

_REQUEST = "starlette.requests.Request"
# How a name is bound that keeps its value until it is bound again: that of a loop is another one each time.
_LASTING = frozenset({"parameter", "value", "annotated", "with", "import", "from"})


def passed_request(call: ast.Call, place: Place, context: Context) -> ast.expr | Refusal:
    """The expression of the request: from the call, its context, or what is in sight.

    Up to 0.52.1 the context's own was the request, whatever else was in sight. So a name is taken only if it
    surely means that one, or where nothing says that it does not; else the context is asked.
    """
    given = next((keyword.value for keyword in call.keywords if keyword.arg == KEY), None)
    if given is not None:
        return given
    if _is_unpacked(call):
        return Refusal("the request is in a dict that is unpacked into the call")
    values = context_of(call)
    if values is None:
        return _in_sight(call, place, context) or Refusal("no request is passed, and none is in sight")
    entry, goes = entry_of(values)
    if entry is not None:
        if not goes and not is_plain(entry):
            return Refusal("the request is made inside a context that has to stay as it is")
        if waits_for(entry, call):
            return Refusal("what stands before the request in the call has to be evaluated first")
        return entry
    held = holder_of(values)
    stored = _stored_entries(values, place) if isinstance(values, ast.Name) else []
    if stored:
        assert isinstance(values, ast.Name)
        named = _as_named_here(stored, values, place, context)
        if named is not None:
            return named
    elif held is None or not _comes_with_others(held, place, context):
        found = _in_sight(call, place, context)
        if found is not None:
            return found
    if held is not None:
        return ast.Subscript(held, ast.Constant(KEY), ast.Load())
    return Refusal("the request is inside a context that is made elsewhere")


def _is_unpacked(call: ast.Call) -> bool:
    return any(keyword.arg is None and entry_of(keyword.value)[0] is not None for keyword in call.keywords)


def _comes_with_others(held: ast.expr, place: Place, context: Context) -> bool:
    """Whether the context is one of several that a loop goes through, each with a request of its own."""
    root = root_of(held)
    found = context.inference.bindings_of(root.id, place, root) if root is not None else []
    return isinstance(found, list) and any(binding.kind == "element" for binding in found)


def _stored_entries(name: ast.Name, place: Place) -> list[ast.expr]:
    """The values of "request" where the context is a dict that a function around writes out or fills."""
    scope = _owner(name.id, place)
    if scope is None or not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    written = [entry_of(binding.node)[0] for binding in scope.names[name.id] if isinstance(binding.node, ast.expr)]
    return [*filter(None, written), *stored_in(name.id, scope.node.body)]


def _as_named_here(values: list[ast.expr], name: ast.Name, place: Place, context: Context) -> ast.expr | None:
    """The stored request if all are the same, by a name that surely means it here, too."""
    value, scope = values[0], _owner(name.id, place)
    if len({ast.unparse(other) for other in values}) > 1 or not isinstance(value, ast.Name | ast.Attribute):
        return None
    root = root_of(value)
    owner = _owner(root.id, place) if root is not None else None
    if root is None or owner is None or scope is None or _is_set_again(value, scope):
        return None
    if len(owner.names[root.id]) > 1 or _lasting(root.id, owner, place, name, context.inference) is None:
        return None
    return value if owner is scope or owner in _around(scope) else None


def _is_set_again(value: ast.expr, scope: Scope) -> bool:
    """Whether the function sets an attribute such as `self.request` itself: before or after, who knows."""
    text = ast.unparse(value)
    return any(
        isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node) == text
        for node in own_nodes(getattr(scope.node, "body", ()))
    )


def _in_sight(call: ast.Call, place: Place, context: Context) -> ast.expr | None:
    """A variable `request` of the functions around, or their one parameter that is a request."""
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    others = {argument.id for argument in arguments if isinstance(argument, ast.Name)}
    for scope in (place.scope, *_around(place.scope)):
        if not scope.is_function:
            continue
        if KEY in scope.names:
            binding = _lasting(KEY, scope, place, call, context.inference)
            if binding is None:
                return None
            if _may_be_request(context.inference.binding(binding), context.inference):
                return ast.Name(KEY, ast.Load())
        requests = [
            name
            for name, bindings in scope.names.items()
            if len(bindings) == 1 and isinstance(bindings[0].node, ast.arg) and name not in others
            if is_object(context.inference.binding(bindings[0]), context.inference, _REQUEST)
            if _lasting(name, scope, place, call, context.inference) is not None
        ]
        if len(requests) == 1:
            return ast.Name(requests[0], ast.Load())
    return None


def _may_be_request(found: Type, inference: Inference) -> bool:
    """Whether a variable `request` is one, as far as is known: others call the body of theirs so."""
    return all(
        isinstance(member, Unknown | NoneValue)
        or is_request(member, inference)
        or (isinstance(member, Instance) and member.cls.scope is None and member.cls.name.endswith(".Request"))
        for member in members(found)
    )


def _lasting(name: str, owner: Scope, place: Place, node: ast.expr, inference: Inference) -> Binding | None:
    """The one binding of a name in `owner` that surely holds at a place; None if there are several, or others."""
    found = inference.bindings_of(name, place, node)
    if not isinstance(found, list) or len(found) != 1:
        return None
    binding = found[0]
    if binding not in owner.names[name] or binding.kind not in _LASTING:
        return None
    if owner is not place.scope and len(owner.names[name]) > 1:
        return None
    is_there = binding.kind == "parameter" or binding.place.block.reaches(place.block)
    return binding if is_there else None


def _owner(name: str, place: Place) -> Scope | None:
    """The scope whose binding a name means at a place."""
    for scope in (place.scope, *_around(place.scope)):
        if name in scope.names and (scope is place.scope or not scope.is_class):
            return scope
    return None


def _around(scope: Scope) -> Iterator[Scope]:
    while scope.parent is not None:
        scope = scope.parent
        yield scope
