"""A response, followed along the paths of a function: is its body still to be read when it is sent?"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.responses.holders import NOBODY, Names, bound, gives
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.results import above
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import FunctionType, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Scope

ITERATOR = "body_iterator"
_LOGGING = frozenset({"critical", "debug", "error", "exception", "info", "log", "warning"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
_DEPTH = 2


@dataclass(frozen=True, slots=True)
class State:
    """`names` hold the response, `iterators` what its body comes from. `taken`: where that was read to its end.

    `doubtful`: it is not sure that it was, or that the body is not put back.
    """

    names: Names = NOBODY
    iterators: Names = NOBODY
    taken: ast.AST | None = None
    doubtful: bool = False


_LET_GO = State()


class Following:
    """The response that comes from `origin`: an expression, or a parameter."""

    def __init__(self, origin: ast.AST, scope: Scope, inference: Inference, depth: int = 0) -> None:
        self.origin = origin
        self.is_asked = not isinstance(origin, ast.Call)
        self.scope = scope
        self.inference = inference
        self.parents = parents_in(scope.node)
        self._depth = depth
        self._surroundings = inside(scope)

    def reached(self, start: State) -> dict[ast.AST, frozenset[State]]:
        """The states in which the code arrives at each node, and, under the function, at its end."""
        end = ast.Pass()
        body = getattr(self.scope.node, "body", [])
        found = walk(ast.Module([*body, end], []), start, self._step) if isinstance(body, list) else {}
        ends = [states for node, states in found.items() if node is end or isinstance(node, ast.Return)]
        found[self.scope.node] = frozenset().union(*ends)
        return found

    def gives(self, node: ast.expr | None, state: State) -> bool:
        """Whether an expression is the response."""
        return gives(node, self.origin, state.names)

    def _step(self, node: ast.AST, state: State) -> Iterator[State]:
        if isinstance(node, ast.ExceptHandler) and self._is_in_body_of(node, state.taken):
            yield _LET_GO  # perhaps it was not read to its end
            return
        if isinstance(node, ast.Attribute) and self.gives(node.value, state):
            # Whoever sets the iterator, or anything by way of `__dict__`, gives the response another body.
            is_set = not isinstance(node.ctx, ast.Load)
            if (is_set and node.attr == ITERATOR) or node.attr == "__dict__":
                yield _LET_GO
            else:  # `response.body = …` helps nobody who sends it, but perhaps somebody who asks it in a test
                yield replace(state, doubtful=state.doubtful or (is_set and node.attr == "body" and self.is_asked))
            return
        if isinstance(node, ast.Call):
            yield from self._called(node, state)
            return
        if isinstance(node, ast.AsyncFor) and self._is_iterator(node.iter, state):
            yield replace(state, taken=node.iter)
            return
        if isinstance(node, _COMPREHENSIONS):
            first = node.generators[0]
            if first.is_async and self._is_iterator(first.iter, state):
                yield replace(state, taken=first.iter)
                return
        names = bound(node, self.origin, state.names, self.parents)
        if not names and state.names:
            yield _LET_GO
            return
        if names and not state.names:  # it comes into being, perhaps in the next round of a loop
            state = _LET_GO
        yield replace(state, names=names, iterators=self._iterators(node, state))

    def _iterators(self, node: ast.AST, state: State) -> Names:
        if isinstance(node, ast.Assign) and self._is_iterator(node.value, state):
            return state.iterators | {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            return state.iterators - {node.id}
        return state.iterators

    def _is_iterator(self, node: ast.expr, state: State) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr == ITERATOR and self.gives(node.value, state)
        return isinstance(node, ast.Name) and node.id in state.iterators

    def _is_in_body_of(self, handler: ast.ExceptHandler, taken: ast.AST | None) -> bool:
        statement = self.parents.get(handler)
        return taken is not None and any(outer is statement for outer in above(taken, self.parents))

    # What is handed to somebody

    def _called(self, call: ast.Call, state: State) -> Iterator[State]:
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        given = [node for node in arguments if self._is_iterator(node, state)]
        given += [node for node in arguments if isinstance(node, ast.Name) and node.id in state.names]
        if not given or self._is_harmless(call):
            yield state
            return
        functions = list(members(self.inference.type_of(call.func, self._surroundings.place(call))))
        if len(functions) != 1 or not isinstance(functions[0], FunctionType) or len(given) != 1:
            yield replace(state, doubtful=state.doubtful or state.taken is not None)
            return
        yield from self._by_function(call, given[0], functions[0], state)

    def _by_function(self, call: ast.Call, given: ast.expr, called: FunctionType, state: State) -> Iterator[State]:
        """What becomes of the response in a function of the project's own."""
        parameter = _parameter(call, given, called)
        is_done = isinstance(called.node, ast.FunctionDef) or isinstance(self.parents.get(call), ast.Await)
        if parameter is None or self._depth == _DEPTH or not is_done or _yields(called.node):
            yield replace(state, doubtful=True)
            return
        names = frozenset({parameter.arg})
        start = State(iterators=names) if self._is_iterator(given, state) else State(names)
        inner = Following(parameter, called.scope, self.inference, self._depth + 1)
        ends = inner.reached(start)[called.node]
        for end in ends:
            if end.taken is not None:
                doubtful = end.doubtful or any(other.taken is None for other in ends)
                yield replace(state, taken=state.taken or call, doubtful=state.doubtful or doubtful)
            else:
                yield state if end.names or end.iterators else _LET_GO

    def _is_harmless(self, call: ast.Call) -> bool:
        """Whether a call only looks at what it is given."""
        if isinstance(call.func, ast.Attribute):
            return call.func.attr in _LOGGING
        found = self.inference.type_of(call.func, self._surroundings.place(call))
        return isinstance(found, Symbol) and found.name.startswith("builtins.") and last_name(call.func) not in (
            "setattr", "vars", "anext", "aiter",
        )  # fmt: skip


def _parameter(call: ast.Call, given: ast.expr, called: FunctionType) -> ast.arg | None:
    """The parameter that gets an argument."""
    args = called.node.args
    positional = [*args.posonlyargs, *args.args]
    for keyword in call.keywords:
        if keyword.value is given:
            return next((arg for arg in (*positional, *args.kwonlyargs) if arg.arg == keyword.arg), None)
    if any(isinstance(node, ast.Starred) for node in call.args):
        return None
    decorators = getattr(called.node, "decorator_list", ())
    is_bound = called.receiver is not None and not any(last_name(node) == "staticmethod" for node in decorators)
    number = call.args.index(given) + (1 if is_bound else 0)
    return positional[number] if number < len(positional) else None


def _yields(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))
