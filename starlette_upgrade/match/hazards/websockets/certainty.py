"""Whether what a path leads to is sure to come, and whether the code expects it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.websockets.disconnects import names_of
from starlette_upgrade.match.inevitable import behind, follows, is_endless
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.surroundings import Parents

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_TOLERANT = frozenset({"BaseException", "Exception", "RuntimeError", "WebSocketDisconnected"})
_EXPECTING = frozenset({"RuntimeError", "WebSocketDisconnected"})


def leads_to(origin: ast.AST, later: ast.AST, parents: Parents) -> bool:
    """Whether `later` is evaluated whenever `origin` was: a call, a loop that ended, a handler that was entered."""
    if _is_in_finally(origin, later, parents):
        return True
    if not isinstance(origin, ast.ExceptHandler):
        return follows(later, origin, parents) or _comes_round(origin, later, parents)
    chain = [later, *_above(later, parents)]
    for statement in origin.body:
        if statement in chain:
            return statement is later or follows_within(statement, later, parents)
        if _leaves(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
            return _begins_next_round(origin, later, chain, parents)
    return follows(later, origin, parents) or _begins_next_round(origin, later, chain, parents)


def follows_within(statement: ast.AST, later: ast.AST, parents: Parents) -> bool:
    """Whether a part of a statement is evaluated whenever the statement is."""
    inner, outer = later, parents[later]
    while inner is not statement:
        is_choice = isinstance(outer, ast.If | ast.While | ast.IfExp) and inner is not outer.test
        if is_choice and not is_endless(outer):
            return False
        if isinstance(outer, ast.For | ast.AsyncFor) and inner is not outer.iter:
            return False
        if isinstance(outer, ast.BoolOp) and inner is not outer.values[0]:
            return False
        if isinstance(outer, (ast.match_case, ast.ExceptHandler, ast.comprehension, *_SCOPES)):
            return False
        inner, outer = outer, parents.get(outer, outer)
    return True


def _is_in_finally(origin: ast.AST, later: ast.AST, parents: Parents) -> bool:
    """Whether a `finally` around the origin comes to `later`, however the code leaves."""
    chain = {later, *_above(later, parents)}
    inner = origin
    for outer in _above(origin, parents):
        last: list[ast.stmt] = getattr(outer, "finalbody", [])
        if inner not in last:
            for statement in last:
                if statement in chain:
                    return statement is later or follows_within(statement, later, parents)
                if _leaves(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                    return False
        inner = outer
    return False


def _begins_next_round(
    handler: ast.ExceptHandler, later: ast.AST, chain: Sequence[ast.AST], parents: Parents
) -> bool:
    """Whether nothing leaves the endless loop around a handler, so that its next round comes to `later`."""
    loop = next((outer for outer in _above(handler, parents) if isinstance(outer, _LOOPS)), None)
    if not isinstance(loop, ast.While) or loop not in chain:
        return False
    if not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return False
    inside = {id(node) for statement in loop.body for node in ast.walk(statement)}
    attempts = [outer for outer in _above(handler, parents) if id(outer) in inside and hasattr(outer, "handlers")]
    if any(_leaves(statement, (ast.Return, ast.Raise, ast.Break)) for statement in handler.body):
        return False
    # The body of the `try` is left for good; what stands around it may leave the loop.
    for statement in loop.body:
        if statement in chain:
            return follows_within(statement, later, parents)
        if statement not in attempts and _leaves(statement, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return False
    return False


def _comes_round(origin: ast.AST, later: ast.AST, parents: Parents) -> bool:
    """Whether nothing behind the origin leaves the endless loop around it, whose next round comes to `later`."""
    chain = {later, *_above(later, parents)}
    inner = origin
    for outer in _above(origin, parents):
        if isinstance(outer, _LOOPS):
            if outer not in chain or not is_endless(outer):
                return False
            break
        if any(_leaves(statement, (ast.Return, ast.Raise, ast.Break)) for statement in behind(inner, outer)):
            return False
        if isinstance(outer, _SCOPES):
            return False
        inner = outer
    else:
        return False
    following = [inner, *behind(inner, outer)]
    if any(_leaves(statement, (ast.Return, ast.Raise, ast.Break)) for statement in following[1:]):
        return False
    for statement in outer.body:
        if statement in chain:
            return statement is later or follows_within(statement, later, parents)
        if _leaves(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
            return False
    return False


def _leaves(statement: ast.AST, ways: tuple[type[ast.stmt], ...]) -> bool:
    """Whether a statement may leave what is around it. `break` of a loop inside of it counts, too."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, ways):
            return True
        if isinstance(node, ast.Call) and last_name(node.func) in ("exit", "_exit", "cancel"):
            return True
        if not isinstance(node, _SCOPES):
            stack.extend(ast.iter_child_nodes(node))
    return False


def is_expected(node: ast.AST, origins: Sequence[ast.AST], parents: Parents) -> bool:
    """Whether a `try` or `suppress` around a node lets pass what is raised there.

    One that is around what led there as well must name the error; one whose handler led there must leave.
    """
    inner = node
    for outer in _above(node, parents):
        if isinstance(outer, _SCOPES):
            return False
        caught: frozenset[str] = frozenset()
        if isinstance(outer, ast.With | ast.AsyncWith) and inner in outer.body:
            caught = frozenset(_suppressed(outer))
        elif inner in getattr(outer, "body", ()):
            handlers: list[ast.ExceptHandler] = getattr(outer, "handlers", [])
            if not any(handler in origins for handler in handlers):
                caught = frozenset(name for handler in handlers for name in names_of(handler.type))
            elif any(_lets_go(handler) for handler in handlers):
                return True
        if caught:
            shared = bool(origins) and all(origin in _inside(outer) for origin in origins)
            if not caught.isdisjoint(_EXPECTING if shared else _TOLERANT):
                return True
        inner = outer
    return False


def is_remembered(origins: Sequence[ast.AST], node: ast.AST, parents: Parents) -> bool:
    """Whether a node stands behind a condition on what a handler among the origins has set."""
    targets = {
        ast.unparse(target)
        for origin in origins
        if isinstance(origin, ast.ExceptHandler)
        for statement in origin.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    }
    tests = [
        part
        for outer in _above(node, parents)
        if isinstance(outer, ast.If | ast.While | ast.IfExp)
        for part in ast.walk(outer.test)
    ]
    return any(ast.unparse(part) in targets for part in tests if isinstance(part, ast.Name | ast.Attribute))


def _lets_go(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches the error and leaves its loop."""
    caught = not names_of(handler.type).isdisjoint(_TOLERANT)
    return caught and any(_leaves(statement, (ast.Return, ast.Raise, ast.Break)) for statement in handler.body)


def _inside(outer: ast.AST) -> set[ast.AST]:
    return {node for statement in getattr(outer, "body", ()) for node in ast.walk(statement)}


def _suppressed(outer: ast.With | ast.AsyncWith) -> Iterator[str]:
    for item in outer.items:
        manager = item.context_expr
        if isinstance(manager, ast.Call) and last_name(manager.func) in ("suppress", "raises", "assertRaises"):
            for argument in manager.args:
                yield from names_of(argument)


def _above(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node
