"""Loops over `app.routes` go over `iter_route_contexts(app.routes)`, which knows the routes of included routers."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of, replaced, statement_around
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_CONTEXTS = "fastapi.routing.iter_route_contexts"
# What only asks for the next element, as often as there is one.
_TRANSPARENT = frozenset({"list", "tuple", "enumerate", "iter"})
# What a context gives as the app serves it. Of the rest, routers have not handed everything on.
_KNOWN = frozenset({"path", "name", "methods", "endpoint", "path_format"})
_OF_API_ROUTE = frozenset({
    "tags", "summary", "description", "deprecated", "operation_id", "include_in_schema", "response_model",
    "status_code", "dependencies", "unique_id",
})  # fmt: skip
# What every kind of route has, so that it is never None.
_ALWAYS = frozenset({"path", "name"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The loop asks for contexts; what a route is, it asks the route that each stands for."""
    parents = parents_in(context.module.document.tree)
    found = _loop_of(usage.node, parents)
    if found is None:
        return Refusal("it is not looped over directly")
    routes, target, nodes = found
    edits: list[Edit] = []
    for node in (node for part in nodes for node in ast.walk(part)):
        if not (isinstance(node, ast.Name) and node.id == target.id) or node is target:
            continue
        edit = _use(node, parents, context)
        if isinstance(edit, Refusal):
            return edit
        edits.extend(edit)
    name = reach(_CONTEXTS, usage.place, context)
    if isinstance(name, Refusal):
        return name
    document, wrap = context.module.document, partial(_wrapped, name=name.expression)
    edits.append(edit_of(routes, statement_around(routes, parents), document, wrap))
    return Plan(tuple(edits), name.imports)


def _wrapped(node: cst.BaseExpression, *, name: str) -> cst.Call:
    import libcst as cst

    return cst.Call(cst.parse_expression(name), [cst.Arg(node)])


def _loop_of(node: ast.AST, parents: Parents) -> tuple[ast.Attribute, ast.Name, list[ast.AST]] | None:
    """The routes that are looped over around a node (or that it is), the variable, and what can use it."""
    inner, around = node, parents.get(node)
    while around is not None:
        for target, iterable, nodes in _loops(around):
            routes = _routes(iterable)
            if routes is None or not (routes is node or any(inner is part for part in nodes)):
                continue
            name = target.elts[-1] if isinstance(target, ast.Tuple) and target.elts else target
            return (routes, name, nodes) if isinstance(name, ast.Name) else None
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return None
        inner, around = around, parents.get(around)
    return None


def _loops(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, list[ast.AST]]]:
    if isinstance(node, ast.For):
        yield node.target, node.iter, [*node.body, *node.orelse]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        results = [getattr(node, name) for name in ("elt", "key", "value") if hasattr(node, name)]
        for number, generator in enumerate(node.generators):
            yield generator.target, generator.iter, [*results, *node.generators[number:]]


def _routes(iterable: ast.expr) -> ast.Attribute | None:
    if isinstance(iterable, ast.Call) and last_name(iterable.func) in _TRANSPARENT and len(iterable.args) == 1:
        return _routes(iterable.args[0])
    return iterable if isinstance(iterable, ast.Attribute) and iterable.attr == "routes" else None


def _use(node: ast.Name, parents: Parents, context: Context) -> tuple[Edit, ...] | Refusal:
    """What becomes of one use of the variable."""
    if not isinstance(node.ctx, ast.Load):
        return Refusal(f"`{node.id}` is given another value in the loop")
    parent = parents[node]
    if isinstance(parent, ast.Attribute):
        if not isinstance(parent.ctx, ast.Load):
            return Refusal("the loop changes the routes")
        if parent.attr in _KNOWN or parent.attr in _OF_API_ROUTE:
            return ()
        return Refusal(f"`{parent.attr}` of a route of an included router may be another")
    if not isinstance(parent, ast.Call) or not parent.args or parent.args[0] is not node:
        return Refusal("the loop uses the routes themselves")
    asked = parent.args[1] if len(parent.args) > 1 else None
    if isinstance(parent.func, ast.Name) and parent.func.id in ("isinstance", "hasattr") and asked is not None:
        text = f"{node.id}.original_route"
        return (replaced(node, statement_around(node, parents), context.module.document, text),)
    if isinstance(parent.func, ast.Name) and parent.func.id == "getattr" and isinstance(asked, ast.Constant):
        default = parent.args[2] if len(parent.args) > 2 else None
        is_none = isinstance(default, ast.Constant) and default.value is None
        if asked.value in _ALWAYS or (asked.value in _KNOWN and is_none):
            return ()
        return Refusal(f"`{asked.value!s}` of a route of an included router may be another")
    return Refusal("the loop uses the routes themselves")
