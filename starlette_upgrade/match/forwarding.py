"""Arguments on their way: `**options` that a constructor hands on, and those that a function puts in before."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import asks
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.semantics.types import ClassType

# A key, and where it is written.
Key = tuple[str, "ast.Constant | ast.keyword"]
# What a dict may be asked without losing an argument.
_HARMLESS = frozenset({"get", "setdefault", "keys", "values", "items", "copy"})
_LOOKING = frozenset({"print", "len", "dict", "repr", "str", "debug", "info", "copy", "deepcopy"})
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


def written_keys(name: str, place: Place, call: ast.Call, *wanted: str) -> list[Key]:
    """The keys that a dict is given before a call, in the function (or module) around it, and that stay in it.

    A key that is given under a version check is none: somebody thought about it.
    """
    found: dict[str, Key] = {}
    body = getattr(place.scope.node, "body", [])
    for statement in _before(body if isinstance(body, list) else [], call, wanted):
        found.update((key[0], key) for key in _keys_set(statement, name))
        if _takes_out(statement, name):
            return []
        for inner in ast.walk(statement):
            gone = _key_taken_out(inner, name)
            if gone is not None:
                found.pop(gone, None)
    return list(found.values())


def _before(body: list[ast.stmt], call: ast.Call, wanted: Sequence[str]) -> Iterator[ast.stmt]:
    """The simple statements that may have run when the call comes, but for those that a version check chooses."""
    for statement in body:
        if statement.lineno > call.lineno:
            return
        if isinstance(statement, ast.If) and asks(statement.test, wanted):
            around = (statement.body, statement.orelse)
            for inner in around:  # the call itself may stand in there
                if inner and inner[0].lineno <= call.lineno <= (inner[-1].end_lineno or 0):
                    yield from _before(inner, call, wanted)
        elif isinstance(statement, ast.If | ast.For | ast.While | ast.With | ast.AsyncWith | ast.AsyncFor):
            yield from _before(statement.body, call, wanted)
            yield from _before(getattr(statement, "orelse", []), call, wanted)
        elif (statement.end_lineno or 0) < call.lineno and not hasattr(statement, "body"):
            yield statement


def _keys_set(statement: ast.stmt, name: str) -> Iterator[Key]:
    """The keys that a simple statement gives a dict: written out, set one by one, by `setdefault` or `update`."""
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if _is_name(target, name):
                yield from _keys_of(value)
            elif isinstance(target, ast.Subscript) and _is_name(target.value, name):
                yield from _texts([target.slice])
    elif isinstance(statement, ast.Expr) and isinstance(value, ast.Call):
        method = _method_of(value, name)
        if method == "setdefault":
            yield from _texts(value.args[:1])
        elif method == "update":
            yield from ((keyword.arg, keyword) for keyword in value.keywords if keyword.arg)
            yield from _keys_of(value.args[0] if value.args else None)


def _keys_of(value: ast.AST | None) -> Iterator[Key]:
    """The keys of `{…}` and of `dict(…)`."""
    if isinstance(value, ast.Dict):
        yield from _texts(value.keys)
    elif isinstance(value, ast.Call) and getattr(value.func, "id", "") == "dict":
        yield from ((keyword.arg, keyword) for keyword in value.keywords if keyword.arg)


def _texts(keys: Iterable[ast.expr | None]) -> Iterator[Key]:
    yield from ((k.value, k) for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str))


def _takes_out(statement: ast.stmt, name: str) -> bool:
    """Whether a statement may take any key out of a dict, or hands it to somebody who may."""
    for node in ast.walk(statement):
        if _method_of(node, name) in _REMOVING and _key_taken_out(node, name) is None:
            return True
        targets = node.targets if isinstance(node, ast.Delete) and _key_taken_out(node, name) is None else []
        if any(isinstance(target, ast.Subscript) and _is_name(target.value, name) for target in targets):
            return True
        arguments = node.args if isinstance(node, ast.Call) and last_name(node.func) not in _LOOKING else []
        if any(_is_name(argument, name) for argument in arguments):
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
