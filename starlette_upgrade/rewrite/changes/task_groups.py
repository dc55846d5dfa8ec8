"""`await run_until_first_complete(…)` becomes the task group that it is."""

from __future__ import annotations

import ast
import keyword
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.match.results import above
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.statement import WHOLE_LINE
from starlette_upgrade.rewrite.text.fitting import fitted, margin_of, step_of
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.source.document import Document


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Every call of what is imported, and the import with them."""
    node, place, document = usage.node, usage.place, context.module.document
    if isinstance(node, ast.Attribute):
        return _written_out(node, place, context)
    statement = usage.parent
    if not isinstance(node, ast.alias) or not isinstance(statement, ast.ImportFrom):
        return Refusal("it is not called here")
    plans = [
        _written_out(name, place, context)
        for name, _, _ in references(node.asname or node.name, place.scope)
        if isinstance(name.ctx, ast.Load)
    ]
    refused = next((made for made in plans if isinstance(made, Refusal)), None)
    if refused is not None or not plans:
        return refused or Refusal("it is only passed on here")
    done = [made for made in plans if isinstance(made, Plan)]
    drop = partial(
        import_lines.within,
        change=partial(import_lines.dropped, old=node.name),
        margin=partial(margin_of, document, statement.lineno),
    )
    imports = dict.fromkeys(new for made in done for new in made.imports)
    edits = [edit for made in done for edit in made.edits]
    return Plan((*edits, Edit(statement, document.span(statement), WHOLE_LINE, drop)), tuple(imports))


def _written_out(function: ast.expr, place: Place, context: Context) -> Plan | Refusal:
    """The statement that awaits a call of `function`, as a task group."""
    document = context.module.document
    parents = parents_in(document.tree)
    call = parents.get(function)
    awaited = parents.get(call) if call is not None else None
    statement = parents.get(awaited) if awaited is not None else None
    if not (isinstance(call, ast.Call) and isinstance(awaited, ast.Await) and isinstance(statement, ast.Expr)):
        return Refusal("it is not awaited in a statement of its own")
    if call.keywords or "#" in document.segment(document.span(statement)):
        return Refusal("there is more in the call than its functions")
    around = next((node for node in above(statement, parents) if isinstance(node, ast.AsyncFunctionDef)), None)
    used = {getattr(node, "id", getattr(node, "arg", "")) for node in ast.walk(around or document.tree)}
    if used & {"task_group", "run"}:
        return Refusal("the names `task_group` and `run` are taken here")
    group = reach("anyio.create_task_group", place, context, module_style=True)
    bound = reach("functools.partial", place, context, module_style=True)
    if isinstance(group, Refusal):
        return group
    if isinstance(bound, Refusal):
        return bound
    started: list[str] = []
    imports: list[NewImport] = [*group.imports]
    for given in call.args:
        made = _started(given, bound.expression, document)
        if made is None:
            return Refusal("its functions are not written out")
        started.append(made)
        if made.startswith(f"{bound.expression}("):
            imports.extend(bound.imports)
    step = step_of(document)
    rows = [
        f"async with {group.expression}() as task_group:",
        "",
        f"{step}async def run(func):",
        f"{step * 2}await func()",
        f"{step * 2}task_group.cancel_scope.cancel()",
        "",
        *[f"{step}task_group.start_soon(run, {made})" for made in started],
    ]
    change = partial(_replaced, text="\n".join(rows), margin=partial(margin_of, document, statement.lineno))
    return Plan((Edit(statement, document.span(statement), WHOLE_LINE, change),), tuple(dict.fromkeys(imports)))


def _started(given: ast.expr, bound: str, document: Document) -> str | None:
    """The function of one argument, with the keywords that it is to be called with."""
    if not isinstance(given, ast.Tuple) or len(given.elts) != 2:
        return None
    function, keywords = given.elts
    if isinstance(function, ast.Starred) or isinstance(keywords, ast.Starred):
        return None
    text, options = (document.segment(document.span(part)) for part in (function, keywords))
    if isinstance(keywords, ast.Dict):
        names = [getattr(key, "value", None) for key in keywords.keys]
        if all(isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name) for name in names):
            values = [document.segment(document.span(value)) for value in keywords.values]
            options = ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
        else:
            options = f"**{options}"
    else:
        options = f"**{options}"
    made = f"{bound}({text}, {options})" if options else text
    return None if "\n" in made else made


def _replaced(line: Any, *, text: str, margin: Callable[[], Margin]) -> cst.BaseStatement:
    import libcst as cst

    room = margin()
    inner = replace(room, block=room.block + room.step)

    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        raise CannotApply("the statement shares its line with others")

    class Indented(cst.CSTTransformer):
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            updated: Any = super().on_leave(original_node, updated_node)
            if isinstance(original_node, cst.IndentedBlock):
                return updated.with_changes(indent=room.step)
            function = getattr(original_node, "func", None)
            if isinstance(function, cst.Attribute) and function.attr.value == "start_soon":
                return fitted(updated, len(inner.block) + 1, "", inner)
            return updated

    made = cst.parse_module(text + "\n").visit(Indented()).body[0]
    assert isinstance(made, cst.With)
    return made.with_changes(leading_lines=line.leading_lines)
