"""What happens to `request.session` in a function: what is written to it, and what is changed inside of it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette_upgrade.match.places import heads, statements
from starlette_upgrade.match.steps import goes_with, may_follow
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance, Symbol, members, without_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place, Scope

CONNECTION = "starlette.requests.HTTPConnection"
_OWN = re.compile(r"starlette\.middleware(?:\.sessions\b| import [^\n]*\bsessions\b)")
# What Session itself notices; `setdefault` only where the key is missing.
_WRITES = frozenset({"update", "clear", "pop", "mark_modified", "__setitem__", "__delitem__"})
# What reads a value, which may be a list or dict.
_READS = frozenset({"get", "setdefault"})
# What changes a list or a dict in place. Nothing else that JSON can hold has such methods.
_CHANGES = frozenset({
    "append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A change of the session, or of a value in it, and where it happens."""

    node: ast.expr
    place: Place


@dataclass(slots=True)
class Story:
    """What one function does. `unseen`: it also hands the session on to something that may write to it."""

    changes: list[Event] = field(default_factory=list)
    removals: list[Event] = field(default_factory=list)
    writes: list[Place] = field(default_factory=list)
    unseen: list[Place] = field(default_factory=list)

    def is_saved(self, event: Event) -> bool:
        """Whether a write that marks the session as modified goes with a change, or waits behind it.

        Of one that waits under a condition, the author has thought.
        """
        return any(goes_with(write, event.place) or may_follow(write, event.place) for write in self.writes)


def stories(context: Context) -> Iterator[Story]:
    """The functions of a module that use the session of Starlette's own middleware."""
    places: dict[Scope, list[Place]] = {}
    sessions: dict[Scope, list[ast.Attribute]] = {}
    for place in statements(context.module):
        places.setdefault(place.scope, []).append(place)
        for node in heads(place):
            is_session = isinstance(node, ast.Attribute) and node.attr == "session"
            if is_session and isinstance(node, ast.Attribute) and _is_connection(node.value, place, context):
                sessions.setdefault(place.scope, []).append(node)
    if sessions and has_own_middleware(context):
        for scope, nodes in sessions.items():
            yield _Reader(places[scope], nodes, context).story


def _is_connection(node: ast.expr, place: Place, context: Context) -> bool:
    inference = context.inference
    known = list(members(without_none(inference.type_of(node, place))))
    return bool(known) and all(
        isinstance(member, Instance)
        and inference.classes.owner(member.cls, "session", (CONNECTION,))
        and not inference.classes.has_other_base(member.cls)
        for member in known
    )


def has_own_middleware(context: Context) -> bool:
    """Whether the middleware that the project calls SessionMiddleware is Starlette's, and not another package's."""
    if "SessionMiddleware" not in context.named_near:
        return False
    modules = (context.module, *context.inference.project.holding("SessionMiddleware"))
    return any(_OWN.search(module.document.text) for module in modules)


class _Reader:
    """Reads one function from top to bottom."""

    def __init__(self, places: list[Place], nodes: list[ast.Attribute], context: Context) -> None:
        self.story = Story()
        self._context = context
        self._sessions = {id(node) for node in nodes}
        self._connections = {ast.dump(node.value) for node in nodes}
        self._aliases: set[str] = set()
        self._values: dict[str, Place] = {}
        # Where a name is given something else under a condition; it counts for what lies under that, too.
        self._others: dict[str, list[Place]] = {}
        self._place = places[0]
        for place in places:
            self._read(place)

    def _read(self, place: Place) -> None:
        self._place = place
        for node in heads(place):
            if isinstance(node, ast.Call):
                self._call(node, place)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                if self._is_session(node.value):
                    self.story.writes.append(place)
                elif self._is_value(node.value):
                    self._change(node, place)
        statement = place.statement
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.BitOr):
            if self._is_session(statement.target):
                self.story.removals.append(Event(statement.target, place))
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._name(statement.targets[0], statement.value, place)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._name(statement.target, statement.value, place)
        elif isinstance(statement, ast.For):
            iterated = statement.iter
            if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Attribute):
                iterated = iterated.func.value if iterated.func.attr == "values" else iterated
            self._name(statement.target, iterated, place)

    def _is_session(self, node: ast.expr) -> bool:
        return id(node) in self._sessions or (isinstance(node, ast.Name) and node.id in self._aliases)

    def _is_value(self, node: ast.expr) -> bool:
        """Whether an expression is a value in the session, at any depth."""
        if isinstance(node, ast.Name):
            others = self._others.get(node.id, ())
            return node.id in self._values and not any(goes_with(other, self._place) for other in others)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._is_value(node.values[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _READS:
            node = node.func
        elif not isinstance(node, ast.Subscript):
            return False
        return self._is_session(node.value) or self._is_value(node.value)

    def _name(self, target: ast.expr, value: ast.expr, place: Place) -> None:
        if not isinstance(target, ast.Name):
            return
        if self._is_session(value):
            self._aliases.add(target.id)
            return
        self._aliases.discard(target.id)
        if self._is_value(value):
            self._values[target.id] = place
            self._others.pop(target.id, None)
        elif target.id in self._values and goes_with(place, self._values[target.id]):
            del self._values[target.id]
        else:
            self._others.setdefault(target.id, []).append(place)

    def _change(self, node: ast.expr, place: Place) -> None:
        """Notes a change, unless it is the beginning of one: `session["user"].setdefault("tags", []).append(1)`."""
        if not any(node is inner for event in self.story.changes for inner in ast.walk(event.node)):
            self.story.changes.append(Event(node, place))

    def _call(self, node: ast.Call, place: Place) -> None:
        function = node.func
        if isinstance(function, ast.Attribute) and self._is_session(function.value):
            if function.attr == "popitem":
                self.story.removals.append(Event(node, place))
            elif function.attr in _WRITES:
                self.story.writes.append(place)
            return
        if isinstance(function, ast.Attribute) and function.attr in _CHANGES and self._is_value(function.value):
            self._change(node, place)
            return
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(self._is_session(value) or ast.dump(value) in self._connections for value in given):
            self._handed_on(node, place)

    def _handed_on(self, call: ast.Call, place: Place) -> None:
        """The request or the session goes to another function, which may write to the session."""
        for member in members(self._context.inference.type_of(call.func, place)):
            if isinstance(member, FunctionType):
                document = member.scope.module.document
                body = document.lines[member.node.lineno - 1 : member.node.end_lineno]
                if any("session" in line for line in body):
                    self.story.writes.append(place)
            elif isinstance(member, Symbol | ClassType):
                if not member.name.startswith(("builtins.", "starlette.", "fastapi.")):
                    self.story.unseen.append(place)
            elif last_name(call.func) != "TemplateResponse":
                self.story.unseen.append(place)
