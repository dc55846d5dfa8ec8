"""`status.HTTP_422_UNPROCESSABLE_ENTITY` becomes `422`: the number that both names of a status say."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import is_guarded
from starlette_upgrade.rewrite.general.symbols import line_edit
from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.naming.import_fallbacks import stands_alone
from starlette_upgrade.rewrite.naming.renaming import last
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Binding, Scope

_STATUS = re.compile(r"starlette\.status\.(?:HTTP|WS)_(\d+)_\w+")


def number_of(old: str, new: str) -> str:
    """The number that both names of a status say; "" where they don't."""
    found, wanted = _STATUS.fullmatch(old), _STATUS.fullmatch(new)
    return found[1] if found and wanted and found[1] == wanted[1] else ""


def plan(usage: Usage, node: ast.Attribute, fix: Fix, number: str, context: Context) -> Plan:
    """One attribute becomes its number; or all of them at once, where their module is imported for nothing else."""
    if isinstance(node.value, ast.Name):
        binding = _only_binding(node.value.id, usage.place.scope, context)
        if binding is not None:
            key = ("status numbers", id(binding.node))
            if key not in context.shared:
                context.shared[key] = _all(node.value.id, binding, fix, context) or Refusal("")
            together = context.shared[key]
            if isinstance(together, Plan) and any(
                edit.span == context.module.document.span(node) for edit in together.edits
            ):
                return together
    return Plan((edit_of(node, usage.place.statement, number, context),))


def edit_of(node: ast.Attribute | ast.Name, statement: ast.stmt, number: str, context: Context) -> Edit:
    """A number instead of the node: in brackets where a dot follows, which it would take for its own."""
    document = context.module.document
    span = document.span(node)
    dotted = document.lines[span.end_line - 1][span.end_column - 1 :].lstrip().startswith(".")
    kind = "Name" if isinstance(node, ast.Name) else "Attribute"
    return Edit(statement, span, kind, partial(_numbered, number=number, dotted=dotted))


def _numbered(node: cst.Attribute | cst.Name, *, number: str, dotted: bool) -> cst.BaseExpression:
    import libcst as cst

    if dotted and not node.lpar:
        return cst.Integer(number, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.Integer(number, lpar=node.lpar, rpar=node.rpar)


def _only_binding(name: str, scope: Scope, context: Context) -> Binding | None:
    """The import at the top of the module that a name comes from, if it comes from nowhere else."""
    around: Scope | None = scope
    while around is not None and around.parent is not None:
        if name in around.names:
            return None
        around = around.parent
    bindings = context.module.scope.names.get(name, [])
    if len(bindings) != 1 or bindings[0].place.block.owner is not None:
        return None
    return bindings[0] if isinstance(bindings[0].node, ast.alias) else None


def _all(name: str, binding: Binding, fix: Fix, context: Context) -> Plan | None:
    """All uses of the imported module become numbers, and its import goes; None where something else needs it."""
    statement, alias, document = binding.statement, binding.node, context.module.document
    numbers = {last(old): number for old, new in fix.replaces if (number := number_of(old, new))}
    if not isinstance(statement, ast.ImportFrom) or not isinstance(alias, ast.alias):
        return None
    rows = document.lines[statement.lineno - 1 : statement.end_lineno]
    if (
        document.path.name == "__init__.py"
        or not stands_alone(statement, document)
        or any("#" in row for row in rows)
    ):
        return None
    found = [
        (node, place)
        for node, _, place in context.candidates.attributes
        if isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr in numbers
        and isinstance(node.ctx, ast.Load)
        and not is_guarded(place, node.attr)
    ]
    used = {id(node) for node, _, _ in references(name, context.module.scope)}
    if used != {id(node.value) for node, _ in found} or _is_exported(name, context):
        return None
    edits = [edit_of(node, place.statement, numbers[node.attr], context) for node, place in found]
    drop = line_edit(statement, partial(import_lines.dropped, old=alias.name), context)
    return Plan((*edits, drop))


def _is_exported(name: str, context: Context) -> bool:
    """Whether the module lists a name for others, or another one of the project imports it from there."""
    home = context.module
    if any(isinstance(node, ast.Constant) and node.value == name for node in ast.walk(home.document.tree)):
        return True
    project = context.inference.project
    return any(
        isinstance(node, ast.ImportFrom)
        and any(alias.name in (name, "*") for alias in node.names)
        and project.source_of(node, module.document.path) is home
        for module in project.mentioning(name, home)
        if module is not home
        for node in ast.walk(module.document.tree)
    )
