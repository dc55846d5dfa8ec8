"""Code that already takes care: version checks, `hasattr`, and imports with a fallback."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette_upgrade.semantics.scopes import Block, Place, Scope

_VERSION_WORD = re.compile(r"version|starlette_?[v\d]|_at_least|is_old|_lt_|_gte?_|legacy", re.IGNORECASE)
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_ERRORS = frozenset({"AttributeError", "TypeError", "ImportError", "ModuleNotFoundError"})


def has_fallback(place: Place) -> bool:
    """Whether an import here fails into an `except`, or is itself the fallback of another import."""
    return any(_catches(block, _IMPORT_ERRORS) for block in _blocks(place))


def is_guarded(place: Place, name: str) -> bool:
    """Whether the code here runs only on some versions, or only where `name` exists, or expects its absence."""
    for block in _blocks(place):
        owner = block.owner
        if isinstance(owner, ast.If) and _asks(owner.test, name):
            return True
        if _catches(block, _ERRORS):
            return True
    scope: Scope | None = place.scope
    while scope is not None:
        if any(
            _asks(decorator, name, calls_only=True) for decorator in getattr(scope.node, "decorator_list", ())
        ):
            return True
        scope = scope.parent
    return False


def _blocks(place: Place) -> list[Block]:
    return list(place.block.chain())


def _catches(block: Block, errors: frozenset[str]) -> bool:
    """Whether the block is the body, or a handler, of a `try` that catches one of `errors`."""
    owner = block.owner
    if owner is None or owner.__class__.__name__ not in ("Try", "TryStar"):
        return False
    handlers: list[ast.ExceptHandler] = getattr(owner, "handlers", [])
    if block.arm == "body":
        return any(_names(handler.type) & errors or handler.type is None for handler in handlers)
    if block.arm.startswith("handler "):
        return bool(_names(handlers[int(block.arm[8:])].type) & errors)
    return False


def _names(node: ast.expr | None) -> set[str]:
    if node is None:
        return set()
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts}


def _asks(test: ast.expr, name: str, *, calls_only: bool = False) -> bool:
    """Whether a condition speaks of a version, or of whether `name` exists."""
    if calls_only and not isinstance(test, ast.Call):
        return False
    if calls_only and "skip" not in ast.unparse(test.func if isinstance(test, ast.Call) else test):
        return False
    for node in ast.walk(test):
        word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if isinstance(word, str) and _VERSION_WORD.search(word):
            return True
        if isinstance(node, ast.Constant) and node.value == name and name:
            return True
    return False
