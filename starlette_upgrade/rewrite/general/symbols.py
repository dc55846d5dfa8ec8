"""A module-level name gets a new name, a new module, or both: its import, every use, `__all__`, strings."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.general.attributes import string_edit
from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.naming.import_blocks import keeps_its_place
from starlette_upgrade.rewrite.naming.names import imported_name, reach
from starlette_upgrade.rewrite.naming.renaming import (
    Renaming,
    is_foreign,
    is_renamed_in,
    last,
    module_of,
    named,
    renaming,
    source_of,
)
from starlette_upgrade.rewrite.plan import Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.ranges import bodies_of
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.rewrite.text.fitting import margin_of
from starlette_upgrade.semantics.references import references
from starlette_upgrade.semantics.types import ModuleType, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

    Change = Callable[[Any], Any]


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What it takes to name the replacement wherever the old name stands."""
    new = dict(fix.replaces).get(usage.name)
    if new is None:
        return Refusal("there is no replacement for this name")
    if isinstance(usage.node, ast.alias):
        return _import(usage, usage.node, new, context)
    if isinstance(usage.node, ast.Attribute):
        if fix.requires:  # the module that is imported for it is what goes away
            return Refusal(f"the import of `{module_of(usage.name)}` itself would stay")
        return _attribute(usage, usage.node, new, context)
    if isinstance(usage.node, ast.Name):
        return _starred(usage, usage.node, new, context)
    if not new.startswith("starlette."):
        return Refusal(f"a patch of `{new}` would hold for the whole program, not for Starlette alone")
    return _string(usage, new, context)


def _string(usage: Usage, new: str, context: Context) -> Plan | Refusal:
    """`"starlette.status.OLD"`, or `"OLD"` beside its module, in a call such as `patch` or `setattr`."""
    text = getattr(usage.node, "value", "")
    if module_of(usage.name) == module_of(new):
        edit = string_edit(usage, context, last(usage.name), last(new))
    elif text == usage.name:
        edit = string_edit(usage, context, usage.name, new)
    else:
        return Refusal("it is looked up in a module that no longer has it")
    return edit if isinstance(edit, Refusal) else Plan((edit,))


def _starred(usage: Usage, node: ast.Name, new: str, context: Context) -> Plan | Refusal:
    """A use of a name that a star import brought: its new name comes with the same star, or is imported."""
    old, scope, foreign = usage.name, usage.place.scope, is_foreign(usage.name, new)
    for star, _ in scope.stars:
        source = source_of(star, context)
        if source is None or foreign:
            continue
        if last(old) == last(new) or not is_renamed_in(source, old, new, context):
            return Refusal(f"`{source.name}` gives it this name")
    around = next(statement for found, statement, _ in references(node.id, scope) if found is node)
    found = reach(new, usage.place, context, module_style=foreign)
    if isinstance(found, Refusal):
        return found
    imports = () if module_of(old) == module_of(new) else found.imports
    change = partial(named, expression=found.expression)
    return Plan((Edit(around, context.module.document.span(node), "Name", change),), imports)


def _attribute(usage: Usage, node: ast.Attribute, new: str, context: Context) -> Plan | Refusal:
    """`status.OLD` becomes `status.NEW`, or the name of what is imported instead."""
    span = context.module.document.span(node)
    owner = context.inference.type_of(node.value, usage.place)
    if isinstance(owner, ModuleType):
        if last(usage.name) == last(new) or not is_renamed_in(owner.module, usage.name, new, context):
            return Refusal(f"`{owner.module.name}` gives it this name")
    elif not isinstance(owner, Symbol):
        return Refusal("it is an attribute of the project's own")
    if module_of(usage.name) == module_of(new):
        rename = partial(_renamed_attribute, new=last(new))
        return Plan((Edit(usage.place.statement, span, "Attribute", rename),))
    found = reach(new, usage.place, context, module_style=is_foreign(usage.name, new))
    if isinstance(found, Refusal):
        return found
    change = partial(named, expression=found.expression)
    return Plan((Edit(usage.place.statement, span, "Attribute", change),), found.imports)


