"""What `StaticFiles` raises becomes the response that it gave, so that checks of its status are reached."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.match.results import above
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.naming.names import Reach, is_free, reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.rewrite.text.expressions import edit_of
from starlette_upgrade.rewrite.text.fitting import code_of, step_of
from starlette_upgrade.rewrite.text.listing import argument, listing_of, with_listing

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

_ERROR = "starlette.exceptions.HTTPException"
_RESPONSE = "starlette.responses.PlainTextResponse"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def plan_status(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`response = await super().get_response(…)` in a `try` that makes a response of the error."""
    place = usage.place
    statement = place.statement
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(target, ast.Name):
        return Refusal("the response is not given a name first")
    error, response = _error(place, context), reach(_RESPONSE, place, context)
    if isinstance(error, Refusal):
        return error
    if isinstance(response, Refusal):
        return response
    used = {node.id for node in ast.walk(place.scope.node) if isinstance(node, ast.Name)}
    name = next((name for name in ("exc", "error") if name not in used), None)
    if name is None:
        return Refusal("the names `exc` and `error` are taken here")
    document = context.module.document
    change = partial(
        _tried,
        target=target.id,
        error=error.expression,
        made=f"{response.expression}({name}.detail, status_code={name}.status_code)",
        name=name,
        step=step_of(document),
    )
    edit = Edit(statement, document.span(statement), WHOLE_LINE, change)
    return Plan((edit,), (*error.imports, *response.imports))


def _error(place: Place, context: Context) -> Reach | Refusal:
    """How to name Starlette's HTTPException, also where FastAPI's is imported under this name."""
    found = reach(_ERROR, place, context)
    alias = "StarletteHTTPException"
    if isinstance(found, Refusal) and is_free(alias, _ERROR, place, context):
        module, _, name = _ERROR.rpartition(".")
        return Reach(alias, (NewImport(module, name, alias),))
    return found


def _tried(line: Any, *, target: str, error: str, made: str, name: str, step: str) -> cst.Try:
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        raise CannotApply("the statement shares its line with others")
    assigned = cst.parse_statement(f"{target} = {made}")
    handler = cst.ExceptHandler(
        cst.IndentedBlock([assigned], indent=step),
        type=cst.parse_expression(error),
        name=cst.AsName(cst.Name(name)),
    )
    return cst.Try(
        cst.IndentedBlock([line.with_changes(leading_lines=())], indent=step),
        handlers=[handler],
        leading_lines=line.leading_lines,
    )


def plan_lookup(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`async def lookup_path` loses its `async`, and what awaits it calls it: in a thread, as Starlette does."""
    node, document = usage.node, context.module.document
    if isinstance(node, ast.AsyncFunctionDef):
        if _awaits_others(node):
            return Refusal("it awaits something else as well")
        plans = [_called(awaited, usage.place, context) for awaited in _awaited_by(usage.place.scope.node)]
        elsewhere = [found for found in _awaited_by(document.tree) if not _is_of(found, "self", "super")]
        if elsewhere or any(isinstance(made, Refusal) for made in plans):
            return Refusal("it is awaited elsewhere in a way that can't be told")
        edit = Edit(node, document.span(node), "FunctionDef", _plain)
        made = [plan for plan in plans if isinstance(plan, Plan)]
        imports = dict.fromkeys(new for plan in made for new in plan.imports)
        return Plan((edit, *(edit for plan in made for edit in plan.edits)), tuple(imports))
    assert isinstance(node, ast.Await)
    return _called(node, usage.place, context)


def _called(node: ast.Await, place: Place, context: Context) -> Plan | Refusal:
    """What was awaited is called: at once in another `lookup_path`, in a thread elsewhere."""
    document = context.module.document
    parents = parents_in(document.tree)
    call, around, statement = node.value, parents.get(node), place.statement
    inner = next((found for found in above(node, parents) if isinstance(found, ast.stmt)), statement)
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = parents.get(around)
    if isinstance(around, ast.AsyncFunctionDef) and around.name == "lookup_path":
        if _awaits_others(around):
            return Refusal("the function around it awaits something else as well")
        return Plan((edit_of(node, inner, document, _unawaited),))
    assert isinstance(call, ast.Call)
    if call.keywords:
        return Refusal("an argument is given by keyword, which can't be handed on to a thread")
    thread = reach("anyio.to_thread.run_sync", place, context, module_style=True)
    if isinstance(thread, Refusal):
        return thread
    change = partial(_in_thread, runner=thread.expression)
    return Plan((edit_of(call, inner, document, change),), thread.imports)


def _awaited_by(root: ast.AST) -> list[ast.Await]:
    """Where a `lookup_path` is awaited."""
    awaited = [node for node in ast.walk(root) if isinstance(node, ast.Await)]
    return [node for node in awaited if getattr(getattr(node.value, "func", None), "attr", "") == "lookup_path"]


def _is_of(node: ast.Await, *names: str) -> bool:
    """Whether it is that of `self` or `super()`."""
    owner = getattr(getattr(node.value, "func", None), "value", None)
    return getattr(owner.func if isinstance(owner, ast.Call) else owner, "id", "") in names


def _awaits_others(function: ast.AsyncFunctionDef) -> bool:
    """Whether a function does something that only a coroutine function can, beside looking a path up."""
    for node in ast.walk(function):
        if isinstance(node, ast.AsyncFor | ast.AsyncWith | ast.Yield | ast.YieldFrom):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        if isinstance(node, ast.Await):
            called = getattr(node.value, "func", None)
            if not isinstance(called, ast.Attribute) or called.attr != "lookup_path":
                return True
    return False


def _plain(node: Any) -> cst.FunctionDef:
    changed: cst.FunctionDef = node.with_changes(asynchronous=None)
    return changed


def _unawaited(node: cst.BaseExpression) -> cst.BaseExpression:
    import libcst as cst

    if not isinstance(node, cst.Await):  # by the plan of the function around
        return node
    return node.expression.with_changes(
        lpar=(*node.lpar, *getattr(node.expression, "lpar", ())),
        rpar=(*getattr(node.expression, "rpar", ()), *node.rpar),
    )


def _in_thread(call: cst.Call, *, runner: str) -> cst.Call:
    import libcst as cst

    if code_of(call.func) == runner:  # by the plan of the function that is called
        return call
    listing = listing_of(call)
    made = call.with_changes(func=cst.parse_expression(runner))
    changed: cst.Call = with_listing(made, listing.inserted(0, argument(call.func)))
    return changed
