"""What a handler of startup or shutdown is, and how a `lifespan` has to call it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.naming import last_name
from starlette_upgrade.semantics.types import FunctionType, Holding, Instance, Opaque, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place, Scope

# How a handler is called: `f()`, `await f()`, or as the program finds out when it runs.
Calling = Literal["plain", "await", "asked"]

# Decorators that give back the function itself, or one of its kind.
_TRANSPARENT = frozenset({
    "builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "typing.final", "typing.override",
    "typing.no_type_check", "typing_extensions.final", "typing_extensions.override",
})  # fmt: skip
_REGISTERING = frozenset({"on_event", "route", "websocket_route", "exception_handler", "middleware"})
_CHANGING = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"})
_PARTIAL = Symbol("functools.partial")


@dataclass(frozen=True, slots=True)
class Handler:
    """One function to be called, or `many`: an iterable of them.

    `code` is the expression that gives it, or, if it is `inline`, the call itself. Where `made` is given, that
    expression has to be evaluated where the handler was registered, and its value be kept as `code`.
    A list that is `optional` may be None. `comments` go with it.
    """

    code: str
    calling: Calling
    many: bool = False
    optional: bool = False
    inline: bool = False
    made: str = ""
    comments: tuple[str, ...] = ()

    def commented(self, comments: tuple[str, ...]) -> Handler:
        return replace(self, comments=(*comments, *self.comments))

    @property
    def roots(self) -> frozenset[str]:
        """The names that the new function will read for it."""
        tree = ast.parse(self.code, mode="eval")
        return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def handler_of(node: ast.expr, place: Place, inference: Inference) -> Handler | Refusal:
    """The handler that an expression gives."""
    if isinstance(node, ast.Lambda) and not _parameters(node):
        return Handler(written(node.body, place), "plain", inline=True)
    if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.Starred):
        return Refusal(f"what `{ast.unparse(node)}` gives can't be told")
    calling = calling_of(node, place, inference)
    if is_stable(node, place, inference):
        return Handler(written(node, place), calling)
    called = _called_by_partial(node, place, inference)
    if called is not None and calling != "asked":
        return Handler(called, calling, inline=True)
    return Handler("", calling, made=written(node, place))


def handlers_of(node: ast.expr, place: Place, inference: Inference) -> list[Handler] | Refusal:
    """The handlers in a list of them, as `on_startup=` takes it."""
    if isinstance(node, ast.List | ast.Tuple):
        found: list[Handler] = []
        for element in node.elts:
            inner = element.value if isinstance(element, ast.Starred) else element
            given = (
                handlers_of(inner, place, inference)
                if isinstance(element, ast.Starred)
                else handler_of(inner, place, inference)
            )
            if isinstance(given, Refusal):
                return given
            found.extend(given if isinstance(given, list) else [given])
        return found
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = (handlers_of(side, place, inference) for side in (node.left, node.right))
        return left if isinstance(left, Refusal) else right if isinstance(right, Refusal) else [*left, *right]
    if isinstance(node, ast.Constant) and node.value is None:
        return []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple"):
        if not node.args and not node.keywords:
            return []
        if len(node.args) == 1 and isinstance(node.args[0], ast.List | ast.Tuple):
            return handlers_of(node.args[0], place, inference)
    if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.Starred):
        return Refusal(f"what `{ast.unparse(node)}` gives can't be told")
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and _is_empty(node.values[-1]):
        rest = node.values[:-1]
        return handlers_of(rest[0] if len(rest) == 1 else ast.BoolOp(ast.Or(), rest), place, inference)
    if is_list_of_router(node, place, inference):
        return Refusal(f"the list `{ast.unparse(node)}` is gone, too")
    if is_stable(node, place, inference):
        return [_several(node, place, inference)]
    optional = not isinstance(node, ast.ListComp | ast.List | ast.Tuple)
    return [Handler("", "asked", many=True, optional=optional, made=written(node, place))]


def _several(node: ast.expr, place: Place, inference: Inference) -> Handler:
    """The handlers in a list that goes by a name."""
    code = written(node, place)
    found = inference.type_of(node, place)
    if _changes_later(node, place):
        return Handler("", "asked", many=True, made=f"list({code})")
    if isinstance(found, Holding) and found.items:
        callings = {_calling_of_type(item, inference) for item in found.items}
        return Handler(code, callings.pop() if len(callings) == 1 else "asked", many=True)
    is_list = all(isinstance(member, Holding | Opaque) for member in members(found))
    is_list = is_list and not is_parameter(node, place)  # whose default may be None, whatever its annotation says
    return Handler(code, "asked", many=True, optional=not is_list)


def _changes_later(node: ast.expr, place: Place) -> bool:
    """Whether something may be put into a list, or taken out of it, when it has been handed over."""
    name = last_name(node)
    for parent in ast.walk(place.scope.module.scope.node):
        if isinstance(parent, ast.Attribute) and parent.attr in _CHANGING and last_name(parent.value) == name:
            changed: ast.expr = parent.value
        elif isinstance(parent, ast.AugAssign) and last_name(parent.target) == name:
            changed = parent.target
        else:
            continue
        if type(changed) is type(node) and not _stands_before(changed, place):
            return True
    return False


def _stands_before(node: ast.expr, place: Place) -> bool:
    """Whether a node stands above a place in the same scope, and so happens before."""
    scope = place.scope.node
    inside = any(inner is node for inner in ast.walk(scope))
    nested = any(
        inner is node
        for function in ast.walk(scope)
        if function is not scope and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(function)
    )
    return inside and not nested and node.lineno < place.statement.lineno


def calling_of(node: ast.expr, place: Place, inference: Inference) -> Calling:
    """How a handler is to be called, as far as its definition is in sight."""
    if isinstance(node, ast.Call) and node.args and inference.type_of(node.func, place) == _PARTIAL:
        return calling_of(node.args[0], place, inference)
    found = list(members(inference.type_of(node, place)))
    callings = {_calling_of_type(member, inference) for member in found}
    return callings.pop() if len(callings) == 1 else "asked"


def calling_of_definition(node: ast.AST, place: Place, inference: Inference, skipped: int = 0) -> Calling:
    """How a function is called that `skipped` decorators, from above, do not change any more."""
    decorators = getattr(node, "decorator_list", [])[skipped:]
    if not all(_is_transparent(decorator, place, inference) for decorator in decorators):
        return "asked"
    return "await" if isinstance(node, ast.AsyncFunctionDef) and not _yields(node) else "plain"


def _calling_of_type(found: object, inference: Inference) -> Calling:
    if isinstance(found, FunctionType):
        if isinstance(found.node, ast.Lambda):
            return "plain"
        ensure_bound(found.scope)
        where = found.scope.place
        return calling_of_definition(found.node, where, inference) if where is not None else "asked"
    if isinstance(found, Symbol) and found.name.startswith("builtins."):
        return "plain"
    if isinstance(found, Instance) and found.cls.scope is not None:
        method = inference.classes.member(found, "__call__")
        return _calling_of_type(method, inference) if isinstance(method, FunctionType) else "asked"
    return "asked"


def _is_transparent(decorator: ast.expr, place: Place, inference: Inference) -> bool:
    found = inference.type_of(decorator, place)
    if isinstance(found, Symbol) and found.name in _TRANSPARENT:
        return True
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Attribute) and isinstance(decorator, ast.Call) and target.attr in _REGISTERING


def _yields(node: ast.AsyncFunctionDef) -> bool:
    stack: list[ast.AST] = [*node.body]
    while stack:
        inner = stack.pop()
        if isinstance(inner, ast.Yield):
            return True
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(inner))
    return False


def is_list_of_router(node: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether an expression is `router.on_startup` or the like, of a router that has lost it."""
    if not isinstance(node, ast.Attribute) or node.attr not in ("on_startup", "on_shutdown"):
        return False
    found = inference.type_of(node.value, place)
    return judge_receiver(found, node.attr, ("starlette.routing.Router",), inference) is not None


