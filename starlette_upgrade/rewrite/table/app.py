"""The app that a usage belongs to: where it is made, and the statements around that."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.semantics.scopes import Block, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.semantics.scopes import Binding, Scope

STARLETTE = "starlette.applications.Starlette"
ROUTER = "starlette.routing.Router"
# The first parameters of the constructors, as they are given by position.
PARAMETERS = {
    STARLETTE: ("debug", "routes", "middleware", "exception_handlers"),
    ROUTER: ("routes",),
}

_KINDS = {"parameter": "passed to the function", "import": "imported", "from": "imported"}


@dataclass(frozen=True, slots=True)
class App:
    """`name = cls(…)`, statement `index` of a module's or a function's `body`."""

    name: str
    cls: str
    statement: ast.Assign | ast.AnnAssign
    call: ast.Call
    index: int
    body: Sequence[ast.stmt]
    scope: Scope
    place: Place

    def index_of(self, line: int) -> int:
        """The statement of the body that a line is in; the one before it, for a line between two."""
        found = -1
        for index, statement in enumerate(self.body):
            if first_line(statement) > line:
                break
            found = index
        return found

    def bindings(self, name: str) -> list[tuple[int, Binding]]:
        """Where the body binds a name, by the statement's index; a parameter of the function at -1."""
        return [
            (-1 if binding.kind == "parameter" else self.index_of(binding.place.statement.lineno), binding)
            for binding in self.scope.names.get(name, ())
        ]


def app_of(usage: Usage, context: Context) -> App | Refusal:
    """The app on which a usage registers something, if it is made by a plain assignment in the same body."""
    node = usage.node
    if not isinstance(node, ast.Attribute):
        return Refusal("the app is not a plain name")
    root = root_of(node)
    if root is None or "." in path_of(node).removeprefix("router."):
        return Refusal("the app is not a plain name")
    scope = usage.place.scope
    bindings = scope.names.get(root.id)
    if not bindings or root.id in scope.outer_names:
        return Refusal(f"`{root.id}` is not made in the same module or function")
    statement = bindings[0].place.statement
    body: Sequence[ast.stmt] = getattr(scope.node, "body", ())
    if scope.is_class or not isinstance(scope.node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
        return Refusal("it is registered in the body of a class")
    target = _target_of(statement)
    kind = _KINDS.get(bindings[0].kind)
    if kind is not None:
        return Refusal(f"`{root.id}` is {kind}")
    if target is None or target.id != root.id or not isinstance(statement, ast.Assign | ast.AnnAssign):
        return Refusal(f"`{root.id}` is not made by a plain assignment")
    if not any(statement is own for own in body):
        return Refusal(f"`{root.id}` is made under a condition")
    call = statement.value
    cls = context.inference.canonical(call.func, bindings[0].place) if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or cls not in PARAMETERS:
        return Refusal(f"`{root.id}` is not made by calling `Starlette` or `Router`")
    index = next(number for number, own in enumerate(body) if own is statement)
    place = Place(scope, Block(None, None, "body"), statement)
    return App(root.id, cls, statement, call, index, body, scope, place)


def root_of(node: ast.expr) -> ast.Name | None:
    """`app` of `app.state.x`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def path_of(node: ast.expr) -> str:
    """`router.add_route` of `app.router.add_route`; "" for anything but a path of attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join(parts) if isinstance(node, ast.Name) else ""


def first_line(statement: ast.stmt) -> int:
    """The statement's first line, that of its uppermost decorator."""
    return min([d.lineno for d in getattr(statement, "decorator_list", ())], default=statement.lineno)


def _target_of(statement: ast.stmt) -> ast.Name | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    return target if isinstance(target, ast.Name) else None
