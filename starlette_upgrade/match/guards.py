"""Code that already takes care: version checks, `hasattr`, and imports with a fallback."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.scopes import Block, Place, Scope

_FRAMEWORK = re.compile(r"starlette|fastapi", re.IGNORECASE)
_VERSION = re.compile(r"version|_(?:lt|le|gt|ge|gte|lte)(?:_|$)|\d|old|legacy|compat", re.IGNORECASE)
# Needed by Starlette 0.45.0, the first release from which a rule's usage is gone.
_OLDEST_PYTHON = (3, 9)
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_EVERYTHING = frozenset({"Exception", "BaseException"})
_ERRORS = frozenset({"AttributeError", "TypeError", "ImportError", "ModuleNotFoundError"})


def has_fallback(place: Place) -> bool:
    """Whether an import here fails into an `except`, or is itself the fallback of another import."""
    return any(_catches(block, _IMPORT_ERRORS) for block in _blocks(place))


def is_guarded(place: Place, *names: str) -> bool:
    """Whether the code here is chosen (see `is_chosen`), or expects that what it uses may be missing."""
    return is_chosen(place, *names) or any(_catches(block, _ERRORS) for block in _blocks(place))


def is_caught(place: Place, *errors: str) -> bool:
    """Whether an `except` around the code here expects one of `errors`."""
    return any(_catches(block, frozenset(errors)) for block in _blocks(place))


def is_attempt(place: Place, other: Place) -> bool:
    """Whether a `try` of its own, in which `other` has no part, lets any error of the code here pass."""
    shared = {(id(block.owner), block.arm) for block in other.block.chain()}
    own = (block for block in _blocks(place) if (id(block.owner), block.arm) not in shared)
    return any(_catches(block, _EVERYTHING) for block in own)


def is_chosen(place: Place, *names: str) -> bool:
    """Whether the code here runs on some versions only, or where one of `names` exists."""
    for block in _blocks(place):
        owner = block.owner
        if isinstance(owner, ast.If) and (asks(owner.test, names) or _needs_old_python(owner.test, block.arm)):
            return True
        if isinstance(owner, ast.Match) and asks(owner.subject, names):
            return True
    if _comes_after_a_way_out(place, names) or _is_one_of_two(place.statement, names):
        return True
    scope: Scope | None = place.scope
    while scope is not None:
        if any(_skips(decorator, names) for decorator in getattr(scope.node, "decorator_list", ())):
            return True
        scope = scope.parent
    return False


def _needs_old_python(test: ast.expr, arm: str) -> bool:
    """Whether a branch on `sys.version_info` runs only on a Python that no Starlette in question supports."""
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and last_name(test.left) == "version_info"):
        return False
    limit = test.comparators[0]
    parts = limit.elts if isinstance(limit, ast.Tuple) else []
    numbers = tuple(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, int))
    below = ast.Lt | ast.LtE if arm == "body" else ast.GtE | ast.Gt
    return isinstance(test.ops[0], below) and bool(numbers) and numbers[:2] <= _OLDEST_PYTHON


def _is_one_of_two(statement: ast.stmt, names: Sequence[str]) -> bool:
    """Whether a simple statement chooses between two expressions by the version, or goes on only on some."""
    return not hasattr(statement, "body") and any(
        (isinstance(node, ast.IfExp) and asks(node.test, names))
        or (isinstance(node, ast.BoolOp) and asks(node.values[0], names))
        for node in ast.walk(statement)
    )


def _blocks(place: Place) -> list[Block]:
    return list(place.block.chain())


def _catches(block: Block, errors: frozenset[str]) -> bool:
    """Whether the block is the body, or a handler, of a `try` that catches one of `errors`."""
    owner = block.owner
    if isinstance(owner, ast.With | ast.AsyncWith):
        return any(_suppresses(item.context_expr, errors) for item in owner.items)
    if owner is None or owner.__class__.__name__ not in ("Try", "TryStar"):
        return False
    handlers: list[ast.ExceptHandler] = getattr(owner, "handlers", [])
    if block.arm == "body":
        return any(_names(handler.type) & errors for handler in handlers)
    if block.arm.startswith("handler "):
        return bool(_names(handlers[int(block.arm[8:])].type) & errors)
    return False


def _suppresses(manager: ast.expr, errors: frozenset[str]) -> bool:
    """Whether a `with` lets an error pass: `suppress(AttributeError)`, `pytest.raises(TypeError)`."""
    if not isinstance(manager, ast.Call) or not _names(manager.func) & {"suppress", "raises", "assertRaises"}:
        return False
    return any(_names(argument) & errors for argument in manager.args)


def _comes_after_a_way_out(place: Place, names: Sequence[str]) -> bool:
    """Whether an `if` or `assert` above, on a version, has left the function for good."""
    body = getattr(place.scope.node, "body", ())
    for statement in body if place.scope.is_function and isinstance(body, list) else ():
        if statement.lineno >= place.statement.lineno:
            break
        leaves = isinstance(statement, ast.If) and _leaves(statement.body[-1])
        if (leaves or isinstance(statement, ast.Assert)) and asks(statement.test, names):
            return True
    return False


def _leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return | ast.Raise):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and last_name(call.func) in ("exit", "fail", "skip", "xfail")


def _names(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"BaseException"}  # `except:` catches all, and so expects nothing in particular
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {last_name(part) for part in parts}


def asks(test: ast.expr, names: Sequence[str]) -> bool:
    """Whether a condition speaks of a version of Starlette or FastAPI, or of whether one of `names` exists."""
    if isinstance(test, ast.BoolOp):
        return any(asks(value, names) for value in test.values)
    nodes = list(ast.walk(test))
    if any(isinstance(node, ast.Constant) and node.value and node.value in names for node in nodes):
        return True
    words = [word for word in map(_word, nodes) if word]
    framework = [word for word in words if _FRAMEWORK.search(word)]
    if any(_VERSION.search(word) for word in framework):
        return True
    return bool(framework) and any("version" in word.lower() for word in words)


def _word(node: ast.AST) -> str:
    """The name that a node brings into a condition, written out or in a string."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    text = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(text, str):
        return ""
    return text if text.isidentifier() or "__version__" in text else ""


def _skips(decorator: ast.expr, names: Sequence[str]) -> bool:
    """Whether a decorator such as `pytest.mark.skipif(…)` takes the function out on some versions."""
    return (
        isinstance(decorator, ast.Call)
        and "skip" in ast.unparse(decorator.func)
        and any(asks(argument, names) for argument in decorator.args)
    )
