"""Names that new code can take, and how it reaches what it needs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.lifespan.text import Names
from starlette_upgrade.rewrite.naming.names import Reach, imported_name, reach
from starlette_upgrade.rewrite.plan import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.rewrite.lifespan.handlers import Handler
    from starlette_upgrade.rewrite.plan import NewImport
    from starlette_upgrade.semantics.scopes import Place, Scope


class Taken:
    """The names that mean something in a scope or around it, with those given out since."""

    def __init__(self, scope: Scope) -> None:
        self._names = {name for node in ast.walk(scope.node) for name in _names(node)}
        around = scope.parent
        while around is not None:
            self._names.update(around.names)
            around = around.parent
        self._numbers: dict[str, int] = {}

    def fresh(self, *wanted: str) -> str:
        """The first of the wanted names that is free, else the first with a number; it is taken then."""
        free = next((name for name in wanted if name not in self._names), None)
        while free is None:
            number = self._numbers[wanted[0]] = self._numbers.get(wanted[0], 1) + 1
            numbered = f"{wanted[0]}_{number}"
            free = numbered if numbered not in self._names else None
        self._names.add(free)
        return free


def _names(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return ((node.asname or node.name).partition(".")[0],)
    return ()


def names_for(
    handlers: Iterable[Handler], taken: Taken, place: Place, context: Context, *, wraps: bool, app: str
) -> tuple[Names, list[NewImport]] | Refusal:
    """The names inside of a new lifespan at `place`, but for its own, and the imports that they need."""
    found = list(handlers)
    roots = frozenset(root for handler in found for root in handler.roots)
    imports: list[NewImport] = []
    manager = reach("contextlib.asynccontextmanager", place, context)
    if isinstance(manager, Refusal):
        manager = reach("contextlib.asynccontextmanager", place, context, module_style=True)
    if isinstance(manager, Refusal):
        return manager
    imports.extend(manager.imports)
    asks = "inspect.iscoroutinefunction"
    if any(handler.calling == "asked" for handler in found):
        reached = reach(asks, place, context, module_style=True)
        if isinstance(reached, Refusal):
            return reached
        asks = reached.expression
        imports.extend(reached.imports)
    app_type = iterator = ""
    if _is_typed(place):
        app_type = (imported_name(app, place, context) if app else None) or "object"
        generator: Reach | Refusal = reach("collections.abc.AsyncIterator", place, context)
        known = imported_name("typing.AsyncIterator", place, context)
        if known:
            generator = Reach(known)
        result = reach("typing.Any", place, context) if wraps else None
        if isinstance(generator, Refusal) or isinstance(result, Refusal):
            app_type = ""
        else:
            iterator = f"{generator.expression}[{result.expression if result is not None else 'None'}]"
            imports.extend((*generator.imports, *(result.imports if result is not None else ())))
    names = Names(
        app="app" if "app" not in roots else taken.fresh("_app"),
        handler=_free("handler", roots),
        state=_free("state", roots),
        asynccontextmanager=manager.expression,
        iscoroutinefunction=asks,
        app_type=app_type,
        iterator=iterator,
    )
    return names, imports


def _free(name: str, roots: frozenset[str]) -> str:
    while name in roots:
        name = f"{name}_"
    return name


def _is_typed(place: Place) -> bool:
    """Whether the code around a place says what functions return."""
    node = place.scope.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.returns is not None
    functions = [
        node
        for node in ast.walk(place.scope.module.scope.node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return bool(functions) and sum(node.returns is not None for node in functions) * 2 > len(functions)
