"""The warnings in a module's source: where each is raised, its category and its text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_WARNING = frozenset({"warn", "deprecated"})  # warnings.warn, and the decorator of PEP 702


class Warned(NamedTuple):
    """`where` is the function, as `Class.method`; empty if importing the module warns."""

    where: str
    category: str
    text: str


def warnings_of(tree: ast.Module) -> Iterator[Warned]:
    """All warnings of a module. What is filled into a text stands in braces, as in an f-string."""
    yield from _within(tree, "", tree)


def _within(node: ast.AST, where: str, scope: ast.AST) -> Iterator[Warned]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _SCOPES):
            yield from _within(child, f"{where}.{child.name}".lstrip("."), child)
            continue
        if isinstance(child, ast.Call) and _name(child.func) in _WARNING and child.args:
            yield Warned(where, _category(child), " ".join(_text(child.args[0], scope).split()))
        yield from _within(child, where, scope)


def _category(call: ast.Call) -> str:
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "category")]
    default = "DeprecationWarning" if _name(call.func) == "deprecated" else "UserWarning"
    return _name(given[0]) if given else default


def _text(node: ast.expr, scope: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value, scope) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    if isinstance(node, ast.BinOp):
        return _text(node.left, scope) + _text(node.right, scope)
    if isinstance(node, ast.Name):
        for known in ast.walk(scope):
            if isinstance(known, ast.Assign) and ast.unparse(known.targets[0]) == node.id:
                return _text(known.value, scope)
    return f"{{{ast.unparse(node)}}}"


def _name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
