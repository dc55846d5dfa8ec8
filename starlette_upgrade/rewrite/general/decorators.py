"""`@app.route(…)` above a definition becomes `app.add_route(…)` below it, and its siblings likewise."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.statement import comments_in
from starlette_upgrade.rewrite.text.fitting import code_of, exploded, fitted, margin_of
from starlette_upgrade.rewrite.text.listing import argument, keyword_of, listing_of, with_listing
from starlette_upgrade.semantics.types import Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

_MIDDLEWARE = "starlette.middleware.base.BaseHTTPMiddleware"
# Decorators of an app or router that give the function back as it was.
_REGISTERING = frozenset({
    "route", "websocket_route", "exception_handler", "middleware", "on_event",
    "get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket",
})  # fmt: skip
# Those of the standard library that do.
_MARKING = frozenset({
    "abc.abstractmethod", "atexit.register", "typing.final", "typing.no_type_check", "typing.override",
    "typing_extensions.final", "typing_extensions.no_type_check", "typing_extensions.override",
})  # fmt: skip
# Those of routes, whose order says which one answers.
_ROUTES = _REGISTERING - {"exception_handler", "middleware", "on_event"}
_WITH_EFFECT = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_FIRST_KEYWORDS = frozenset({"path", "exc_class_or_status_code", "middleware_type"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The decorator goes; a call that registers the finished function follows the definition."""
    call, node, definition = usage.call, usage.node, usage.place.statement
    if call is None or not isinstance(node, ast.Attribute):
        return Refusal("it is not called here")
    if any(isinstance(given, ast.Starred) for given in call.args):
        return Refusal("its arguments are unpacked from a list")
    named = {keyword.arg for keyword in call.keywords}
    if not call.args and not named & _FIRST_KEYWORDS:
        return Refusal("its first argument is unpacked from a dict" if None in named else "it has no arguments")
    middleware: str | None = None
    imports: tuple[NewImport, ...] = ()
    if fix.to == "add_middleware":
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if [getattr(value, "value", None) for value in given] != ["http"]:
            return Refusal('only the middleware type "http" exists')
        base = reach(_MIDDLEWARE, usage.place, context)
        if isinstance(base, Refusal):
            return base
        middleware, imports = base.expression, base.imports
    document = context.module.document
    register = partial(
        _registration, method=fix.to, middleware=middleware, margin=partial(margin_of, document, definition.lineno)
    )
    if isinstance(definition, ast.Expr) and _is_applied(definition.value, call):
        change = partial(_applied, register=register)
        return Plan((Edit(definition, document.span(definition.value), "Call", change),), imports)
    if not isinstance(definition, _DEFINITIONS) or call not in definition.decorator_list:
        return Refusal("it is not used as a decorator")
    reason = _tied_to_its_place(call, definition)
    if reason:
        return Refusal(reason)
    index = definition.decorator_list.index(call)
    for outer in definition.decorator_list[:index]:
        if not gives_back(outer, usage.place, context):
            return Refusal(
                f"the decorator `@{ast.unparse(outer)}` above it would then wrap the registered function, too"
            )
        if _is_overtaken(outer, call, definition):
            return Refusal(f"the route of `@{ast.unparse(outer)}` above it would then come first")
    top = usage.place.scope.parent is None and usage.place.block.owner is None
    move = partial(
        _moved,
        from_end=len(definition.decorator_list) - index,
        blank_lines=2 if top else 1,
        register=register,
    )
    kind = "ClassDef" if isinstance(definition, ast.ClassDef) else "FunctionDef"
    return Plan((Edit(definition, document.span(definition), kind, move, turn=index),), imports)


def _is_applied(node: ast.expr, decorator: ast.Call) -> bool:
    """Whether a statement is `decorator(endpoint)`, the decorator used without its syntax."""
    if not isinstance(node, ast.Call) or node.func is not decorator or node.keywords:
        return False
    return len(node.args) == 1 and not isinstance(node.args[0], ast.Starred)


def gives_back(decorator: ast.expr, place: Place, context: Context) -> bool:
    """Whether a decorator only registers or marks the function, so that it may stay above."""
    found = context.inference.type_of(decorator, place)
    if isinstance(found, Symbol) and found.name in _MARKING:
        return True
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(target, ast.Attribute) or target.attr not in _REGISTERING:
        return False
    found = context.inference.type_of(target.value, place)
    cls = getattr(found, "cls", None)
    if cls is None:
        return False
    names = {base.name for base in context.inference.classes.line(cls)}
    return bool(names & {"starlette.applications.Starlette", "starlette.routing.Router"})


def _tied_to_its_place(call: ast.Call, definition: _Definition) -> str:
    """Why a decorator can't be evaluated below its definition; empty if it can."""
    parts = list(ast.walk(call))
    if any(isinstance(part, ast.Name) and part.id == definition.name for part in parts):
        return f"`{definition.name}` is something else below the definition"
    if any(isinstance(part, _WITH_EFFECT) for part in parts):
        return "its arguments do something themselves, which would happen later"
    return ""


