"""A method that a subclass overrides, under the name that its base calls now."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.general.attributes import name_span
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The definition and the calls of the inherited method in it are renamed to `fix.to`."""
    node, document = usage.node, context.module.document
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Refusal("it is not defined as a function")
    cls = usage.place.scope.node
    edits = [Edit(node, name_span(node, document), "Name", partial(_named, new=fix.to))]
    for found, statement in _inherited(node, usage.name):
        edits.append(edit_of(found, statement, document, partial(_attribute, new=fix.to)))
    for other in ast.walk(cls):
        if not isinstance(other, ast.Attribute):
            continue
        if other.attr == fix.to:
            return Refusal(f"`{fix.to}` is called in the class already")
        if other.attr == usage.name and not any(other is found for found, _ in _inherited(node, usage.name)):
            return Refusal("the method is used by its name elsewhere in the class")
    return Plan(tuple(edits))


def _inherited(function: ast.AST, name: str) -> list[tuple[ast.Attribute, ast.stmt]]:
    """Each `super().name` in a function, with the innermost statement around it."""
    found: list[tuple[ast.Attribute, ast.stmt]] = []
    waiting = [(child, child) for child in getattr(function, "body", ())]
    while waiting:
        node, statement = waiting.pop()
        inner = node if isinstance(node, ast.stmt) else statement
        if isinstance(node, ast.Attribute) and node.attr == name and _is_super(node.value):
            found.append((node, inner))
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))
    return found


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"


def _named(node: cst.Name, *, new: str) -> cst.Name:
    return node.with_changes(value=new)


def _attribute(node: cst.Attribute, *, new: str) -> cst.Attribute:
    import libcst as cst

    return node.with_changes(attr=cst.Name(new))
