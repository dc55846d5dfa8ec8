"""Whether one thing in a function follows another on every way that does not raise."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from starlette_upgrade.match.surroundings import Parents

    Passed = Callable[[ast.stmt], bool]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def follows(later: ast.AST, earlier: ast.AST, parents: Parents, passed: Passed = lambda _: False) -> bool:
    """Whether `later` is evaluated whenever `earlier` was, unless something raises. Both are of one function.

    Statements that are `passed` don't count as ways out.
    """
    chain = [later, *_above(later, parents)]
    node = earlier
    for outer in _above(earlier, parents):
        for statement in behind(node, outer):
            if statement in chain:
                return _is_unconditional(chain[: chain.index(statement) + 1])
            if not passed(statement) and any(isinstance(inner, _LEAVING) for inner in _own(statement)):
                ends = [end for outer in _above(statement, parents) for end in getattr(outer, "finalbody", ())]
                last = next((end for end in ends if end in chain), None)  # it runs however the rest is left
                return last is not None and _is_unconditional(chain[: chain.index(last) + 1])
        if isinstance(outer, _SCOPES) or (isinstance(outer, ast.While) and isinstance(outer.test, ast.Constant)):
            return False
        node = outer
    return False


def happens(node: ast.AST, function: ast.AST, parents: Parents, passed: Passed = lambda _: False) -> bool:
    """Whether a node is evaluated whenever the function around it is run, unless something raises."""
    chain = [node, *_above(node, parents)]
    for statement in getattr(function, "body", ()):
        if statement in chain:
            return _is_unconditional(chain[: chain.index(statement) + 1])
        if not passed(statement) and any(isinstance(inner, _LEAVING) for inner in _own(statement)):
            return False
    return False


def behind(node: ast.AST, outer: ast.AST) -> Iterator[ast.stmt]:
    """The statements of `outer` that run behind the part of it that `node` is."""
    runs = [getattr(outer, name, ()) for name in ("body", "orelse", "finalbody")]
    if isinstance(outer, ast.With | ast.AsyncWith) and node not in outer.body:
        yield from outer.body
    is_try = hasattr(outer, "handlers")
    for number, run in enumerate(runs):
        if isinstance(run, list) and node in run:
            yield from run[run.index(node) + 1 :]
            if is_try:
                for later in runs[number + 1 :]:
                    yield from later
    if isinstance(node, ast.ExceptHandler):
        yield from getattr(outer, "finalbody", ())


def _is_unconditional(chain: Sequence[ast.AST]) -> bool:
    """Whether the first node of a chain is evaluated whenever the last is; each is part of the next."""
    return not any(_is_choice(inner, outer) for inner, outer in pairwise(chain))


def _is_choice(inner: ast.AST, outer: ast.AST) -> bool:
    if isinstance(outer, ast.If | ast.While | ast.IfExp):
        return inner is not outer.test and not is_endless(outer)
    if isinstance(outer, ast.For | ast.AsyncFor):
        return inner is not outer.iter
    if isinstance(outer, ast.BoolOp):
        return inner is not outer.values[0]
    return isinstance(outer, (ast.match_case, ast.ExceptHandler, ast.comprehension, *_COMPREHENSIONS, *_SCOPES))


def is_endless(node: ast.AST) -> bool:
    """Whether it is `while True`."""
    return isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)


def _own(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement, without the bodies of functions and classes in it."""
    yield statement
    if not isinstance(statement, _SCOPES):
        for child in ast.iter_child_nodes(statement):
            yield from _own(child)


def _above(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node
