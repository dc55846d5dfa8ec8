"""Arguments on their way: `**options` that a constructor hands on, and those that a function puts in before."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.semantics.types import ClassType

# What a dict may be asked without losing an argument.
_HARMLESS = frozenset({"get", "setdefault", "keys", "values", "items", "copy"})
_REMOVING = frozenset({"pop", "popitem", "clear"})


def forwards(cls: ClassType, keyword: str | None) -> bool:
    """Whether the own `__init__` of a class hands an argument that it does not name on to its base's, for sure."""
    bindings = cls.scope.names.get("__init__", ()) if cls.scope is not None else ()
    node = bindings[-1].node if bindings else None
    if keyword is None or not isinstance(node, ast.FunctionDef) or node.args.kwarg is None:
        return False
    if keyword in {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}:
        return False
    name = node.args.kwarg.arg
    calls = [call for call in _calls(node) if _unpacks(call, name)]
    mentions = sum(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
    known = len(calls) + sum(_asks_for_another(inner, name, keyword) for inner in ast.walk(node))
    return len(calls) == 1 and mentions == known and _is_of_the_base(calls[0], cls)


def written_keys(name: str, place: Place, call: ast.Call) -> list[ast.Constant]:
    """The keys of a dict that are written out before a call in the function (or module) around it.

    Only what is sure: a key under a condition counts no more than one that may be taken out again.
    """
    found: dict[str, ast.Constant] = {}
    body = getattr(place.scope.node, "body", [])
    for statement in _before(body if isinstance(body, list) else [], call):
        for key in _keys_set(statement, name):
            found[str(key.value)] = key
        if _takes_out(statement, name):
            return []
        for inner in ast.walk(statement):
            gone = _key_taken_out(inner, name)
            if gone is not None:
                found.pop(gone, None)
    return list(found.values())


def _before(body: list[ast.stmt], call: ast.Call) -> Iterator[ast.stmt]:
    """The statements that have run when the call comes, those around it opened up."""
    for statement in body:
        if statement.lineno >= call.lineno:
            return
        if (statement.end_lineno or 0) < call.lineno:
            yield statement
            continue
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if isinstance(inner, list) and inner and inner[0].lineno <= call.lineno <= (inner[-1].end_lineno or 0):
                yield from _before(inner, call)


def _keys_set(statement: ast.stmt, name: str) -> Iterator[ast.Constant]:
    """The keys that a simple statement gives a dict: `name = {"key": …}`, `name["key"] = …`, `setdefault`."""
    keys: list[ast.expr | None] = []
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if _is_name(target, name) and isinstance(value, ast.Dict):
                keys.extend(value.keys)
            elif isinstance(target, ast.Subscript) and _is_name(target.value, name):
                keys.append(target.slice)
    elif isinstance(statement, ast.Expr) and _method_of(value, name) == "setdefault":
        assert isinstance(value, ast.Call)
        keys.extend(value.args[:1])
    yield from (key for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def _takes_out(statement: ast.stmt, name: str) -> bool:
    """Whether a statement may take any key out of a dict, or hands it to somebody who may."""
    for node in ast.walk(statement):
        if _method_of(node, name) in _REMOVING and _key_taken_out(node, name) is None:
            return True
        targets = node.targets if isinstance(node, ast.Delete) and _key_taken_out(node, name) is None else []
        if any(isinstance(target, ast.Subscript) and _is_name(target.value, name) for target in targets):
            return True
        if isinstance(node, ast.Call) and any(_is_name(argument, name) for argument in node.args):
            return True
    return False


def _key_taken_out(node: ast.AST, name: str) -> str | None:
    key: ast.expr | None = None
    if isinstance(node, ast.Call) and _method_of(node, name) == "pop" and node.args:
        key = node.args[0]
    elif isinstance(node, ast.Delete) and len(node.targets) == 1:
        target = node.targets[0]
        key = target.slice if isinstance(target, ast.Subscript) and _is_name(target.value, name) else None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _asks_for_another(node: ast.AST, name: str, keyword: str) -> bool:
    """Whether a node uses a dict without any harm to the key."""
    if isinstance(node, ast.Subscript) and _is_name(node.value, name):
        is_kept = not isinstance(node.ctx, ast.Del)
        return is_kept and not (isinstance(node.slice, ast.Constant) and node.slice.value == keyword)
    if _method_of(node, name) in _HARMLESS:
        return True
    taken = _key_taken_out(node, name)
    return taken is not None and taken != keyword


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _is_of_the_base(call: ast.Call, cls: ClassType) -> bool:
    """`super().__init__(…)`, or `Base.__init__(self, …)` of the only base."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "__init__":
        return False
    owner = call.func.value
    if isinstance(owner, ast.Call):
        return last_name(owner.func) == "super"
    bases = getattr(cls.scope.node, "bases", []) if cls.scope is not None else []
    return len(bases) == 1 and last_name(owner) == last_name(bases[0])


def _unpacks(call: ast.Call, name: str) -> bool:
    return any(keyword.arg is None and _is_name(keyword.value, name) for keyword in call.keywords)


def _method_of(node: ast.AST | None, name: str) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) and _is_name(function.value, name) else ""


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
