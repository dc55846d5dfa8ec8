"""Forms that run before and after a name moved or was renamed, for code that supports a range of releases.

A renamed status constant becomes the number that its old and its new name say: so FastAPI writes it, and it is
an int for every type checker under every release. An import of such a name, or of one that moved, becomes a `try`.
Other replacements have no customary form that runs on both.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.general import symbols
from starlette_upgrade.rewrite.naming import import_fallbacks, import_lines, status_numbers
from starlette_upgrade.rewrite.naming.import_blocks import blocks_of
from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.naming.renaming import (
    Renaming,
    is_foreign,
    last,
    module_of,
    named,
    renaming,
    source_of,
)
from starlette_upgrade.rewrite.naming.status_numbers import number_of
from starlette_upgrade.rewrite.plan import Edit, Fallback, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.rewrite.text.fitting import margin_of
from starlette_upgrade.semantics.references import references
from starlette_upgrade.semantics.types import Symbol

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_NONE = Refusal("no form of it runs on the older release, too")


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What runs on the releases without the replacement, too, where there is such a form."""
    new = dict(fix.replaces).get(usage.name)
    removed, since = usage.active.rule.removed, fix.replacement_since
    if fix.kind != "replace-symbol" or new is None or since is None or is_foreign(usage.name, new):
        return _NONE
    if removed is not None and removed < since:
        return Refusal("between the two releases there are some that have neither name")
    context = replace(context, on_both=True)
    if isinstance(usage.node, ast.alias):
        return _import(usage, usage.node, fix, new, context)
    if isinstance(usage.node, ast.Attribute) and isinstance(usage.node.ctx, ast.Load):
        return _attribute(usage, usage.node, fix, new, context)
    if isinstance(usage.node, ast.Name):
        return _starred(usage, usage.node, new, context)
    return _NONE


def _starred(usage: Usage, node: ast.Name, new: str, context: Context) -> Plan | Refusal:
    number = number_of(usage.name, new)
    if not number or any(source_of(star, context) is not None for star, _ in usage.place.scope.stars):
        return _NONE
    around = next(statement for found, statement, _ in references(node.id, usage.place.scope) if found is node)
    return Plan((status_numbers.edit_of(node, around, number, context),))


def _attribute(usage: Usage, node: ast.Attribute, fix: Fix, new: str, context: Context) -> Plan | Refusal:
    """`status.OLD` becomes its number; what moved is imported, from where it is."""
    if not isinstance(context.inference.type_of(node.value, usage.place), Symbol):
        return _NONE
    number = number_of(usage.name, new)
    if number:
        return status_numbers.plan(usage, node, fix, number, context)
    if module_of(usage.name) == module_of(new):
        return _NONE
    found = reach(new, usage.place, context)
    if isinstance(found, Refusal):
        return found
    old = Fallback(str(fix.replacement_since), module_of(usage.name), last(usage.name))
    change = partial(named, expression=found.expression)
    imports = tuple(replace(one, otherwise=old) for one in found.imports)
    span = context.module.document.span(node)
    return Plan((Edit(usage.place.statement, span, "Attribute", change),), imports)


def _import(usage: Usage, alias: ast.alias, fix: Fix, new: str, context: Context) -> Plan | Refusal:
    """A `try` that imports the new name, or gives what it is where there is none, and the uses of it."""
    statement, place, document = usage.parent, usage.place, context.module.document
    assert isinstance(statement, ast.ImportFrom)
    if source_of(statement, context) is not None:
        return symbols.plan(usage, fix, context)  # named there as it is rewritten there
    if statement.level or not import_fallbacks.stands_alone(statement, document):
        return Refusal("other code stands on the line of its import")
    old, module = last(usage.name), statement.module or ""
    edits: tuple[Edit, ...] = ()
    name = alias.asname or old
    if alias.asname is None and last(new) != old:
        found = renaming(statement, place, usage.name, new, context)
        if isinstance(found, Renaming):
            name, edits = found.reach.expression, found.edits
            if not found.reach.imports:  # it is imported as well
                return Plan((*edits, symbols.line_edit(statement, partial(import_lines.dropped, old=old), context)))
    number = number_of(usage.name, new)
    since = str(fix.replacement_since)
    made = NewImport(
        module if module_of(usage.name) == module_of(new) else module_of(new),
        last(new),
        name if alias.asname == alias.name or name != last(new) else None,
        Fallback(since, value=number) if number else Fallback(since, module, old),
    )
    if any(statement in block for block in blocks_of(document)):
        drop = symbols.line_edit(statement, partial(import_lines.dropped, old=old), context)
        return Plan((*edits, drop), (made,))
    room = margin_of(document, statement.lineno)
    below = document.lines[statement.lineno - 2].lstrip().startswith(("import ", "from "))
    change = partial(import_fallbacks.replaced, old=old, new=made, room=room, below_import=below)
    return Plan((*edits, Edit(statement, document.span(statement), WHOLE_LINE, change)))
