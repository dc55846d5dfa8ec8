"""Parameters of functions that Starlette calls in another way: the application first, the encoding as well."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of, statement_around
from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.rewrite.text.listing import listing_of, with_listing
from starlette_upgrade.semantics.naming import all_arguments, last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_APP = "app"


def plan_app_first(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`(self, *, app, x)` becomes `(self, app, *, x)`, and `(self, x, app)` becomes `(self, app, x)`."""
    assert isinstance(usage.node, ast.expr)
    node = _definition(usage.node, usage, context)
    if node is None:
        return Refusal("what takes the application is defined in another module")
    taken = node.args
    skipped = 1 if node.name == "__init__" else 0
    before = [argument for argument in taken.args[skipped:] if argument.arg != _APP]
    if taken.posonlyargs:
        return Refusal("some parameters are positional only")
    is_positional = any(argument.arg == _APP for argument in taken.args)
    if _default_of(taken) and len(before) > len(taken.defaults) - is_positional:
        return Refusal("`app` has a default, and what would follow it has none")
    because = ""
    if before:
        if _is_called_by_position(last_name(usage.node), node, context):
            return Refusal("it is called with positional arguments, too")
        because = "Code of other modules that gives these arguments by position passes something else then."
    change = partial(_app_first, at=skipped)
    edit = Edit(node, context.module.document.span(node), "FunctionDef", change)
    return Plan((edit,), unsafe_because=because)


def _definition(made: ast.expr, usage: Usage, context: Context) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function, or the `__init__` of the class, that takes the application."""
    found = context.inference.type_of(made, usage.place)
    if isinstance(found, FunctionType):
        is_own = found.scope.module is context.module
        return found.node if is_own and isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef) else None
    if not isinstance(found, ClassType):
        return None
    for cls in context.inference.classes.line(found):
        if cls.scope is None:
            return None
        bindings = cls.scope.names.get("__init__", ())
        if bindings:
            node = bindings[0].node
            is_own = cls.scope.module is context.module
            return node if is_own and isinstance(node, ast.FunctionDef) else None
    return None


def _default_of(taken: ast.arguments) -> bool:
    """Whether `app` has a default."""
    names = [argument.arg for argument in taken.args]
    if _APP in names:
        return names.index(_APP) >= len(names) - len(taken.defaults)
    pairs = zip(taken.kwonlyargs, taken.kw_defaults, strict=True)
    return any(argument.arg == _APP and default is not None for argument, default in pairs)


def _is_called_by_position(name: str, definition: ast.AST, context: Context) -> bool:
    """Whether the module calls it with positional arguments, by its name or, as it seems, from a subclass."""
    own = {id(node) for node in ast.walk(definition)}
    return any(
        isinstance(node, ast.Call) and node.args and last_name(node.func) in (name, "__init__")
        for node in ast.walk(context.module.document.tree)
        if id(node) not in own
    )


def _app_first(node: cst.FunctionDef, *, at: int) -> cst.FunctionDef:
    """The parameters in their new order, each in the place, with the comma and space, of the one that was there."""
    import libcst as cst

    taken = node.params
    if "#" in code_of(taken):
        raise CannotApply("comments stand between the parameters")
    star = taken.star_arg if isinstance(taken.star_arg, cst.ParamStar | cst.Param) else None
    parts = [*taken.params, *([star] if star is not None else []), *taken.kwonly_params]
    commas = [part.comma for part in parts]
    index = next((n for n, part in enumerate(parts) if isinstance(part, cst.Param) and part.name.value == _APP), -1)
    if index < 0 or (star is not None and parts[index] is star):
        raise CannotApply("`app` is not where it was")
    was_positional = index < len(taken.params)
    app = parts.pop(index)
    parts.insert(at, app)
    keywords = [part for part in taken.kwonly_params if part is not app]
    if isinstance(star, cst.ParamStar) and not keywords:
        place = parts.index(star)
        del parts[place], commas[place - 1]
        star = None
    placed = [part.with_changes(comma=comma) for part, comma in zip(parts, commas, strict=True)]
    count = len(taken.params) + (0 if was_positional else 1)
    rest = placed[count:]
    if star is not None:
        star, *rest = rest
    params = taken.with_changes(
        params=placed[:count],
        star_arg=star if star is not None else cst.MaybeSentinel.DEFAULT,
        kwonly_params=rest,
    )
    return node.with_changes(params=params)


def plan_take_rest(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`def name(self, x)` becomes `def name(self, x, *rest)`, and hands the rest on; `fix.to` is its name."""
    node, document = usage.node, context.module.document
    assert isinstance(node, ast.FunctionDef)
    taken = node.args
    if taken.kwonlyargs or taken.posonlyargs or taken.defaults:
        return Refusal("it has other parameters of its own")
    names = {argument.arg for argument in all_arguments(taken)}
    names |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    if fix.to in names:
        return Refusal(f"the name `{fix.to}` is taken by something else here")
    parents = parents_in(document.tree)
    edits = [Edit(node, document.span(node), "FunctionDef", partial(_with_rest, name=fix.to))]
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") != node.name:
            continue
        if len(call.args) != 1 or call.keywords:
            return Refusal("the inherited method is called in another way")
        change = partial(_handing_on, name=fix.to)
        edits.append(edit_of(call, statement_around(call, parents), document, change))
    return Plan(tuple(edits))


def _with_rest(node: cst.FunctionDef, *, name: str) -> cst.FunctionDef:
    import libcst as cst

    taken = node.params
    *front, last = taken.params
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    params = [*front, last.with_changes(comma=comma)]
    star = cst.Param(cst.Name(name), star="*", comma=last.comma)
    return node.with_changes(params=taken.with_changes(params=params, star_arg=star))


def _handing_on(call: cst.Call, *, name: str) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    made: cst.Call = with_listing(call, listing.inserted(1, cst.Arg(cst.Name(name), star="*")))
    return made
