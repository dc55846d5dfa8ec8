"""What was said on a websocket when the code of a function arrives at a call: accepted, closed, the client gone."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.certainty import class_named
from starlette_upgrade.match.hazards.objects import handled
from starlette_upgrade.match.hazards.websockets.disconnects import catches_disconnect
from starlette_upgrade.match.hazards.websockets.effects import (
    Effect,
    closing_dependencies,
    effect_of,
    is_keeping,
)
from starlette_upgrade.match.hazards.websockets.endpoints import is_farewell, is_fresh
from starlette_upgrade.match.paths import walk
from starlette_upgrade.match.surroundings import inside, parents_in
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.narrowing import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.hazards.objects import Handled
    from starlette_upgrade.match.surroundings import Parents, Surroundings
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place

WEBSOCKET = "starlette.websockets.WebSocket"
SENDING = frozenset({"send_bytes", "send_json", "send_text"})
RECEIVING = frozenset({"receive_bytes", "receive_json", "receive_text"})
ITERATING = frozenset({"iter_bytes", "iter_json", "iter_text"})
_OTHERS = frozenset({"accept", "close", "receive", "send", "send_denial_response"})
METHODS = SENDING | RECEIVING | ITERATING | _OTHERS
_STATES = frozenset({"application_state", "client_state"})


@dataclass(frozen=True, slots=True)
class State:
    """How far a connection is, and what brought it there.

    `fresh`: nothing was sent; `open`: accepted; `closed`; `unknown`: what others did with it is not known;
    `watched`: the code asks for its state itself. `gone`: the client has left, as `told` told the code.
    """

    kind: Literal["fresh", "open", "closed", "unknown", "watched"]
    by: ast.AST | None = None
    gone: bool = False
    told: ast.AST | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A websocket in a function: the states in which its calls, and other nodes there, are reached.

    `given`: the calls that are given it, with what they do with it.
    """

    socket: Handled
    reached: dict[ast.AST, frozenset[State]]
    parents: Parents
    around: Surroundings
    given: dict[ast.Call, Effect]

    def calls(self) -> Iterator[tuple[ast.Call, str, Place, frozenset[State]]]:
        """The calls of its methods that are reached, each with the method's name."""
        for call, place in self.socket.calls.values():
            assert isinstance(call.func, ast.Attribute)
            states = self.reached.get(call, frozenset())
            if states and is_direct(call, self.parents):
                yield call, call.func.attr, place, states

    def deeds(self) -> Iterator[tuple[ast.Call, str, str, Place, frozenset[State]]]:
        """The calls of its methods, and of functions that surely call one first: the method, and how to say it."""
        for call, name, place, states in self.calls():
            yield call, name, f"{name}()", place, states
        for call, effect in self.given.items():
            states = self.reached.get(call, frozenset())
            if states and effect.first in METHODS:
                yield call, effect.first, f"{last_name(call.func)}()", self.around.place(call), states


def conversations(context: Context) -> tuple[Conversation, ...]:
    """Every websocket of the module, function by function."""
    return context.once(_conversations)


def _conversations(context: Context) -> tuple[Conversation, ...]:
    return tuple(_held(context))


def _held(context: Context) -> Iterator[Conversation]:
    for socket in handled(METHODS, (WEBSOCKET,), context):
        node = socket.scope.node
        if not isinstance(node, ast.AsyncFunctionDef):
            continue
        parents = parents_in(node)
        around = inside(socket.scope)
        steps = _Steps(socket, parents, around, context)
        reached = walk(node, _start(socket, context), steps.step)
        for name, asked in closing_dependencies(node, socket.scope, context):
            if not steps.asks(name):
                for inner, states in walk(node, State("closed", by=asked), steps.step).items():
                    reached[inner] = reached.get(inner, frozenset()) | states
        yield Conversation(socket, reached, parents, around, steps.given)


