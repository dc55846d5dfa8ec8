"""Names in scopes: where a binding goes, and what the parts of a definition are called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.semantics.scopes import Binding, Scope


def bind_name(scope: Scope, name: str, binding: Binding) -> None:
    """Adds a binding to the scope, or to the outer one that a `global` or `nonlocal` names."""
    if name in scope.outer_names and scope.parent is not None:
        target = scope.module.scope
        outer = scope.parent
        while outer is not None and outer.parent is not None:
            if outer.is_function and name in outer.names:
                target = outer
                break
            outer = outer.parent
        scope = target
    scope.names.setdefault(name, []).append(binding)


def last_name(node: ast.expr) -> str:
    """The last part of a name or attribute; "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def self_owner(scope: Scope, value: ast.expr) -> Scope | None:
    """The class whose instance `value` is, where it is the first parameter of a method, here or around."""
    if not isinstance(value, ast.Name):
        return None
    inner: Scope | None = scope
    while inner is not None and isinstance(inner.node, ast.FunctionDef | ast.AsyncFunctionDef):
        args = inner.node.args
        if value.id in (arg.arg for arg in all_arguments(args)):
            first = next(iter((*args.posonlyargs, *args.args)), None)
            is_static = any(last_name(decorator) == "staticmethod" for decorator in inner.node.decorator_list)
            is_method = inner.parent is not None and inner.parent.is_class and not is_static
            return inner.parent if is_method and first is not None and first.arg == value.id else None
        inner = inner.parent
    return None


def all_arguments(args: ast.arguments) -> Iterable[ast.arg]:
    """Every parameter, `*args` and `**kwargs` among them."""
    yield from args.posonlyargs
    yield from args.args
    yield from args.kwonlyargs
    if args.vararg:
        yield args.vararg
    if args.kwarg:
        yield args.kwarg


def argument_of(call: ast.Call, name: str, number: int | None, skip: int = 0) -> ast.expr | None:
    """The expression that a call passes for a parameter, by name or as the `number`th behind the first `skip`.

    None if that is not plain to see.
    """
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if number is None or number < 0:
        return None
    before = call.args[: skip + number + 1]
    if len(before) <= skip + number or any(isinstance(node, ast.Starred) for node in before):
        return None
    return before[-1]
