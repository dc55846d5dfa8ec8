"""How the entries of tables name their classes: by imports at the top, or where the app's own class is imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.naming.names import is_free, reach
from starlette_upgrade.rewrite.plan import Insertion, NewImport, Refusal
from starlette_upgrade.rewrite.table.app import root_of
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.rewrite.table.app import App


@dataclass(frozen=True, slots=True)
class Names:
    """How each symbol is called, and the imports that this takes."""

    expressions: Mapping[str, str]
    imports: tuple[NewImport, ...] = ()
    insertions: tuple[Insertion, ...] = ()


def name_all(symbols: Sequence[str], app: App, last: int, context: Context) -> Names | Refusal:
    """Names for all symbols behind statement `last` of the app's body."""
    home = _home(app)
    if isinstance(home, Refusal):
        return home
    expressions: dict[str, str] = {}
    imports: list[NewImport] = []
    local: dict[str, list[str]] = {}
    for symbol in symbols:
        own = _own_name(symbol, app, last, context)
        if own:
            expressions[symbol] = own
            continue
        if home is None:
            found = reach(symbol, app.place, context)
            if isinstance(found, Refusal):
                return found
            if any(index > last for index, _ in app.bindings(found.expression.partition(".")[0])):
                return Refusal(f"`{found.expression}` is imported too late")
            expressions[symbol] = found.expression
            imports += found.imports
            continue
        module, _, name = symbol.rpartition(".")
        if not is_free(name, symbol, app.place, context):
            return Refusal(f"the name `{name}` is taken by something else here")
        expressions[symbol] = name
        local.setdefault(module, []).append(name)
    insertions = [
        Insertion(_behind(home, module, app), f"from {module} import {', '.join(sorted(names))}", below=True)
        for module, names in sorted(local.items())
        if home is not None
    ]
    return Names(expressions, tuple(imports), tuple(insertions))


def _behind(home: ast.stmt, module: str, app: App) -> ast.stmt:
    """The import of a function below which another one of Starlette's goes, as they are sorted there."""
    found = home
    for statement in app.body[next(n for n, own in enumerate(app.body) if own is home) + 1 : app.index]:
        follows = statement.lineno == (found.end_lineno or 0) + 1
        if not follows or not isinstance(statement, ast.ImportFrom) or not _is_before(statement, module):
            break
        found = statement
    return found


def _is_before(statement: ast.ImportFrom, module: str) -> bool:
    name = statement.module or ""
    return not statement.level and name.partition(".")[0] == module.partition(".")[0] and name < module


def _home(app: App) -> ast.stmt | Refusal | None:
    """The import in the function's own body that brings the app's class; None if it is imported at the top."""
    root = root_of(app.call.func)
    bindings = app.bindings(root.id) if root is not None else []
    if isinstance(app.scope.node, ast.Module) or not bindings:
        return None
    statement = bindings[0][1].statement
    if not isinstance(statement, ast.Import | ast.ImportFrom) or not any(statement is own for own in app.body):
        return Refusal(f"`{ast.unparse(app.call.func)}` is not imported in a plain way")
    return statement


def _own_name(symbol: str, app: App, last: int, context: Context) -> str:
    """The name by which a function imports a symbol itself."""
    if isinstance(app.scope.node, ast.Module):
        return ""
    for name, bindings in app.scope.names.items():
        binding = bindings[0]
        if len(bindings) == 1 and isinstance(binding.node, ast.alias) and binding.place.block.owner is None:
            found = context.inference.binding(binding)
            if isinstance(found, ClassType) and found.name == symbol and app.bindings(name)[0][0] <= last:
                return name
    return ""
