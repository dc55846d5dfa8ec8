"""What a body does between making its app and its last registration: can the app be made that late?"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.rewrite.table.app import App, path_of, root_of
from starlette_upgrade.rewrite.table.executed import deferred_names, executed
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.rewrite.table.registrations import Registration
    from starlette_upgrade.semantics.scopes import Scope

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BY_TEXT = frozenset({"globals", "locals", "vars", "eval", "exec", "modules"})
_CHANGING = frozenset({
    "add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault",
    "sort", "update",
})  # fmt: skip
_IMPORTING = frozenset({"import_module", "__import__", "reload", "run_module", "run_path"})


@dataclass(frozen=True, slots=True)
class Moving:
    """Expressions that will be evaluated where the last registration is, and by which statement they were."""

    index: int
    nodes: tuple[ast.expr, ...]
    endpoint: str = ""

    def names(self) -> set[str]:
        found = {node.id for given in self.nodes for node in ast.walk(given) if isinstance(node, ast.Name)}
        return found | {self.endpoint} if self.endpoint else found


# What registrations change: whoever sets it in between means what was registered by then.
_REGISTERED = frozenset({"router", "routes", "user_middleware", "middleware_stack", "exception_handlers"})
_OF_ROUTER = frozenset({"router.redirect_slashes", "router.default", "router.lifespan_context"})


def assignments(app: App, last: int) -> list[int]:
    """The statements up to `last` that set something on the app, `app.state.x = …`: they can follow it."""
    found = [index for index in range(app.index + 1, last + 1) if _sets_attribute(app.body[index], app)]
    below = app.body[app.index + 1]
    is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
    return [app.index + 1, *found] if is_text else found  # what documents the app


def _sets_attribute(statement: ast.stmt, app: App) -> bool:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    root = root_of(target) if isinstance(target, ast.Attribute) else None
    if root is None or root.id != app.name:
        return False
    path = path_of(target)
    return path.partition(".")[0] not in _REGISTERED or path in _OF_ROUTER


def obstacle(
    app: App, registrations: Sequence[Registration], following: Sequence[int], context: Context
) -> Refusal | None:
    """Why the app can't be made where its last registration is."""
    last = registrations[-1].index
    moving = list(_moving(app, registrations, following))
    passed_over = {app.index, *following, *(found.index for found in registrations)}
    checks = (
        _rebound(app, last),
        _used(app, registrations, following, last),
        _imported(app, last, context),
        *(_changed(app, moved, last, passed_over) for moved in moving),
    )
    return next((found for found in checks if found is not None), None)


def _moving(app: App, registrations: Sequence[Registration], following: Sequence[int]) -> Iterator[Moving]:
    yield Moving(app.index, (app.call,))
    for found in registrations:
        nodes = [*found.call.args, *(keyword.value for keyword in found.call.keywords)]
        endpoint = found.endpoint if isinstance(found.endpoint, str) else ""
        if isinstance(found.endpoint, ast.expr):
            nodes.append(found.endpoint)
        yield Moving(found.index, tuple(nodes), endpoint)
    for index in following:
        statement = app.body[index]
        assert isinstance(statement, ast.Assign | ast.Expr)
        yield Moving(index, (statement.value,))


def _rebound(app: App, last: int) -> Refusal | None:
    for index, binding in app.bindings(app.name):
        if binding.place.scope is not app.scope:
            return Refusal(f"`{app.name}` is assigned in a function, too")
        if binding.place.statement is not app.statement and index <= last:
            return Refusal(f"`{app.name}` is assigned again in line {binding.place.statement.lineno}")
    return None


def _used(app: App, registrations: Sequence[Registration], following: Sequence[int], last: int) -> Refusal | None:
    """A use of the app, or of a function that uses it, before all is registered."""
    meant = {id(node) for node, _, _ in references(app.name, app.scope)}
    using = _leading_to(app, meant)
    own = {id(root_of(found.node)) for found in registrations}
    endpoints = {id(node) for found in registrations for node in _handed_over(found)}
    for index in following:
        own.update(id(root_of(target)) for target in getattr(app.body[index], "targets", ()))
    if any(id(node) in meant for node in ast.walk(app.call)):
        return Refusal(f"`{app.name}` is made of itself")
    for statement in app.body[app.index + 1 : last + 1]:
        for node in executed(statement):
            if isinstance(node, ast.Name | ast.Attribute) and _last(node) in _BY_TEXT:
                return Refusal(f"`{ast.unparse(node)}`, used in line {node.lineno}, may lead to `{app.name}`")
            if not isinstance(node, ast.Name) or id(node) in own:
                continue
            if id(node) in meant:
                return Refusal(f"`{app.name}` is used in line {node.lineno}, before all is registered on it")
            if node.id in using and isinstance(node.ctx, ast.Load) and id(node) not in endpoints:
                return Refusal(f"`{node.id}`, used in line {node.lineno}, may ask for `{app.name}`")
    return None


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _handed_over(found: Registration) -> Iterator[ast.expr]:
    """Names that a registration hands over, without a call of theirs."""
    nodes = [*found.call.args, *(keyword.value for keyword in found.call.keywords)]
    if isinstance(found.endpoint, ast.expr):
        nodes.append(found.endpoint)
    called = {id(node.func) for given in nodes for node in ast.walk(given) if isinstance(node, ast.Call)}
    for given in nodes:
        yield from (node for node in ast.walk(given) if isinstance(node, ast.Name) and id(node) not in called)