def _renamed_attribute(node: cst.Attribute, *, new: str) -> cst.Attribute:
    import libcst as cst

    return node.with_changes(attr=cst.Name(new))


def _import(usage: Usage, alias: ast.alias, new: str, context: Context) -> Plan | Refusal:
    """The import and, where the name changes and no `as` hides it, every use."""
    statement = usage.parent
    assert isinstance(statement, ast.ImportFrom)
    old, place = last(usage.name), usage.place
    foreign, stays_in_module = is_foreign(usage.name, new), module_of(usage.name) == module_of(new)
    source = source_of(statement, context)
    if source is not None and not foreign and not is_renamed_in(source, usage.name, new, context):
        return Refusal(f"`{source.name}` gives it this name")
    rename = partial(import_lines.renamed, old=old, new=last(new))
    if alias.asname is not None or (last(new) == old and not foreign):
        if stays_in_module:
            return Plan((line_edit(statement, rename, context),))
        return _relocated(statement, alias, new, place, context)
    found = renaming(statement, place, usage.name, new, context)
    if isinstance(found, Refusal):  # where the old name has to stay, it stands for the new thing
        change: Change = partial(rename, asname=old)
        if not stays_in_module:
            change = partial(import_lines.moved, old=old, module=module_of(new), new=last(new), asname=old)
        return Plan((line_edit(statement, change, context),))
    if foreign:
        return _replaced(statement, old, new, found, place, context)
    change = partial(import_lines.dropped, old=old) if imported_name(new, place, context) else rename
    return Plan((*found.edits, line_edit(statement, change, context)))


def line_edit(statement: ast.ImportFrom, change: Change, context: Context) -> Edit:
    """The edit of the line that an import stands on."""
    document = context.module.document
    fit = partial(import_lines.within, change=change, margin=partial(margin_of, document, statement.lineno))
    return Edit(statement, document.span(statement), WHOLE_LINE, fit)


def _relocated(statement: ast.ImportFrom, alias: ast.alias, new: str, place: Place, context: Context) -> Plan:
    """The import from another module, of a name that stays what it is here."""
    module = module_of(new)
    if _is_top(place) and not keeps_its_place(statement, module, context.module.document):
        drop = partial(import_lines.dropped, old=alias.name)
        return Plan((line_edit(statement, drop, context),), (NewImport(module, last(new), alias.asname),))
    move = partial(import_lines.moved, old=alias.name, module=module, new=last(new))
    return Plan((line_edit(statement, move, context),))


def _replaced(
    statement: ast.ImportFrom, old: str, new: str, found: Renaming, place: Place, context: Context
) -> Plan:
    """The import of another package's module, through which the uses name the thing from now on."""
    imports = found.reach.imports
    whole = partial(import_lines.replaced_by_module, old=old, module=module_of(new))
    through_module = "." in found.reach.expression
    in_place = through_module and (_is_lone_import(statement, context) if _is_top(place) else bool(imports))
    if in_place or (not imports and _is_only_statement(statement, place)):
        return Plan((*found.edits, line_edit(statement, whole, context)))
    drop = partial(import_lines.dropped, old=old)
    return Plan((*found.edits, line_edit(statement, drop, context)), imports)


def _is_top(place: Place) -> bool:
    return place.block.owner is None and place.scope.parent is None


def _is_lone_import(statement: ast.ImportFrom, context: Context) -> bool:
    """Whether the module imports nothing else, so that the new import may stand in the place of the old one."""
    return len(statement.names) == 1 and all(
        other is statement or not isinstance(other, ast.Import | ast.ImportFrom)
        for other in context.module.document.tree.body
    )


def _is_only_statement(statement: ast.ImportFrom, place: Place) -> bool:
    """Whether the block of the statement holds nothing else."""
    around = place.block.owner or place.scope.node
    return isinstance(around, ast.stmt) and any([statement] == list(body) for body in bodies_of(around))