def is_stable(node: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether an expression gives the same later on: a name that is bound once, or an attribute of one."""
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and is_bound_once(root.id, place.scope)


def is_path(node: ast.expr) -> bool:
    """Whether an expression is a name, or attributes of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def is_bound_once(name: str, scope: Scope) -> bool:
    """Whether a name that is read in a scope is bound by one statement only, and not by a loop."""
    owner = scope_binding(name, scope)
    if owner is None:
        return True  # Python's own, or from a star import
    bindings = owner.names[name]
    return len(bindings) == 1 and bindings[0].kind != "element" and not owner.is_class and not _in_loop(bindings[0])


def is_parameter(node: ast.expr, place: Place) -> bool:
    """Whether a value is handed on as it came, and so may be None."""
    owner = scope_binding(node.id, place.scope) if isinstance(node, ast.Name) else None
    bindings = owner.names[node.id] if owner is not None and isinstance(node, ast.Name) else []
    return len(bindings) == 1 and bindings[0].kind == "parameter"


def scope_binding(name: str, scope: Scope) -> Scope | None:
    """The scope whose name is meant by a name in `scope`."""
    for around in _outwards(scope):
        if name in around.names and (around is scope or not around.is_class):
            return around
    return None


def _outwards(scope: Scope) -> Iterator[Scope]:
    found: Scope | None = scope
    while found is not None:
        ensure_bound(found)
        yield found
        found = found.parent


def _in_loop(binding: Binding) -> bool:
    return any(
        isinstance(block.owner, ast.For | ast.AsyncFor | ast.While)
        for block in binding.place.block.chain()
        if block.owner is not None
    )


def _called_by_partial(node: ast.expr, place: Place, inference: Inference) -> str | None:
    """The call that `partial(function, …)` stands for, if its parts can as well be evaluated later."""
    if not (isinstance(node, ast.Call) and node.args and inference.type_of(node.func, place) == _PARTIAL):
        return None
    parts = [*node.args, *(keyword.value for keyword in node.keywords)]
    if any(keyword.arg is None for keyword in node.keywords):
        return None
    if not all(isinstance(part, ast.Constant) or is_stable(part, place, inference) for part in parts):
        return None
    arguments = [written(argument, place) for argument in node.args[1:]]
    arguments += [f"{keyword.arg}={written(keyword.value, place)}" for keyword in node.keywords]
    return f"{written(node.args[0], place)}({', '.join(arguments)})"


def written(node: ast.expr, place: Place) -> str:
    """An expression as it stands in the file, on one line."""
    document = place.scope.module.document
    if not hasattr(node, "lineno") or node.lineno != node.end_lineno:
        return ast.unparse(node)
    return document.segment(document.span(node))


def _parameters(node: ast.Lambda) -> bool:
    args = node.args
    return bool(args.posonlyargs or args.args or args.kwonlyargs or args.vararg or args.kwarg)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and not node.elts