def _is_overtaken(outer: ast.expr, call: ast.Call, definition: _Definition) -> bool:
    """Whether an upper decorator stays and adds a route, too, that may answer in place of this one's."""
    if not isinstance(outer, ast.Call) or not isinstance(outer.func, ast.Attribute):
        return False
    assert isinstance(call.func, ast.Attribute)
    if not {outer.func.attr, call.func.attr} <= _ROUTES or ast.dump(outer.func.value) != ast.dump(call.func.value):
        return False
    if outer.func.attr in ("route", "websocket_route"):
        written_out = not any(isinstance(given, ast.Starred) for given in outer.args)
        return not (written_out and outer.args and not _tied_to_its_place(outer, definition))
    paths = [given.value for one in (outer, call) for given in one.args[:1] if isinstance(given, ast.Constant)]
    plain = len(paths) == 2 and all(isinstance(path, str) and "{" not in path for path in paths)
    return not plain or paths[0] == paths[1]


def _moved(
    node: cst.FunctionDef | cst.ClassDef | cst.FlattenSentinel[cst.BaseStatement],
    *,
    from_end: int,
    blank_lines: int,
    register: Callable[[cst.Call, cst.BaseExpression], cst.Call],
) -> cst.FlattenSentinel[cst.BaseStatement]:
    import libcst as cst

    definition, later = split(node)
    # Decorators are taken away from the top one down, so the place is counted from the bottom.
    index = len(definition.decorators) - from_end
    if not 0 <= index < len(definition.decorators):
        raise CannotApply("the decorator is not where it was")
    decorator = definition.decorators[index]
    call = decorator.decorator
    if not isinstance(call, cst.Call):
        raise CannotApply("the decorator is not a call")
    statement = cst.SimpleStatementLine(
        leading_lines=[cst.EmptyLine(indent=False)] * blank_lines,
        body=[cst.Expr(register(call, cst.Name(definition.name.value)))],
        trailing_whitespace=decorator.trailing_whitespace,
    )
    if later:  # the blank lines stand before the first of the calls
        later[0] = later[0].with_changes(leading_lines=())
    return cst.FlattenSentinel([without_decorator(definition, index), statement, *later])


def _applied(node: cst.Call, *, register: Callable[[cst.Call, cst.BaseExpression], cst.Call]) -> cst.Call:
    import libcst as cst

    if not isinstance(node.func, cst.Call) or len(node.args) != 1:
        raise CannotApply("the call is not what it was")
    made = register(node.func, node.args[0].value)
    if set(comments_in(node)) - set(comments_in(made)):
        raise CannotApply("a comment stands inside of it")
    return made


def split(node: object) -> tuple[cst.FunctionDef | cst.ClassDef, list[cst.BaseStatement]]:
    import libcst as cst

    if isinstance(node, cst.FlattenSentinel):
        first, *later = list(node)
        return first, later
    assert isinstance(node, cst.FunctionDef | cst.ClassDef)
    return node, []


def without_decorator(definition: cst.FunctionDef | cst.ClassDef, index: int) -> cst.FunctionDef | cst.ClassDef:
    """The definition without one decorator; comment lines above that one stay where they are."""
    remaining = list(definition.decorators)
    comments = remaining.pop(index).leading_lines
    if index < len(remaining):
        following = remaining[index]
        remaining[index] = following.with_changes(leading_lines=(*comments, *following.leading_lines))
        return definition.with_changes(decorators=remaining)
    lines = (*comments, *definition.lines_after_decorators)
    return definition.with_changes(decorators=remaining, lines_after_decorators=lines)


def _registration(
    call: cst.Call,
    endpoint: cst.BaseExpression,
    *,
    method: str,
    middleware: str | None,
    margin: Callable[[], Margin],
) -> cst.Call:
    """`receiver.method(first, endpoint, …)`, or `receiver.add_middleware(Base, dispatch=endpoint)`."""
    import libcst as cst

    if not isinstance(call.func, cst.Attribute):
        raise CannotApply("the decorator is not a method")
    receiver = call.func.value
    *path, last = method.split(".")
    for part in path:
        receiver = cst.Attribute(receiver, cst.Name(part))
    made = call.with_changes(func=cst.Attribute(receiver, cst.Name(last)))
    if middleware is not None:
        given = [argument(cst.parse_expression(middleware)), argument(endpoint, "dispatch")]
        nothing = cst.SimpleWhitespace("")
        made = made.with_changes(args=given, whitespace_before_args=nothing)
    else:
        made = _with_endpoint(made, endpoint)
    room = margin()
    if max(len(room.block + row) for row in code_of(call).splitlines()) > room.width:
        return made  # it was too long before
    return exploded(fitted(made, len(room.block) + 1, "", room), room)


def _with_endpoint(call: cst.Call, endpoint: cst.BaseExpression) -> cst.Call:
    """The call with its first argument by position, in front, and the endpoint behind that."""
    import libcst as cst

    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    first = next((number for number, name in enumerate(names) if name in _FIRST_KEYWORDS), 0)
    if not names:
        raise CannotApply("the decorator has no arguments")
    front = listing.items[first].with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    rest = listing.replaced(0, front) if first == 0 else listing.without(first).inserted(0, front)
    made: cst.Call = with_listing(call, rest.inserted(1, argument(endpoint)))
    return made
