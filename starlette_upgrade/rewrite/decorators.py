"""`@app.route(…)` above a definition becomes `app.add_route(…)` below it, and its siblings likewise."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.names import reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.sequences import inserted_after, keyword_of

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

_MIDDLEWARE = "starlette.middleware.base.BaseHTTPMiddleware"
# Decorators of an app or router that give the function back as it was.
_REGISTERING = frozenset({
    "route", "websocket_route", "exception_handler", "middleware", "on_event",
    "get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket",
})  # fmt: skip
_FIRST_KEYWORDS = frozenset({"path", "exc_class_or_status_code", "middleware_type"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The decorator goes; a call that registers the finished function follows the definition."""
    call, node, definition = usage.call, usage.node, usage.place.statement
    if call is None or not isinstance(node, ast.Attribute):
        return Refusal("it is not called here")
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return Refusal("its arguments are unpacked from a list")
    middleware: str | None = None
    imports: tuple[NewImport, ...] = ()
    if fix.to == "add_middleware":
        if [getattr(argument, "value", None) for argument in call.args] != ["http"]:
            return Refusal('only the middleware type "http" exists')
        base = reach(_MIDDLEWARE, usage.place, context)
        if isinstance(base, Refusal):
            return base
        middleware, imports = base.expression, base.imports
    span = context.module.document.span
    if isinstance(definition, ast.Expr) and _is_applied(definition.value, call):
        change = partial(_call, method=fix.to, middleware=middleware)
        return Plan((Edit(definition, span(definition.value), "Call", change),), imports)
    if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Refusal("it is not used as a decorator")
    if call not in definition.decorator_list:
        return Refusal("it is not used as a decorator")
    index = definition.decorator_list.index(call)
    for outer in definition.decorator_list[:index]:
        if not _gives_back(outer, usage.place, context):
            return Refusal(
                f"the decorator `@{ast.unparse(outer)}` above it would then wrap the registered function, too"
            )
    top = usage.place.scope.parent is None and usage.place.block.owner is None
    move = partial(
        _move,
        from_end=len(definition.decorator_list) - index,
        blank_lines=2 if top else 1,
        method=fix.to,
        middleware=middleware,
    )
    kind = "ClassDef" if isinstance(definition, ast.ClassDef) else "FunctionDef"
    return Plan((Edit(definition, span(definition), kind, move),), imports)


def _is_applied(node: ast.expr, decorator: ast.Call) -> bool:
    """Whether a statement is `decorator(endpoint)`, the decorator used without its syntax."""
    if not isinstance(node, ast.Call) or node.func is not decorator or node.keywords:
        return False
    return len(node.args) == 1 and not isinstance(node.args[0], ast.Starred)


def _gives_back(decorator: ast.expr, place: Place, context: Context) -> bool:
    """Whether a decorator only registers the function, so that it may stay above."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(target, ast.Attribute) or target.attr not in _REGISTERING:
        return False
    found = context.inference.type_of(target.value, place)
    cls = getattr(found, "cls", None)
    if cls is None:
        return False
    names = {base.name for base in context.inference.classes.line(cls)}
    return bool(names & {"starlette.applications.Starlette", "starlette.routing.Router"})


def _move(
    node: cst.FunctionDef | cst.ClassDef | cst.FlattenSentinel[cst.BaseStatement],
    *,
    from_end: int,
    blank_lines: int,
    method: str,
    middleware: str | None,
) -> cst.FlattenSentinel[cst.BaseStatement]:
    import libcst as cst

    definition, later = _split(node)
    # Decorators are taken away from the top one down, so the place is counted from the bottom.
    index = len(definition.decorators) - from_end
    if not 0 <= index < len(definition.decorators):
        raise CannotApply("the decorator is not where it was")
    decorator = definition.decorators[index]
    call = decorator.decorator
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        raise CannotApply("the decorator is not a call")
    statement = cst.SimpleStatementLine(
        leading_lines=[cst.EmptyLine(indent=False)] * blank_lines,
        body=[cst.Expr(_registration(call, cst.Name(definition.name.value), method, middleware))],
        trailing_whitespace=decorator.trailing_whitespace,
    )
    if later:  # the blank lines stand before the first of the calls
        later[0] = later[0].with_changes(leading_lines=())
    remaining = [d for number, d in enumerate(definition.decorators) if number != index]
    definition = _without_decorator(definition, index, remaining)
    return cst.FlattenSentinel([definition, statement, *later])


def _call(node: cst.Call, *, method: str, middleware: str | None) -> cst.Call:
    import libcst as cst

    if not isinstance(node.func, cst.Call) or len(node.args) != 1:
        raise CannotApply("the call is not what it was")
    return _registration(node.func, node.args[0].value, method, middleware)


def _split(node: object) -> tuple[cst.FunctionDef | cst.ClassDef, list[cst.BaseStatement]]:
    import libcst as cst

    if isinstance(node, cst.FlattenSentinel):
        first, *later = list(node)
        return first, later
    assert isinstance(node, cst.FunctionDef | cst.ClassDef)
    return node, []


def _without_decorator(
    definition: cst.FunctionDef | cst.ClassDef, index: int, remaining: list[cst.Decorator]
) -> cst.FunctionDef | cst.ClassDef:
    """The definition without one decorator; comment lines above that one stay where they are."""
    comments = definition.decorators[index].leading_lines
    if index < len(remaining):
        following = remaining[index]
        remaining[index] = following.with_changes(leading_lines=(*comments, *following.leading_lines))
        return definition.with_changes(decorators=remaining)
    lines = (*comments, *definition.lines_after_decorators)
    return definition.with_changes(decorators=remaining, lines_after_decorators=lines)


def _registration(call: cst.Call, endpoint: cst.BaseExpression, method: str, middleware: str | None) -> cst.Call:
    import libcst as cst

    assert isinstance(call.func, cst.Attribute)
    receiver = call.func.value
    *path, last = method.split(".")
    for part in path:
        receiver = cst.Attribute(receiver, cst.Name(part))
    function = cst.Attribute(receiver, cst.Name(last))
    if middleware is not None:
        dispatch = cst.Arg(endpoint, keyword=cst.Name("dispatch"), equal=_tight_equal())
        space = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        return cst.Call(function, [cst.Arg(cst.parse_expression(middleware), comma=space), dispatch])
    arguments = list(call.args)
    first = next((a for a in arguments if keyword_of(a) in _FIRST_KEYWORDS), None)
    if first is not None and keyword_of(arguments[0]) != keyword_of(first):
        arguments.remove(first)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        arguments.insert(0, first.with_changes(comma=comma))
        arguments[-1] = arguments[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    if not arguments:
        raise CannotApply("the decorator has no arguments")
    arguments[0] = arguments[0].with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    arguments = inserted_after(arguments, 0, cst.Arg(endpoint))
    return call.with_changes(func=function, args=arguments)


def _tight_equal() -> cst.AssignEqual:
    import libcst as cst

    nothing = cst.SimpleWhitespace("")
    return cst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)