def _leading_to(app: App, meant: set[int]) -> set[str]:
    """The functions and classes of the body whose code uses the app, or another one that does."""
    inside: dict[str, set[str]] = {}
    found: set[str] = set()
    for statement in app.body:
        for node in executed(statement):
            if isinstance(node, _DEFINITIONS):
                names = deferred_names(node)
                inside.setdefault(node.name, set()).update(inner.id for inner in names)
                if any(id(inner) in meant for inner in names):
                    found.add(node.name)
    while True:
        more = {name for name, names in inside.items() if names & found} - found
        if not more:
            return found
        found |= more


def _imported(app: App, last: int, context: Context) -> Refusal | None:
    """An import on the way that may lead back to this module, and ask for the app."""
    if not isinstance(app.scope.node, ast.Module):
        return None
    project, path = context.inference.project, context.module.document.path
    for statement in app.body[app.index + 1 : last + 1]:
        for node in executed(statement):
            if isinstance(node, ast.Attribute | ast.Name) and _last(node) in _IMPORTING:
                return Refusal(f"a module is imported in line {node.lineno}, before all is registered")
            if isinstance(node, ast.Import):
                own = any(project.resolve(alias.name, 0, path) is not None for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names if node.module)]
                own = bool(node.level) or any(project.resolve(name, 0, path) is not None for name in names)
                own = own or any(alias.name == "*" for alias in node.names)
            else:
                continue
            if own:
                return Refusal(f"the import in line {node.lineno} may lead back here, before all is registered")
    return None


def _changed(app: App, moved: Moving, last: int, passed_over: set[int]) -> Refusal | None:
    """A name that means something else, or holds something else, where the expressions go."""
    names = moved.names()
    for name in sorted(names):
        for index, binding in app.bindings(name):
            if binding.place.scope is not app.scope and binding.kind != "parameter":
                return Refusal(f"`{name}` is assigned in a function, too")
            if moved.index < index <= last:
                line = binding.place.statement.lineno
                return Refusal(f"`{name}` is assigned again in line {line}")
    mutable = {name for name in names if _is_mutable(name, app.scope)}
    for index in range(moved.index + 1, last + 1):
        if index in passed_over and isinstance(app.body[index], ast.Expr | ast.Assign):
            continue
        for node in executed(app.body[index]):
            if not isinstance(node, ast.expr | ast.Expr):
                continue
            changed = _written(node) | (_acted_on(node) & mutable)
            if changed & names - {app.name}:
                name = min(changed & names)
                return Refusal(f"`{name}` may be changed in line {node.lineno}, before all is registered")
    return None


def _is_mutable(name: str, scope: Scope | None) -> bool:
    """Whether a name may stand for something else than a module, a function or a class."""
    while scope is not None and name not in scope.names:
        scope = scope.parent
    bindings = scope.names[name] if scope is not None else ()
    return any(
        binding.kind not in ("function", "class") and not isinstance(binding.statement, ast.Import)
        for binding in bindings
    )


def _written(node: ast.AST) -> set[str]:
    """The name of what an assignment (or `del`) changes: `x` in `x.y = …`, `x["y"] = …` and `x += …`."""
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript) or isinstance(node.ctx, ast.Load):
        return set()
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return {inner.id} if isinstance(inner, ast.Name) else set()


def _acted_on(node: ast.AST) -> set[str]:
    """The names that a call may change: `x.append(…)`, or as a statement of its own `x.load()` and `load(x)`."""
    call = node.value if isinstance(node, ast.Expr) else node
    if isinstance(call, ast.Await):
        call = call.value
    if not isinstance(call, ast.Call):
        return set()
    if isinstance(node, ast.Expr):
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        names = {inner.id for inner in given if isinstance(inner, ast.Name)}
    elif isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGING:
        names = set()
    else:
        return set()
    root: ast.expr = call.func
    while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
        root = root.func if isinstance(root, ast.Call) else root.value
    if isinstance(root, ast.Name) and root is not call.func:
        names.add(root.id)
    return names


def elsewhere(app: App, registrations: Sequence[Registration], removed: frozenset[str]) -> Refusal | None:
    """A registration by a form that is gone, in a function or under a condition: all of an app or none."""
    own = {id(root_of(found.node)) for found in registrations}
    meant = {id(node) for node, _, _ in references(app.name, app.scope)} - own
    for statement in app.body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Attribute) or id(root_of(node)) not in meant:
                continue
            if path_of(node).removeprefix("router.") in removed:
                text = f"`{ast.unparse(node)}` in line {node.lineno}"
                return Refusal(f"{text} is under a condition, in a function or in an expression")
    return None
