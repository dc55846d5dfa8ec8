"""Which of a name's bindings can be the one that holds at a place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.semantics.scopes import Binding, Place, Scope


def visible_bindings(
    bindings: Sequence[Binding],
    place: Place | None = None,
    scope: Scope | None = None,
    node: ast.expr | None = None,
) -> list[Binding]:
    """The bindings of one name in `scope` that may hold at `place`.

    Inside the same scope, flow order counts: a later binding has not happened yet, and one that surely
    happened hides those before it. From an inner function (or another module) the scope has run to its end.
    """
    if bindings[0].place.scope.module.has_type_checking:
        bindings = _for_type_checkers(bindings)
    if len(bindings) == 1:
        return list(bindings)
    if place is None or place.scope is not scope or node is None:
        return _from_the_end(bindings, scope)
    position = (node.lineno, node.col_offset)
    chosen: list[Binding] = []
    for binding in reversed(bindings):
        if _position(binding) >= position and binding.kind != "parameter":
            continue
        if binding.place.block.excludes(place.block):
            continue
        chosen.append(binding)
        if binding.kind == "parameter" or binding.place.block.reaches(place.block):
            return chosen
    return chosen or _from_the_end(bindings, scope)


def _for_type_checkers(bindings: Sequence[Binding]) -> Sequence[Binding]:
    """Without what only the `else` of an `if TYPE_CHECKING` binds, where its body binds the name, too."""
    declared = [binding for binding in bindings if _arm_of_type_checking(binding) == "body"]
    if not declared:
        return bindings
    return [binding for binding in bindings if _arm_of_type_checking(binding) != "else"]


def _arm_of_type_checking(binding: Binding) -> str | None:
    for block in binding.place.block.chain():
        if isinstance(block.owner, ast.If) and last_name(block.owner.test) == "TYPE_CHECKING":
            return block.arm
    return None


def _from_the_end(bindings: Sequence[Binding], scope: Scope | None) -> list[Binding]:
    """What may hold when the scope has run: the last sure binding, and the conditional ones after it."""
    chosen: list[Binding] = []
    for binding in reversed(bindings):
        chosen.append(binding)
        if binding.place.scope.is_function and scope is not None and not scope.is_function:
            continue  # bound by a function, with `global`: nobody knows whether and when it is called
        if binding.place.block.condition.owner is None and binding.kind != "annotated":
            break
        if binding.kind == "annotated" and binding.place.block.condition.owner is None and _has_value(binding):
            break
    return chosen


def _has_value(binding: Binding) -> bool:
    return binding.node is not binding.annotation


def _position(binding: Binding) -> tuple[int, int]:
    """Where a binding takes effect: at the end of its statement for assignments, at its start otherwise."""
    node = binding.node
    if isinstance(node, ast.arg):
        return (0, 0)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.body[0].lineno, node.body[0].col_offset)
    if isinstance(node, ast.expr | ast.alias):
        return (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return (getattr(binding.statement, "lineno", 0), 0)
