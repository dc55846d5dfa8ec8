"""How a rewritten line can name something: a name that is there already, or one that an import can bring."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import NewImport, Refusal
from starlette_upgrade.semantics.types import ClassType, Symbol

if TYPE_CHECKING:
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Place, Scope
    from starlette_upgrade.semantics.types import Type


@dataclass(frozen=True, slots=True)
class Reach:
    """`expression` names the thing; `imports` must be added for it."""

    expression: str
    imports: tuple[NewImport, ...] = ()


def reach(symbol: str, place: Place, context: Context, *, module_style: bool = False) -> Reach | Refusal:
    """How to name `symbol` at a place. `module_style`: prefer `import module` to `from module import name`."""
    existing = imported_name(symbol, place, context)
    if existing:
        return Reach(existing)
    module, _, name = symbol.rpartition(".")
    if module_style:
        owner = imported_name(module, place, context)
        if owner:
            return Reach(f"{owner}.{name}")
        if _imports_names_from(module, context) and is_free(name, symbol, place, context):
            return Reach(name, (NewImport(module, name),))
        if not is_free(module.split(".")[0], module, place, context):
            return Refusal(f"the name `{module.split('.')[0]}` is taken by something else here")
        return Reach(symbol, (NewImport(module),))
    if not is_free(name, symbol, place, context):
        return Refusal(f"the name `{name}` is taken by something else here")
    return Reach(name, (NewImport(module, name),))


def _imports_names_from(module: str, context: Context) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom) and statement.module == module and not statement.level
        for statement in context.module.document.tree.body
    )


def is_free(name: str, symbol: str, place: Place, context: Context) -> bool:
    """Whether no scope around the place binds the name, but for imports of `symbol` itself in the module's."""
    scope: Scope | None = place.scope
    while scope is not None:
        for binding in scope.names.get(name, ()):
            imported = scope.parent is None and isinstance(binding.node, ast.alias)
            if not imported or not _is(symbol, context.inference.binding(binding)):
                return False
        scope = scope.parent
    return True


def _is(symbol: str, found: Type) -> bool:
    return isinstance(found, ClassType | Symbol) and found.name == symbol


def imported_name(symbol: str, place: Place, context: Context) -> str | None:
    """The name under which the module has imported `symbol` at its top level, unless it is shadowed here."""
    inference = context.inference
    for name, bindings in context.module.scope.names.items():
        if len(bindings) != 1 or bindings[0].place.block.owner is not None:
            continue
        if not isinstance(bindings[0].node, ast.alias):
            continue
        if _is(symbol, inference.binding(bindings[0])) and _is_visible(name, place):
            return name
    return None


def _is_visible(name: str, place: Place) -> bool:
    scope: Scope | None = place.scope
    while scope is not None and scope.parent is not None:
        if name in scope.names:
            return False
        scope = scope.parent
    return True
