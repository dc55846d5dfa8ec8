"""Which handlers catch the `WebSocketDisconnect` that a websocket's own calls raise."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.objects import Handled
    from starlette_upgrade.match.surroundings import Parents

_DISCONNECT = "WebSocketDisconnect"
_EVERYTHING = frozenset({"Exception", "BaseException"})
_RECEIVING = frozenset({"receive_bytes", "receive_json", "receive_text"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def names_of(node: ast.expr | None) -> frozenset[str]:
    """The last names of what an `except` catches; a bare one catches `BaseException`."""
    if node is None:
        return frozenset({"BaseException"})
    return frozenset(last_name(part) for part in (node.elts if isinstance(node, ast.Tuple) else [node]))


def takes_disconnect(names: frozenset[str]) -> bool:
    return _DISCONNECT in names or not names.isdisjoint(_EVERYTHING)


def catches_disconnect(
    handler: ast.ExceptHandler, parents: Parents, socket: Handled
) -> Literal["alone", "among others", "no"]:
    """Whether a handler gets the disconnect of a client from which the body of its `try` receives."""
    attempt = parents.get(handler)
    names = names_of(handler.type)
    if not takes_disconnect(names):
        return "no"
    for other in getattr(attempt, "handlers", ()):
        if other is handler:
            break
        if takes_disconnect(names_of(other.type)):
            return "no"
    body: list[ast.stmt] = getattr(attempt, "body", [])
    if not any(_raises_to(attempt, call, parents) for call in _receiving_in(body, socket)):
        return "no"
    return "alone" if names == {_DISCONNECT} else "among others"


def _receiving_in(body: list[ast.stmt], socket: Handled) -> Iterator[ast.Call]:
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, ast.Call) and node in socket.calls and last_name(node.func) in _RECEIVING:
            yield node
        stack.extend(ast.iter_child_nodes(node))


def _raises_to(attempt: ast.AST | None, call: ast.Call, parents: Parents) -> bool:
    """Whether no `try` between the two catches the disconnect before."""
    inner: ast.AST = call
    outer = parents.get(inner)
    while outer is not None and outer is not attempt:
        if (
            hasattr(outer, "handlers")
            and inner in getattr(outer, "body", ())
            and any(takes_disconnect(names_of(handler.type)) for handler in getattr(outer, "handlers", ()))
        ):
            return False
        if isinstance(outer, ast.With | ast.AsyncWith) and "suppress" in "".join(
            ast.unparse(item.context_expr) for item in outer.items
        ):
            return False
        inner, outer = outer, parents.get(outer)
    return True
