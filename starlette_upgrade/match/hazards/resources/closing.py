"""The words for closing something and for deleting a file, and where they are surely said."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.results import within
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELETING = frozenset({"remove", "rmtree", "unlink"})
_DELETING_METHODS = frozenset({"cleanup", "unlink"})
# `if path is not None and os.path.exists(path):`
_ASKING = frozenset({"Path", "dir", "exists", "hasattr", "isfile", "isinstance", "locals", "os", "pathlib"})
_WITH = (ast.With, ast.AsyncWith)


def closed_in(node: ast.AST) -> frozenset[str]:
    """The names whose objects a node closes."""
    return frozenset(name for inner in within(node) if (name := _closed_by(inner)))


def deleted_in(node: ast.AST) -> frozenset[str]:
    """The names whose files or folders a node deletes."""
    return frozenset(name for inner in within(node) if (name := _deleted_by(inner)))


def surely(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement does whatever its conditions, unless they ask for something else than what it does."""
    if isinstance(statement, ast.If) and not statement.orelse:
        asked = {node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)}
        for inner in statement.body:
            for node in surely(inner):
                ended = {*closed_in(node), *deleted_in(node)}
                if asked & ended and asked <= ended | _ASKING:
                    yield node
    elif isinstance(statement, ast.Try) or hasattr(statement, "handlers"):
        for inner in getattr(statement, "body", ()):
            yield from surely(inner)
    elif isinstance(statement, _WITH):
        for inner in statement.body:  # `with suppress(OSError):`
            yield from surely(inner)
    elif isinstance(statement, ast.Expr):
        yield statement.value


def _deleted_by(node: ast.AST) -> str:
    """The name that `os.remove(name)`, `name.unlink()`, or another word for that deletes; "" for none."""
    if not isinstance(node, ast.Call):
        return ""
    if node.args:
        return _root(node.args[0]) if last_name(node.func) in _DELETING else ""
    is_method = isinstance(node.func, ast.Attribute) and node.func.attr in _DELETING_METHODS
    return _root(node.func.value) if is_method and isinstance(node.func, ast.Attribute) else ""


def _closed_by(node: ast.AST) -> str:
    """The name that `name.close()`, or another word for that, closes; "" for none."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return ""
    is_name = node.func.attr in ("aclose", "close") and isinstance(node.func.value, ast.Name)
    return _root(node.func.value) if is_name else ""


def _root(node: ast.expr) -> str:
    """The name of a path: `path`, `file.name`, `Path(path)`; "" for none."""
    if isinstance(node, ast.Attribute) and node.attr == "name":
        node = node.value
    if isinstance(node, ast.Call) and len(node.args) == 1 and last_name(node.func) in ("Path", "str"):
        node = node.args[0]
    return node.id if isinstance(node, ast.Name) else ""
