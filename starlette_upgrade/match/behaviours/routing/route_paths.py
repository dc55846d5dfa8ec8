"""Literal paths and hosts of routes, in which some characters mean something else than before."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_chosen, is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.semantics.types import Type

# What makes a route, and the first argument of each.
_CLASSES = {
    "starlette.routing.Route": "path",
    "starlette.routing.WebSocketRoute": "path",
    "starlette.routing.Mount": "path",
    "starlette.routing.Host": "host",
}
_OWNERS = frozenset({"starlette.applications.Starlette", "starlette.routing.Router"})
_PARAMETER = re.compile(r"\{[a-zA-Z_]\w*(?::[a-zA-Z_]\w*)?\}")
_MEANT_SOMETHING = re.compile(r"[()\[\]?*+|\\^$]")


@dataclass(frozen=True, slots=True)
class RoutePath:
    """A path that is written out. `argument`: `path` or `host`; `is_mount`: what follows it is open."""

    node: ast.Constant
    text: str
    argument: str
    is_mount: bool
    call: ast.Call
    place: Place


def find_regex(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Paths with a character that had a meaning in a regular expression, outside of `{…}`."""
    for path in _paths(match, context):
        special = _MEANT_SOMETHING.search(_PARAMETER.sub("", path.text))
        if special is not None and not is_chosen(path.place):
            yield Usage(active, path.node, path.place, special[0], "", path.call, path.call)


def find_colon(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Paths with a colon behind the last parameter."""
    for path in _paths(match, context):
        tail = _PARAMETER.split(path.text)[-1]
        if path.argument == "path" and ":" in tail and not path.is_mount and not is_chosen(path.place):
            yield Usage(active, path.node, path.place, path.text, "", path.call, path.call)


def find_host(active: ActiveRule, match: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Hosts that begin with a slash."""
    for path in _paths(match, context):
        if path.argument == "host" and path.text.startswith("/") and not is_guarded(path.place):
            yield Usage(active, path.node, path.place, path.text, "", path.call, path.call)


def _paths(match: BehaviourMatch, context: Context) -> Iterator[RoutePath]:
    for call, place in context.candidates.calls:
        if last_name(call.func) not in context.candidates.callables or not _gives_text(call):
            continue
        function = context.inference.type_of(call.func, place)
        argument = _argument(function, match.names, context.inference)
        node = argument_of(call, argument, 0) if argument else None
        if argument and isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_mount = getattr(function, "name", "").rpartition(".")[2] in ("Mount", "mount")
            yield RoutePath(node, node.value, argument, is_mount, call, place)


def _gives_text(call: ast.Call) -> bool:
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg in ("path", "host"))]
    return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in given)


def _argument(function: Type, names: tuple[str, ...], inference: Inference) -> str | None:
    """The name of the argument that takes the path; None if no route is made."""
    if isinstance(function, ClassType):
        for cls in inference.classes.line(function):
            if cls.name in _CLASSES:
                return _CLASSES[cls.name]
            if inference.classes.defines(cls, "__init__"):
                return None
    if isinstance(function, Method) and function.name in names:
        if _OWNERS.isdisjoint(inference.catalogue.bases(function.owner)):
            receiver = getattr(function.receiver, "cls", None)
            line = inference.classes.line(receiver) if isinstance(receiver, ClassType) else ()
            if not any(cls.name in _OWNERS for cls in line):
                return None
        return "host" if function.name == "host" else "path"
    return None