def _start(socket: Handled, context: Context) -> State:
    if is_farewell(socket.scope, socket.name, context):
        return State("open", gone=True)
    return State("fresh" if is_fresh(socket.scope, socket.name, context) else "unknown")


def _is_to_fail(call: ast.Call, parents: Parents) -> bool:
    """Whether a call stands alone in a `with pytest.raises(…)`: it does nothing but raise."""
    statement = parents.get(parents.get(call, call))
    around = parents.get(statement) if isinstance(statement, ast.Expr) else None
    if not isinstance(around, ast.With) or around.body != [statement]:
        return False
    managers = (item.context_expr for item in around.items)
    return any(isinstance(one, ast.Call) and last_name(one.func) in ("raises", "assertRaises") for one in managers)


def is_direct(call: ast.Call, parents: Parents) -> bool:
    """Whether a call runs where it stands: it is awaited or iterated, not made a task of."""
    parent = parents.get(call)
    if isinstance(parent, ast.Await):
        return True
    if isinstance(parent, ast.AsyncFor | ast.comprehension):
        return parent.iter is call
    is_timed = isinstance(parent, ast.Call) and dotted(parent.func) in ("asyncio.wait_for", "wait_for")
    return is_timed and isinstance(parents.get(parent), ast.Await)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Steps:
    socket: Handled
    parents: Parents
    around: Surroundings
    context: Context
    given: dict[ast.Call, Effect] = field(default_factory=dict)

    def step(self, node: ast.AST, state: State) -> Iterable[State]:
        if state.kind == "watched":
            return [state]
        if node in self.socket.calls and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._called(node, node.func.attr, state)
        if isinstance(node, ast.ExceptHandler):
            return self._caught(node, state)
        if isinstance(node, ast.AsyncFor):
            ended = isinstance(node.iter, ast.Call) and node.iter in self.socket.calls
            return [replace(state, gone=True, told=node)] if ended else [state]
        if isinstance(node, ast.Call) and self._is_given(node):
            return self._handed(node, state)
        if isinstance(node, ast.expr):
            return self._named(node, state)
        return [state]

    def _called(self, call: ast.Call, name: str, state: State) -> Iterable[State]:
        if not is_direct(call, self.parents):
            return [replace(state, kind="watched")]
        if name in ("receive", "send"):
            return [replace(state, kind="unknown")] if state.kind == "fresh" else [state]
        if _is_to_fail(call, self.parents):
            return [state]
        if not self._can(name, state):
            return []
        if name == "accept":
            return [replace(state, kind="open", by=call)]
        return [replace(state, kind="closed", by=call) if name in ("close", "send_denial_response") else state]

    def _handed(self, call: ast.Call, state: State) -> Iterable[State]:
        """What becomes of it in a call that is given it."""
        if not isinstance(self.parents.get(call), ast.Await):
            return [state if state.kind != "fresh" or is_keeping(call) else replace(state, kind="unknown")]
        if call not in self.given:
            self.given[call] = effect_of(call, self.socket.name, self.around.place(call), self.context)
        effect = self.given[call]
        if effect.first and effect.first in METHODS and not self._can(effect.first, state):
            return []
        leaves = effect.leaves
        if "closed" in leaves and len(leaves) > 1 and self._asks_for_result(call):
            leaves -= {"closed"}
        if "unknown" in leaves or leaves == {"same", "open"}:
            return [replace(state, kind="unknown")] if state.kind == "fresh" else [state]
        return [state if kind == "same" else replace(state, kind=kind, by=call) for kind in leaves]

    @staticmethod
    def _can(name: str, state: State) -> bool:
        """Whether a method can be called in a state."""
        if name == "accept":
            return state.kind not in ("open", "closed")
        if name in ("close", "send_denial_response"):
            return state.kind != "closed" and not (state.gone and name == "close")
        return state.kind not in ("fresh", "closed") and not state.gone

    def _asks_for_result(self, call: ast.Call) -> bool:
        """Whether the code may learn from what a call gives back that it has closed the connection."""
        statement = self.parents.get(self.parents[call])
        if isinstance(statement, ast.Expr):
            return False
        if isinstance(statement, ast.NamedExpr):
            return self._is_asked(statement) or self.asks(statement.target.id)
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        return not isinstance(target, ast.Name) or self.asks(target.id)

    def asks(self, name: str) -> bool:
        """Whether a condition asks what goes by a name, or a function is given it."""
        return any(
            isinstance(node, ast.Name)
            and node.id == name
            and isinstance(node.ctx, ast.Load)
            and self._is_asked(node)
            for node in ast.walk(self.socket.scope.node)
        )

    def _is_asked(self, node: ast.AST) -> bool:
        while not isinstance(node, ast.stmt):
            outer = self.parents[node]
            is_asked = getattr(outer, "test", None) is node or getattr(outer, "subject", None) is node
            is_passed = isinstance(outer, ast.Call) and node is not outer.func
            if is_asked or (is_passed and outer not in self.socket.calls):
                return True
            node = outer
        return False

    def _caught(self, handler: ast.ExceptHandler, state: State) -> Iterable[State]:
        """In a handler, the client may have gone: it has where nothing else is caught."""
        if state.by is not None and state.kind == "closed" and self._is_tried(state.by, handler):
            return []  # what raised is hardly what came behind `close()`: most often that leaves
        caught = catches_disconnect(handler, self.parents, self.socket)
        if caught == "no" or state.gone:
            return [state]
        kind = "open" if state.kind in ("fresh", "unknown") else state.kind
        gone = replace(state, kind=kind, gone=True, told=handler)
        return [gone] if caught == "alone" else [state, gone]

    def _is_tried(self, call: ast.AST, handler: ast.ExceptHandler) -> bool:
        """Whether a call stands in the body of a handler's own `try`."""
        body, node = getattr(self.parents[handler], "body", ()), call
        while node in self.parents and node not in body:
            node = self.parents[node]
        return node in body

    def _named(self, node: ast.expr, state: State) -> Iterable[State]:
        if isinstance(node, ast.Attribute) and node.attr in _STATES and dotted(node.value) == self.socket.name:
            return [replace(state, kind="watched")]
        parent = self.parents.get(node)
        if (
            state.gone
            and isinstance(parent, ast.While)
            and parent.test is node
            and not isinstance(node, ast.Constant)
        ):
            return [replace(state, kind="watched")]  # a flag that a handler has put down
        if dotted(node) != self.socket.name:
            return [state]
        if not isinstance(getattr(node, "ctx", None), ast.Load):
            if isinstance(parent, ast.Assign) and self._is_made(parent.value):
                return [State("fresh")]
            return [replace(state, kind="watched")]  # another websocket from here on
        if isinstance(parent, ast.Attribute) and parent.attr not in METHODS:
            return [state]
        if isinstance(parent, ast.Attribute) and isinstance(self.parents.get(parent), ast.Call):
            return [state]
        if isinstance(parent, ast.Call | ast.keyword):
            return [state]  # the call tells
        return [replace(state, kind="unknown")] if state.kind == "fresh" else [state]

    def _is_made(self, node: ast.expr) -> bool:
        """Whether an expression makes a websocket of the three that a server gives."""
        if not isinstance(node, ast.Call) or len(node.args) + len(node.keywords) != 3:
            return False
        made = class_named(node.func, self.around.place(node), self.context.inference, WEBSOCKET)
        return made is not None and made.name == WEBSOCKET

    def _is_given(self, call: ast.Call) -> bool:
        return any(
            dotted(inner) == self.socket.name
            for value in (*call.args, *(keyword.value for keyword in call.keywords))
            for inner in ast.walk(value)
            if isinstance(inner, ast.Name | ast.Attribute)
            and not isinstance(self.parents.get(inner), ast.Attribute)
        )
