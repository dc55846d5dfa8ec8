"""Loops over `app.routes` that take each element for a route: since FastAPI 0.137 some are included routers."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.scopes import Place

_APPLICATION, _ROUTER = "fastapi.applications.FastAPI", "fastapi.routing.APIRouter"
# What an included router has in common with a route.
_SHARED = frozenset({"matches", "handle", "url_path_for"})
# What knows of included routers, in whatever way.
_AWARE = ("iter_route_contexts", "_IncludedRouter", "original_router", "effective_route_contexts")
# Of what gives the same elements, the names.
_SAME_ELEMENTS = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate", "iter"})


@dataclass(frozen=True, slots=True)
class _Loop:
    """One `for`, in a statement or a comprehension: its variable, and the nodes that can use that."""

    variable: str
    nodes: tuple[ast.AST, ...]

    def walk(self) -> Iterator[ast.AST]:
        for node in self.nodes:
            yield from ast.walk(node)

    def is_variable(self, node: ast.AST | None) -> bool:
        return isinstance(node, ast.Name) and node.id == self.variable


@dataclass(frozen=True, slots=True)
class _Routes:
    """`app.routes`: where it stands, and whose it is. `certain`: routers are among them."""

    node: ast.Attribute
    place: Place
    receiver: str
    certain: bool

    def usage(self, active: ActiveRule, node: ast.expr, name: str) -> Usage:
        return Usage(active, node, self.place, name, self.receiver, certain=self.certain, whole=self.certain)


def find_raising(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """The first attribute in a loop that an included router does not have."""
    for routes, loop in _loops(match, context):
        if any(_asks(node, loop) for node in loop.walk()):
            continue
        access = next((node for node in loop.walk() if _is_access(node, loop)), None)
        if isinstance(access, ast.Attribute):
            yield routes.usage(active, access, access.attr)


def find_passed_over(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """The routes of a loop that asks what each of them is, and so passes included routers over."""
    for routes, loop in _loops(match, context):
        if any(_asks_for_a_route(node, loop) for node in loop.walk()):
            yield routes.usage(active, routes.node, "routes")


def _loops(match: BehaviourMatch, context: Context) -> Iterator[tuple[_Routes, _Loop]]:
    """The loops over the routes of an app or router into which others are included."""
    text = context.module.document.text
    if any(word in text for word in _AWARE):
        return
    inference = context.inference
    for node, _, place in context.candidates.attributes:
        if node.attr not in match.attributes:
            continue
        found = inference.type_of(node.value, place)
        receiver = judge_receiver(found, node.attr, (_APPLICATION, _ROUTER), inference)
        if receiver is None or not receiver.certain or is_guarded(place, *_AWARE):
            continue
        certain = _includes(node.value, place, receiver.owner, context)
        if certain is not None:
            routes = _Routes(node, place, receiver.owner, certain)
            for loop in _loops_over(node, context.module.document.tree):
                yield routes, loop


def _includes(owner: ast.expr, place: Place, cls: str, context: Context) -> bool | None:
    """Whether routers are included into an app or router for sure; None where nothing speaks for it.

    Of an app that is handed in from somewhere nobody knows, as long as some app in the project includes some.
    """
    if cls == _ROUTER and isinstance(owner, ast.Attribute) and owner.attr == "router":
        around = context.inference.type_of(owner.value, place)
        if judge_receiver(around, "router", (_APPLICATION,), context.inference) is not None:
            owner, cls = owner.value, _APPLICATION
    made = [
        member.origin for member in members(context.inference.type_of(owner, place)) if hasattr(member, "origin")
    ]
    homes = [context.module, *(origin[1].scope.module for origin in made if origin is not None)]
    if cls == _ROUTER:
        included = f"{last_name(owner)}.include_router(" in context.module.document.text
        return any(made) if included else None
    if any(".include_router(" in home.document.text for home in homes):
        return True
    return False if not any(made) and context.inference.project.names("include_router") else None


def _loops_over(routes: ast.Attribute, tree: ast.Module) -> Iterator[_Loop]:
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor) and _gives(node.iter, routes):
            yield from _loop(node.target, *node.body)
        for number, generator in enumerate(getattr(node, "generators", ())):
            if _gives(generator.iter, routes):
                results = (getattr(node, name, None) for name in ("elt", "key", "value"))
                uses = (*filter(None, results), *generator.ifs, *node.generators[number + 1 :])  # type: ignore[attr-defined]
                yield from _loop(generator.target, *uses)


def _gives(iterable: ast.expr, routes: ast.Attribute) -> bool:
    """Whether an expression gives the elements of `routes`."""
    if isinstance(iterable, ast.Call) and last_name(iterable.func) in _SAME_ELEMENTS and iterable.args:
        return _gives(iterable.args[0], routes)
    if isinstance(iterable, ast.Subscript) and isinstance(iterable.slice, ast.Slice):
        return _gives(iterable.value, routes)
    return iterable is routes


def _loop(target: ast.expr, *nodes: ast.AST) -> Iterator[_Loop]:
    if isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[-1]  # of enumerate()
    if isinstance(target, ast.Name):
        yield _Loop(target.id, nodes)


def _is_access(node: ast.AST, loop: _Loop) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and loop.is_variable(node.value)
        and node.attr not in _SHARED
        and not node.attr.startswith("__")
    )


def _asks(node: ast.AST, loop: _Loop) -> bool:
    """Whether code makes sure, in some way, that a route has what it uses."""
    if isinstance(node, ast.Call) and any(loop.is_variable(argument) for argument in node.args[:1]):
        return last_name(node.func) in ("isinstance", "issubclass", "hasattr", "getattr", "type", "cast", "vars")
    if isinstance(node, ast.Attribute):
        return node.attr == "__class__" and loop.is_variable(node.value)
    return isinstance(node, ast.Try) or (isinstance(node, ast.Match) and loop.is_variable(node.subject))


def _asks_for_a_route(node: ast.AST, loop: _Loop) -> bool:
    """`isinstance(route, APIRoute)`, `hasattr(route, "path")`, `getattr(route, "path", None)`."""
    if not isinstance(node, ast.Call) or len(node.args) < 2 or not loop.is_variable(node.args[0]):
        return False
    name, second = last_name(node.func), node.args[1]
    if name == "isinstance":
        classes = second.elts if isinstance(second, ast.Tuple) else [second]
        return any(last_name(cls).endswith("Route") and last_name(cls) != "BaseRoute" for cls in classes)
    known = isinstance(second, ast.Constant) and second.value not in _SHARED
    return known and (name == "hasattr" or (name == "getattr" and len(node.args) > 2))
