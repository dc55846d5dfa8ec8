"""`TemplateResponse(name, {"request": request, …})` becomes `TemplateResponse(request, name, {…})`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.sequences import keyword_of, with_first, without

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place, Scope


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The request moves to the front; a context that held nothing else goes away."""
    call = usage.call
    assert call is not None
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "request"), None)
    found = given if given is not None else _request_in_context(call, usage.place)
    if isinstance(found, Refusal):
        return found
    change = partial(_rewrite, request=_text_of(found))
    return Plan((Edit(usage.place.statement, context.module.document.span(call), "Call", change),))


def _text_of(request: ast.expr) -> str:
    if isinstance(request, ast.Subscript) and isinstance(request.slice, ast.Constant):
        return f'{ast.unparse(request.value)}["request"]'
    return ast.unparse(request)


def _context_of(call: ast.Call) -> ast.expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "context"), None)
    by_name = any(keyword.arg == "name" for keyword in call.keywords)
    position = 0 if by_name else 1
    return named if named is not None else call.args[position] if len(call.args) > position else None


def _request_in_context(call: ast.Call, place: Place) -> ast.expr | Refusal:
    """The expression that the old form passes as the request."""
    context = _context_of(call)
    if context is None:
        return _request_in_scope(place) or Refusal("no request is passed, and none is in sight")
    value = _entry(context)
    if value is not None:
        return value
    if isinstance(context, ast.Name):
        value = _assigned_entry(context.id, place)
        if value is not None and isinstance(value, ast.Name | ast.Attribute):
            return value
    in_scope = _request_in_scope(place)
    if in_scope is not None:
        return in_scope
    if isinstance(context, ast.Name):
        return ast.Subscript(context, ast.Constant("request"), ast.Load())
    return Refusal("the request is inside a context that is made elsewhere")


def _entry(context: ast.expr) -> ast.expr | None:
    """The value of "request" in a dict that is written out."""
    if isinstance(context, ast.Dict):
        for key, value in zip(context.keys, context.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "request":
                return value
    if isinstance(context, ast.Call) and getattr(context.func, "id", "") == "dict":
        return next((keyword.value for keyword in context.keywords if keyword.arg == "request"), None)
    if isinstance(context, ast.BinOp) and isinstance(context.op, ast.BitOr):
        return _entry(context.left) or _entry(context.right)
    return None


def _assigned_entry(name: str, place: Place) -> ast.expr | None:
    """The value of "request" where the context is a local dict that is written out or filled here."""
    values = [
        value
        for binding in place.scope.names.get(name, [])
        if isinstance(binding.node, ast.expr) and (value := _entry(binding.node)) is not None
    ]
    if isinstance(place.scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        for node in ast.walk(place.scope.node):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target = node.targets[0]
                if (
                    isinstance(target, ast.Subscript)
                    and getattr(target.value, "id", "") == name
                    and isinstance(target.slice, ast.Constant)
                    and target.slice.value == "request"
                ):
                    values.append(node.value)
    texts = {ast.unparse(value) for value in values}
    return values[0] if len(texts) == 1 else None


def _request_in_scope(place: Place) -> ast.expr | None:
    """A variable `request` of the functions around."""
    scope: Scope | None = place.scope
    while scope is not None and scope.parent is not None:
        if scope.is_function and "request" in scope.names:
            return ast.Name("request", ast.Load())
        scope = scope.parent
    return None


def _rewrite(call: cst.Call, *, request: str) -> cst.Call:
    import libcst as cst

    arguments = list(call.args)
    names = [keyword_of(argument) for argument in arguments]
    if "request" in names:
        arguments = without(arguments, names.index("request"))
        names = [keyword_of(argument) for argument in arguments]
    by_name = "name" in names
    index = names.index("context") if "context" in names else 0 if by_name else 1
    if index < len(arguments) and (names[index] == "context" or names[index] is None):
        arguments = _with_context(arguments, index)
    if by_name and any(keyword_of(argument) is None for argument in arguments):
        raise CannotApply("a positional context beside name=")
    first = cst.Arg(cst.parse_expression(request))
    if by_name:
        nothing = cst.SimpleWhitespace("")
        equal = cst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)
        first = first.with_changes(keyword=cst.Name("request"), equal=equal)
    return with_first(call.with_changes(args=arguments), first)


def _with_context(arguments: list[cst.Arg], index: int) -> list[cst.Arg]:
    """The arguments with the request taken out of the context; an empty context goes where it can."""
    import libcst as cst

    argument = arguments[index]
    value = argument.value
    if isinstance(value, cst.Dict):
        keys = [_key_of(element) for element in value.elements]
        if "request" not in keys:
            return arguments
        if any(isinstance(e, cst.StarredDictElement) for e in value.elements[: keys.index("request")]):
            return arguments  # the entry may override one in what is unpacked before it
        elements = without(value.elements, keys.index("request"))
        emptied = not elements
        value = value.with_changes(elements=elements)
    elif isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value == "dict":
        keys = [keyword_of(inner) for inner in value.args]
        if "request" not in keys:
            return arguments
        inner_arguments = without(value.args, keys.index("request"))
        emptied = not inner_arguments
        value = value.with_changes(args=inner_arguments)
    else:
        return arguments
    positional_after = any(keyword_of(later) is None for later in arguments[index + 1 :])
    if emptied and not positional_after:
        return without(arguments, index)
    if emptied:
        value = cst.Dict([])
    changed = list(arguments)
    changed[index] = argument.with_changes(value=value)
    return changed


def _key_of(element: cst.BaseDictElement) -> str | None:
    import libcst as cst

    if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
        evaluated = element.key.evaluated_value
        return evaluated if isinstance(evaluated, str) else None
    return None
