"""Where the project calls a function, and where it hands one over."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.binder import bind
from starlette_upgrade.semantics.interest import Interest
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.scopes import Module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.project import Project
    from starlette_upgrade.semantics.scopes import Place

_CALLED = re.compile(r"\b(\w+)\b\s?\(")
_EVERY_CALL = Interest(every_call=True)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A name that is an argument of `call`, or stands in one: by `keyword`, or at `position`."""

    node: ast.expr
    call: ast.Call
    place: Place
    keyword: str | None
    position: int | None


@dataclass(slots=True)
class _Calls:
    """The calls of one module, by the last name of what is called, and of what is handed over."""

    called: dict[str, list[tuple[ast.Call, Place]]] = field(default_factory=dict)
    handed: dict[str, list[HandOver]] = field(default_factory=dict)


class Uses:
    """Calls and hand-overs by name; each module is read once, when one of its names is first asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[int, _Calls] = {}
        self._names: dict[int, frozenset[str]] = {}

    def called(self, name: str, home: Module) -> Iterator[tuple[ast.Call, Place]]:
        """Every call of something called `name`, in its own module and in those that could import it."""
        for module in self._project.mentioning(name, home):
            if name in self._called_in(module):
                yield from self._calls(module).called.get(name, ())

    def handed(self, name: str, home: Module, takers: frozenset[str]) -> Iterator[HandOver]:
        """Every call that is given something called `name`, in modules that name one of `takers`."""
        for module in self._project.mentioning(name, home):
            if not takers.isdisjoint(self._called_in(module)):
                yield from self._calls(module).handed.get(name, ())

    def _called_in(self, module: Module) -> frozenset[str]:
        """What the text of a module calls, which is quick to find: most modules need not be read any further."""
        key = id(module.document)
        if key not in self._names:
            self._names[key] = frozenset(_CALLED.findall(module.document.text))
        return self._names[key]

    def _calls(self, module: Module) -> _Calls:
        key = id(module.document)
        if key not in self._known:
            self._known[key] = _read(module)
        return self._known[key]


def _read(module: Module) -> _Calls:
    found = _Calls()
    calls = module.calls
    if calls is None:  # its scopes were bound for certain words only: what is walked anew needs others
        calls = bind(Module(module.document, module.name), _EVERY_CALL).every_call
    for call, place in calls:
        found.called.setdefault(last_name(call.func), []).append((call, place))
        arguments = [
            *((None, number, node) for number, node in enumerate(call.args)),
            *((keyword.arg, None, keyword.value) for keyword in call.keywords),
        ]
        for keyword, position, node in arguments:
            for handed in _named(node, place):
                over = HandOver(handed, call, place, keyword, position)
                found.handed.setdefault(last_name(handed), []).append(over)
    return found


def _named(node: ast.expr, place: Place) -> Iterator[ast.Name | ast.Attribute]:
    """The names in an argument: itself, or those in the list, tuple or dict that it is (or stands for)."""
    if isinstance(node, ast.Name | ast.Attribute):
        yield node
        if isinstance(node, ast.Name):
            bindings = place.scope.names.get(node.id) or place.scope.module.scope.names.get(node.id, [])
            if len(bindings) == 1 and isinstance(bindings[0].node, ast.Dict | ast.List | ast.Tuple):
                yield from (inner for inner in _elements(bindings[0].node))
        return
    yield from _elements(node)


def _elements(node: ast.expr) -> Iterator[ast.Name | ast.Attribute]:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        values = node.elts
    elif isinstance(node, ast.Dict):
        values = node.values
    else:
        return
    yield from (value for value in values if isinstance(value, ast.Name | ast.Attribute))
