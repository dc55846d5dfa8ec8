"""Arguments on their way: `**options` that a constructor hands on, and those that a function puts in before."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette_upgrade.semantics.scopes import Scope
    from starlette_upgrade.semantics.types import ClassType


_KEYS = re.compile(r"\[[\"'](\w+)[\"']\]\s*=(?!=)|setdefault\(\s*[\"'](\w+)[\"']")


def forwards(cls: ClassType, keyword: str | None) -> bool:
    """Whether the own `__init__` of a class hands an argument that it does not name on to its base's."""
    bindings = cls.scope.names.get("__init__", ()) if cls.scope is not None else ()
    node = bindings[-1].node if bindings else None
    if keyword is None or not isinstance(node, ast.FunctionDef) or node.args.kwarg is None:
        return False
    named = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
    name = node.args.kwarg.arg
    if keyword in named or keyword in _taken_out(node, name):
        return False
    return any(_initialises(call) and _unpacks(call, name) for call in _calls(node))


def keys_set(name: str, scope: Scope, wanted: Callable[[str], bool]) -> Iterator[ast.Constant]:
    """The wanted keys that a function sets in a dict: `name["key"] = …`, `name.setdefault("key", …)`."""
    if not scope.is_function or not any(map(wanted, _keys_in(scope.module.document.text))):
        return
    gone = _taken_out(scope.node, name)
    for node in ast.walk(scope.node):
        key: ast.expr | None = None
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            key = target.slice if _is_name(target.value, name) else None
        elif isinstance(node, ast.Call) and _method_of(node, name) == "setdefault" and node.args:
            key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value not in gone:
            yield key


@lru_cache(maxsize=4)
def _keys_in(text: str) -> frozenset[str]:
    """The keys that a module sets anywhere: a quick look before each function's tree is walked."""
    return frozenset(key for match in _KEYS.finditer(text) for key in match.groups() if key)


def _taken_out(function: ast.AST, name: str) -> set[str]:
    """The keys that a function takes out of a dict again."""
    popped = [call.args[0] for call in _calls(function) if _method_of(call, name) == "pop" and call.args]
    deleted = [
        target.slice
        for node in ast.walk(function)
        if isinstance(node, ast.Delete)
        for target in node.targets
        if isinstance(target, ast.Subscript) and _is_name(target.value, name)
    ]
    return {str(key.value) for key in (*popped, *deleted) if isinstance(key, ast.Constant)}


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _initialises(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"


def _unpacks(call: ast.Call, name: str) -> bool:
    return any(keyword.arg is None and _is_name(keyword.value, name) for keyword in call.keywords)


def _method_of(call: ast.Call, name: str) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) and _is_name(function.value, name) else ""


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
