"""Where handlers are registered: `@app.on_event(…)`, `app.add_event_handler(…)`, `router.on_startup.append(…)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.surroundings import Surroundings
from starlette_upgrade.rewrite.lifespan.handlers import (
    Handler,
    calling_of_definition,
    handler_of,
    handlers_of,
    is_bound_once,
)
from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.semantics.naming import argument_of

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

Event = Literal["startup", "shutdown"]
EVENTS: tuple[Event, ...] = ("startup", "shutdown")
LISTS: dict[str, Event] = {"on_startup": "startup", "on_shutdown": "shutdown"}
METHODS = ("on_event", "add_event_handler")
WORDS = (*METHODS, *LISTS)

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NESTED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Registration:
    """Handlers that one place registers for an event.

    `node` is the attribute by which it does, `receiver` the application or router there. Where a decorator
    registers a function, `decorator` is that; else the whole statement does nothing else.
    """

    node: ast.Attribute
    receiver: ast.expr
    place: Place
    event: Event
    handlers: tuple[Handler, ...]
    decorator: ast.Call | None = None

    @property
    def statement(self) -> ast.stmt:
        return self.place.statement


def registration_of(node: ast.Attribute, place: Place, inference: Inference) -> Registration | Refusal:
    """What an attribute such as `app.on_event` or `app.router.on_startup` registers, where that is plain."""
    surroundings = Surroundings(place)
    around = [outer for outer in surroundings.around(node) if not isinstance(outer, ast.stmt)]
    if any(isinstance(outer, _NESTED) for outer in around) or place.scope.is_class:
        return Refusal("it stands in a class body or inside an expression")
    parent = surroundings.parent(node)
    loops = [outer for outer in surroundings.around(node) if isinstance(outer, _LOOPS)]
    if loops:
        looped = _looped(node, parent, loops, surroundings, place, inference) if len(loops) == 1 else None
        return looped or Refusal("it stands in a loop")
    if node.attr == "on_event":
        return _on_event(node, parent, surroundings, place, inference)
    if node.attr == "add_event_handler":
        return _add_event_handler(node, parent, place, inference)
    return _list(node, parent, surroundings, place, inference)


def _looped(
    node: ast.Attribute,
    parent: ast.AST | None,
    loops: list[ast.For | ast.AsyncFor | ast.While],
    surroundings: Surroundings,
    place: Place,
    inference: Inference,
) -> Registration | None:
    """`for handler in handlers: app.add_event_handler("startup", handler)`, and nothing else in the loop."""
    loop = loops[0]
    if not isinstance(loop, ast.For) or loop.body != [place.statement] or loop.orelse:
        return None
    if node.attr == "add_event_handler":
        found = _add_event_handler(node, parent, place, inference)
    elif node.attr in LISTS:
        found = _list(node, parent, surroundings, place, inference)
    else:
        return None
    taken = [handler.made or handler.code for handler in found.handlers] if isinstance(found, Registration) else []
    handlers = handlers_of(loop.iter, surroundings.place(loop), inference)
    if not isinstance(found, Registration) or taken != [ast.unparse(loop.target)] or isinstance(handlers, Refusal):
        return None
    each = (replace(handler, optional=False) for handler in handlers)
    return Registration(node, node.value, surroundings.place(loop), found.event, tuple(each))


def _on_event(
    node: ast.Attribute, call: ast.AST | None, surroundings: Surroundings, place: Place, inference: Inference
) -> Registration | Refusal:
    if not (isinstance(call, ast.Call) and call.func is node):
        return Refusal("`on_event` is not called here")
    event = _event(argument_of(call, "event_type", 0))
    if event is None:
        return Refusal("the event is not written out")
    statement = place.statement
    if isinstance(statement, _DEFINITIONS) and call in statement.decorator_list:
        handler = _decorated(statement, call, place, inference)
        if isinstance(handler, Refusal):
            return handler
        return Registration(node, node.value, place, event, (handler,), call)
    applied = surroundings.parent(call)
    if isinstance(applied, ast.Call) and applied.func is call and _is_statement(applied, place):
        if len(applied.args) != 1 or applied.keywords:
            return Refusal("it is not called with one function")
        found = handler_of(applied.args[0], place, inference)
        return found if isinstance(found, Refusal) else Registration(node, node.value, place, event, (found,))
    return Refusal("`on_event` is not used as a decorator")


def _decorated(
    definition: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, place: Place, inference: Inference
) -> Handler | Refusal:
    index = definition.decorator_list.index(call)
    for outer in definition.decorator_list[:index]:
        target = outer.func if isinstance(outer, ast.Call) else None
        if not (isinstance(target, ast.Attribute) and target.attr in ("on_event", "route", "websocket_route")):
            return Refusal(f"the decorator `@{ast.unparse(outer)}` stands above it")
    calling = calling_of_definition(definition, place, inference, index + 1)
    if is_bound_once(definition.name, place.scope):
        return Handler(definition.name, calling)
    return Handler("", calling, made=definition.name)


def _add_event_handler(
    node: ast.Attribute, call: ast.AST | None, place: Place, inference: Inference
) -> Registration | Refusal:
    if not (isinstance(call, ast.Call) and call.func is node and _is_statement(call, place)):
        return Refusal("`add_event_handler` is not called as a statement of its own")
    event = _event(argument_of(call, "event_type", 0))
    function = argument_of(call, "func", 1)
    if event is None or function is None or len(call.args) + len(call.keywords) != 2:
        return Refusal("the event is not written out")
    handler = handler_of(function, place, inference)
    return handler if isinstance(handler, Refusal) else Registration(node, node.value, place, event, (handler,))


def _list(
    node: ast.Attribute, parent: ast.AST | None, surroundings: Surroundings, place: Place, inference: Inference
) -> Registration | Refusal:
    """`router.on_startup.append(f)`, `.extend([…])` and `+= […]`."""
    event = LISTS[node.attr]
    found: Handler | list[Handler] | Refusal = Refusal(f"the list `{node.attr}` is used in another way")
    statement = place.statement
    if isinstance(statement, ast.AugAssign) and statement.target is node and isinstance(statement.op, ast.Add):
        found = handlers_of(statement.value, place, inference)
    elif isinstance(parent, ast.Attribute):
        call = surroundings.parent(parent)
        if isinstance(call, ast.Call) and call.func is parent and _is_statement(call, place):
            given = call.args[0] if len(call.args) == 1 and not call.keywords else None
            if given is not None and parent.attr == "append":
                found = handler_of(given, place, inference)
            elif given is not None and parent.attr == "extend":
                found = handlers_of(given, place, inference)
    if isinstance(found, Refusal):
        return found
    handlers = found if isinstance(found, list) else [found]
    return Registration(node, node.value, place, event, tuple(handlers))


def _event(node: ast.expr | None) -> Event | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return next((event for event in EVENTS if event == value), None)


def _is_statement(call: ast.Call, place: Place) -> bool:
    return isinstance(place.statement, ast.Expr) and place.statement.value is call
