"""What a template's context says of "request": the entry, what stores it, and what can be asked for it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEY = "request"
_WITH_EFFECT = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def context_of(call: ast.Call) -> ast.expr | None:
    """The context that a call of `TemplateResponse` in its old form passes."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "context"), None)
    position = 0 if any(keyword.arg == "name" for keyword in call.keywords) else 1
    if named is not None or len(call.args) <= position:
        return named
    return None if any(isinstance(one, ast.Starred) for one in call.args[: position + 1]) else call.args[position]


def entry_of(context: ast.expr) -> tuple[ast.expr | None, bool]:
    """The value of "request" in a dict that is written out, and whether the rewrite takes it from there."""
    if isinstance(context, ast.Dict):
        for number, (key, value) in enumerate(zip(context.keys, context.values, strict=True)):
            if isinstance(key, ast.Constant) and key.value == KEY:
                return value, None not in context.keys[:number]
    if isinstance(context, ast.Call) and _is_dict(context.func):
        for number, keyword in enumerate(context.keywords):
            if keyword.arg == KEY:
                unpacked = any(other.arg is None for other in context.keywords[:number])
                return keyword.value, not context.args and not unpacked
    if isinstance(context, ast.BinOp) and isinstance(context.op, ast.BitOr):
        for side in (context.right, context.left):
            inner, _ = entry_of(side)
            if inner is not None:
                return inner, False
    return None, False


def stored_in(name: str, body: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """What a function puts into the dict `name` as "request", once the dict is there."""
    for node in own_nodes(body):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and _is_named(target.value, name) and _is_key(target.slice):
                yield node.value
        added: ast.expr | None = None
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitOr) and _is_named(node.target, name):
            added = node.value
        if isinstance(node, ast.Call) and _is_method(node.func, name, "update"):
            as_keywords = ast.Call(ast.Name("dict", ast.Load()), [], node.keywords)
            added = node.args[0] if len(node.args) == 1 and not node.keywords else as_keywords
        value = entry_of(added)[0] if added is not None else None
        if value is not None:
            yield value


def holder_of(context: ast.expr) -> ast.expr | None:
    """The part of a context whose own "request" is the context's, where asking twice does nothing."""
    if is_plain(context) and _is_path(context):
        return context
    if isinstance(context, ast.BoolOp) and isinstance(context.op, ast.Or) and len(context.values) == 2:
        first, second = context.values
        return holder_of(first) if _is_empty(second) else None
    if isinstance(context, ast.Dict):
        parts = [value for key, value in zip(context.keys, context.values, strict=True) if key is None]
        return holder_of(parts[0]) if len(parts) == 1 and _is_free_of_request(context) else None
    if isinstance(context, ast.BinOp) and isinstance(context.op, ast.BitOr):
        for side, other in ((context.left, context.right), (context.right, context.left)):
            if isinstance(other, ast.Dict) and None not in other.keys and _is_free_of_request(other):
                return holder_of(side)
        return None
    if isinstance(context, ast.Call) and _is_dict(context.func):
        parts = [*context.args, *(keyword.value for keyword in context.keywords if keyword.arg is None)]
        return holder_of(parts[0]) if len(parts) == 1 else None
    if isinstance(context, ast.Call) and isinstance(context.func, ast.Attribute) and context.func.attr == "copy":
        return holder_of(context.func.value) if not context.args and not context.keywords else None
    return None


def is_plain(value: ast.AST) -> bool:
    """Whether evaluating the expression a second time does nothing."""
    return not any(isinstance(node, _WITH_EFFECT) for node in ast.walk(value))


def waits_for(entry: ast.expr, call: ast.Call) -> bool:
    """Whether the entry can't be evaluated before what stands in front of it in the call."""
    before = _in_front(entry, call)
    if not is_plain(entry):
        return any(not is_plain(node) for node in before) or bool(_bound(entry) & _named(before))
    return bool(_named([entry]) & {name for node in before for name in _bound(node)})


def root_of(path: ast.expr) -> ast.Name | None:
    """The name that a path such as `self.request` starts with."""
    while isinstance(path, ast.Attribute | ast.Subscript):
        path = path.value
    return path if isinstance(path, ast.Name) else None


def own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes and all that is in them, without the functions and classes."""
    for node in nodes:
        if not isinstance(node, _FUNCTIONS):
            yield node
            yield from own_nodes(ast.iter_child_nodes(node))


def _in_front(entry: ast.expr, call: ast.AST) -> list[ast.AST]:
    """What is evaluated before the entry, as far as the call is read from left to right."""
    before: list[ast.AST] = []
    for child in _in_order(call):
        if any(node is entry for node in ast.walk(child)):
            return before if child is entry else [*before, *_in_front(entry, child)]
        before.append(child)
    return before


def _in_order(node: ast.AST) -> list[ast.expr | ast.keyword]:
    parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.keyword)]
    return sorted(parts, key=lambda part: (part.lineno, part.col_offset))


def _bound(value: ast.AST) -> set[str]:
    return {node.target.id for node in ast.walk(value) if isinstance(node, ast.NamedExpr)}


def _named(values: Iterable[ast.AST]) -> set[str]:
    return {node.id for value in values for node in ast.walk(value) if isinstance(node, ast.Name)}


def _is_path(value: ast.expr) -> bool:
    """A name, or attributes and constant items of one."""
    if isinstance(value, ast.Subscript):
        return isinstance(value.slice, ast.Constant) and _is_path(value.value)
    return isinstance(value, ast.Name) or (isinstance(value, ast.Attribute) and _is_path(value.value))


def _is_free_of_request(context: ast.Dict) -> bool:
    keys = [key for key in context.keys if key is not None]
    return all(isinstance(key, ast.Constant) and key.value != KEY for key in keys)


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return _is_dict(value.func) and not value.args and not value.keywords
    return isinstance(value, ast.Dict) and not value.keys


def _is_dict(function: ast.expr) -> bool:
    return _is_named(function, "dict")


def _is_named(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Name) and value.id == name


def _is_method(function: ast.expr, name: str, method: str) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == method and _is_named(function.value, name)


def _is_key(index: ast.expr) -> bool:
    return isinstance(index, ast.Constant) and index.value == KEY
