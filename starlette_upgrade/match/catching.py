"""The errors that the code around a place catches, by the dotted names of their classes."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_EXPECTING = frozenset({"raises", "suppress", "assertRaises"})
_EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


@dataclass(frozen=True, slots=True)
class Net:
    """A `try`, or a `with pytest.raises(…)`: its body, and the names of the errors that it catches."""

    body: Sequence[ast.stmt]
    errors: frozenset[str]

    def catches_all(self) -> bool:
        return bool(self.errors & _EVERYTHING)


def nets_around(place: Place, inference: Inference) -> Iterator[Net]:
    """What catches an error that is raised at a place, from the inside out, in the same function."""
    own = place.scope.node
    for block in place.block.chain():
        owner = block.owner
        if owner is None or owner is own:
            continue
        if isinstance(owner, ast.With | ast.AsyncWith):
            errors: set[str] = set()
            for item in owner.items:
                manager = item.context_expr
                if isinstance(manager, ast.Call) and last_name(manager.func) in _EXPECTING:
                    errors.update(name for argument in manager.args for name in _names(argument, place, inference))
            if errors:
                yield Net(owner.body, frozenset(errors))
        elif owner.__class__.__name__ in ("Try", "TryStar") and block.arm == "body":
            handlers: list[ast.ExceptHandler] = getattr(owner, "handlers", [])
            caught = {name for handler in handlers for name in _names(handler.type, place, inference)}
            if caught:
                yield Net(getattr(owner, "body", ()), frozenset(caught))


def _names(node: ast.expr | None, place: Place, inference: Inference) -> Iterator[str]:
    if node is None:
        yield "builtins.BaseException"
        return
    for part in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield inference.canonical(part, place) or last_name(part)


@dataclass(frozen=True, slots=True)
class Clause:
    """What is written behind `except`, or as the argument of `pytest.raises` (then `call`), and its names."""

    node: ast.expr
    statement: ast.stmt
    names: tuple[str, ...]
    call: ast.Call | None = None


def clauses_around(place: Place, inference: Inference) -> Iterator[Clause]:
    """Each clause that catches an error which is raised at a place, from the inside out, in the same function."""
    for block in place.block.chain():
        owner = block.owner
        if isinstance(owner, ast.With | ast.AsyncWith):
            for item in owner.items:
                manager = item.context_expr
                if isinstance(manager, ast.Call) and last_name(manager.func) in _EXPECTING and manager.args:
                    node = manager.args[0]
                    yield Clause(node, owner, tuple(_names(node, place, inference)), manager)
        elif isinstance(owner, ast.stmt) and block.arm == "body":
            for handler in getattr(owner, "handlers", ()):
                if handler.type is not None:
                    yield Clause(handler.type, owner, tuple(_names(handler.type, place, inference)))
