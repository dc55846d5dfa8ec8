"""What happens to `request.session` in a function: what is written to it, and what is changed inside of it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette_upgrade.match.flow import Step, steps
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
    """A change of the session, or of a value in it, with the place of the session's own expression."""

    node: ast.expr
    step: Step
    place: Place


@dataclass(slots=True)
class Story:
    """What one function does. `unseen`: it also hands the session on to something that may write to it."""

    changes: list[Event] = field(default_factory=list)
    removals: list[Event] = field(default_factory=list)
    writes: list[Step] = field(default_factory=list)
    unseen: list[Step] = field(default_factory=list)

    def is_saved(self, event: Event) -> bool:
        """Whether a write that marks the session as modified goes with a change, or waits behind it."""
        return any(write.happens_with(event.step) or _may_follow(write, event.step) for write in self.writes)


def _may_follow(write: Step, change: Step) -> bool:
    """Whether a write stands behind a change, under a condition: its author has thought of it."""
    alone = (branch for branch in change.branches if branch not in write.branches)
    return write.number > change.number and not write.excludes(change) and not any(b.leaves for b in alone)


def stories(context: Context) -> Iterator[Story]:
    """The functions of a module that use the session of Starlette's own middleware."""
    found: dict[Scope, list[tuple[ast.Attribute, Place]]] = {}
    for node, _, place in context.candidates.attributes:
        if node.attr == "session" and _is_connection(node.value, place, context):
            scope = place.scope
            while not scope.is_function and scope.parent is not None:
                scope = scope.parent
            found.setdefault(scope, []).append((node, place))
    if found and has_own_middleware(context):
        for scope, nodes in found.items():
            yield _Reader(scope, nodes, context).story


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

    def __init__(self, scope: Scope, nodes: list[tuple[ast.Attribute, Place]], context: Context) -> None:
        self.story = Story()
        self._context = context
        self._sessions = {id(node): place for node, place in nodes}
        self._connections = {ast.dump(node.value) for node, _ in nodes}
        self._aliases: dict[str, Place] = {}
        self._values: dict[str, tuple[Place, Step]] = {}
        body = getattr(scope.node, "body", ())
        for step in steps(body if isinstance(body, list) else ()):
            self._read(step)

    def _read(self, step: Step) -> None:
        for node in step.own():
            if isinstance(node, ast.Call):
                self._call(node, step)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                self._item(node, step)
        statement = step.statement
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.BitOr):
            place = self._session(statement.target)
            if place is not None:
                self.story.removals.append(Event(statement.target, step, place))
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._name(statement.targets[0], statement.value, step)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._name(statement.target, statement.value, step)
        elif isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
            iterated = statement.iter
            if isinstance(iterated, ast.Call) and last_name(iterated.func) == "values":
                assert isinstance(iterated.func, ast.Attribute)
                iterated = iterated.func.value
            self._name(statement.target, iterated, step)

    def _session(self, node: ast.expr) -> Place | None:
        """The place, if an expression is the session."""
        if isinstance(node, ast.Name):
            return self._aliases.get(node.id)
        return self._sessions.get(id(node))

    def _value(self, node: ast.expr) -> Place | None:
        """The place, if an expression is a value in the session, at any depth."""
        if isinstance(node, ast.Name):
            return self._values[node.id][0] if node.id in self._values else None
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._value(node.values[0])
        if isinstance(node, ast.Subscript):
            return self._session(node.value) or self._value(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _READS:
            return self._session(node.func.value) or self._value(node.func.value)
        return None

    def _name(self, target: ast.expr, value: ast.expr, step: Step) -> None:
        if not isinstance(target, ast.Name):
            return
        session, of_session = self._session(value), self._value(value)
        if session is not None:
            self._aliases[target.id] = session
            return
        if of_session is not None:
            self._values[target.id] = of_session, step
        elif target.id in self._values and step.happens_with(self._values[target.id][1]):
            del self._values[target.id]
        if target.id in self._aliases:
            del self._aliases[target.id]

    def _item(self, node: ast.Subscript, step: Step) -> None:
        if self._session(node.value) is not None:
            self.story.writes.append(step)
        else:
            place = self._value(node.value)
            if place is not None:
                self._change(node, step, place)

    def _change(self, node: ast.expr, step: Step, place: Place) -> None:
        """Notes a change, unless it is the beginning of one: `session["user"].setdefault("tags", []).append(1)`."""
        if not any(node is inner for event in self.story.changes for inner in ast.walk(event.node)):
            self.story.changes.append(Event(node, step, place))

    def _call(self, node: ast.Call, step: Step) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            place = self._session(function.value)
            if place is not None:
                if function.attr == "popitem":
                    self.story.removals.append(Event(node, step, place))
                elif function.attr in _WRITES:
                    self.story.writes.append(step)
                return
            place = self._value(function.value)
            if place is not None and function.attr in _CHANGES:
                self._change(node, step, place)
                return
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(self._session(value) is not None or ast.dump(value) in self._connections for value in given):
            self._handed_on(node, step)

    def _handed_on(self, call: ast.Call, step: Step) -> None:
        """The request or the session goes to another function, which may write to the session."""
        place = next(iter(self._sessions.values()))
        function = self._context.inference.type_of(call.func, place)
        for member in members(function):
            if isinstance(member, FunctionType):
                document = member.scope.module.document
                body = document.lines[member.node.lineno - 1 : member.node.end_lineno]
                if any("session" in line for line in body):
                    self.story.writes.append(step)
            elif isinstance(member, Symbol | ClassType):
                if not member.name.startswith(("builtins.", "starlette.", "fastapi.")):
                    self.story.unseen.append(step)
            elif last_name(call.func) != "TemplateResponse":
                self.story.unseen.append(step)
