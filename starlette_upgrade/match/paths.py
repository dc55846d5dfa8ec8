"""What can have happened when the code of a function arrives at an expression: states, carried along every path.

A forward abstract interpretation. A state is any hashable value; at each node there is the set of those that some
path brings there. Conditions are not compared: two `if` on the same name are taken for independent.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)

# What a node makes of one state: the states behind it. A loop or `with` statement is asked at its end, where there
# are no more elements, or the block is left; a definition where it stands, as its body is another function's.
Step = Callable[[ast.AST, S], Iterable[S]]

_ROUNDS = 12
_MOST = 64
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_HARMLESS = (ast.Break, ast.Continue, ast.Pass, ast.Global, ast.Nonlocal)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def walk(function: ast.AST, start: S, step: Step[S]) -> dict[ast.AST, frozenset[S]]:
    """The states in which the code arrives at each node of a function's body, or of a module's.

    What is never reached is missing. Nothing at all is given where there are too many states to follow.
    """
    walker = _Walker(step)
    body = getattr(function, "body", [])
    try:
        if isinstance(body, list):
            walker.block(body, frozenset((start,)))
        else:
            walker.expression(body, frozenset((start,)))
    except _TooManyError:
        return {}
    return walker.reached


class _TooManyError(Exception):
    """There are more states than can be followed."""


class _Ways(Generic[S]):
    """The states that leave a loop before its end, or begin its next round."""

    def __init__(self) -> None:
        self.broken: frozenset[S] = frozenset()
        self.continued: frozenset[S] = frozenset()


class _Walker(Generic[S]):
    def __init__(self, step: Step[S]) -> None:
        self.reached: dict[ast.AST, frozenset[S]] = {}
        self._step = step
        self._loops: list[_Ways[S]] = []
        # What may be raised, for each `try` around; what returns, breaks or continues, for each `finally` around.
        self._raised: list[frozenset[S]] = []
        self._left: list[frozenset[S]] = []

    def block(self, body: list[ast.stmt], states: frozenset[S]) -> frozenset[S]:
        """The states behind the last statement; none where it is never reached."""
        for statement in body:
            if not states:
                break
            if not isinstance(statement, _HARMLESS):
                self._may_raise(states)
            states = self._statement(statement, states)
        return states

    def _arrive(self, node: ast.AST, states: frozenset[S]) -> frozenset[S]:
        """Notes the states at a node, and makes its step."""
        self.reached[node] = self.reached.get(node, frozenset()) | states
        found = frozenset(new for state in states for new in self._step(node, state))
        if len(found) > _MOST:
            raise _TooManyError
        return found

    def _may_raise(self, states: frozenset[S]) -> None:
        if self._raised:
            self._raised[-1] |= states

    def _leave(self, states: frozenset[S]) -> None:
        if self._left:
            self._left[-1] |= states

    # Statements

    def _statement(self, node: ast.stmt, states: frozenset[S]) -> frozenset[S]:
        if isinstance(node, ast.If):
            states = self.expression(node.test, states)
            return self.block(node.body, states) | self.block(node.orelse, states)
        if isinstance(node, ast.While):
            return self._while(node, states)
        if isinstance(node, ast.For | ast.AsyncFor):
            return self._for(node, states)
        if isinstance(node, ast.With | ast.AsyncWith):
            return self._with(node, states)
        if isinstance(node, ast.Match):
            return self._match(node, states)
        if hasattr(node, "handlers"):
            return self._try(node, states)
        if isinstance(node, _SCOPES):
            return self._arrive(node, states)
        for child in _parts(node):
            states = self.expression(child, states)
        states = self._arrive(node, states)
        if isinstance(node, ast.Return):
            self._leave(states)
            return frozenset()
        if isinstance(node, ast.Raise):
            self._may_raise(states)
            return frozenset()
        if isinstance(node, ast.Break | ast.Continue):
            if self._loops:
                ways = self._loops[-1]
                if isinstance(node, ast.Break):
                    ways.broken |= states
                else:
                    ways.continued |= states
            self._leave(states)
            return frozenset()
        return states

    def _while(self, node: ast.While, states: frozenset[S]) -> frozenset[S]:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        ways = _Ways[S]()
        for _ in range(_ROUNDS):
            before = states
            tested = self.expression(node.test, states)
            self._loops.append(ways)
            behind = self.block(node.body, tested)
            self._loops.pop()
            states = states | behind | ways.continued
            if states == before:
                break
        ended = frozenset() if endless else self._arrive(node, self.expression(node.test, states))
        return self.block(node.orelse, ended) | ways.broken

    def _for(self, node: ast.For | ast.AsyncFor, states: frozenset[S]) -> frozenset[S]:
        states = self.expression(node.iter, states)
        ways = _Ways[S]()
        for _ in range(_ROUNDS):
            before = states
            self._loops.append(ways)
            behind = self.block(node.body, self.expression(node.target, states))
            self._loops.pop()
            states = states | behind | ways.continued
            if states == before:
                break
        return self.block(node.orelse, self._arrive(node, states)) | ways.broken

    def _with(self, node: ast.With | ast.AsyncWith, states: frozenset[S]) -> frozenset[S]:
        for item in node.items:
            states = self.expression(item.context_expr, states)
            if item.optional_vars is not None:
                states = self.expression(item.optional_vars, states)
        behind = self.block(node.body, states)
        return self._arrive(node, behind) if behind else behind

    def _match(self, node: ast.Match, states: frozenset[S]) -> frozenset[S]:
        states = self.expression(node.subject, states)
        behind: frozenset[S] = frozenset()
        for case in node.cases:
            inside = states if case.guard is None else self.expression(case.guard, states)
            behind |= self.block(case.body, inside)
        last = node.cases[-1]
        catches_all = last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        return behind if catches_all else behind | states

    def _try(self, node: ast.stmt, states: frozenset[S]) -> frozenset[S]:
        body, handlers = getattr(node, "body", []), getattr(node, "handlers", [])
        orelse, finalbody = getattr(node, "orelse", []), getattr(node, "finalbody", [])
        self._raised.append(states)
        self._left.append(frozenset())
        behind = self.block(body, states)
        raised = self._raised.pop()
        self._raised.append(frozenset() if handlers else raised)
        behind = self.block(orelse, behind)
        for handler in handlers:
            inside = self._arrive(handler, raised)
            behind |= self.block(handler.body, inside)
        in_doubt = self._raised.pop()
        left = self._left.pop()
        self._may_raise(in_doubt)
        if not finalbody:
            self._leave(left)
            return behind
        self.block(finalbody, left | in_doubt)
        self._leave(left)
        return self.block(finalbody, behind)

    # Expressions

    def expression(self, node: ast.AST, states: frozenset[S]) -> frozenset[S]:
        """The states behind an expression, its parts in the order in which they are evaluated."""
        if isinstance(node, ast.Lambda):
            return self._arrive(node, states)
        if isinstance(node, ast.BoolOp):
            behind = states = self.expression(node.values[0], states)
            for value in node.values[1:]:
                states = self.expression(value, states)
                behind |= states
            return self._arrive(node, behind)
        if isinstance(node, ast.IfExp):
            states = self.expression(node.test, states)
            behind = self.expression(node.body, states) | self.expression(node.orelse, states)
            return self._arrive(node, behind)
        if isinstance(node, _COMPREHENSIONS):
            return self._comprehension(node, states)
        for child in _parts(node):
            states = self.expression(child, states)
        states = self._arrive(node, states)
        if isinstance(node, ast.Await | ast.Call):
            self._may_raise(states)
        return states

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, states: frozenset[S]
    ) -> frozenset[S]:
        """The first iterable is evaluated once, what stands behind it perhaps never."""
        states = self.expression(node.generators[0].iter, states)
        inside = states
        for number, generator in enumerate(node.generators):
            if number:
                inside = self.expression(generator.iter, inside)
            for test in generator.ifs:
                inside = self.expression(test, inside)
        for child in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            inside = self.expression(child, inside)
        return self._arrive(node, states | inside)


def _parts(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions in a node, in the order in which they are evaluated."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        if node.value is not None:
            yield node.value
        yield from node.targets if isinstance(node, ast.Assign) else [node.target]
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.keyword):
            yield child.value
