"""`request.url_for(…)` becomes `str(request.url_for(…))` where the text is needed that it was."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.requests.url_for import gives_url
from starlette_upgrade.match.flow import Use, uses_of
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.rewrite.naming.names import is_free
from starlette_upgrade.rewrite.plan import Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.fitting import code_of, fitted, indentation_of, margin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place
    from starlette_upgrade.source.document import Document

_METHODS = frozenset({"url_for", "make_absolute_url"})
_OWNERS = ("starlette.requests.HTTPConnection", "starlette.datastructures.URLPath")
_OF_TEXTS = frozenset(dir(str))


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The call that makes the URL is wrapped, so that all uses have the text that they had.

    Where another use needs the URL, or may by now, only this one is.
    """
    made = list(_sources(usage, context))
    used = [use for call, place in made for use in uses_of(call, place, context.inference)]
    here = [use for use in used if use.node is usage.node]
    others = [use for use in used if use.node is not usage.node]
    if any(_needs_url(use, already=usage.active.verdict.already) for use in others):
        node = usage.node
        if any(use.held for use in here) or not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            return Refusal("the same value is used as a URL, too")
        return _wrapped([(node, usage.place)], context)
    if not all(_is_whole(call, place, context) for call, place in made):
        return Refusal("the receiver may also be something else")
    return _wrapped(made, context)


def _sources(usage: Usage, context: Context) -> Iterator[tuple[ast.Call, Place]]:
    """The calls whose value the usage is, or holds."""
    for call, place in context.candidates.calls:
        if getattr(call.func, "attr", "") not in _METHODS or not gives_url(call, place, context.inference):
            continue
        if any(use.node is usage.node for use in uses_of(call, place, context.inference)):
            yield call, place


def _is_whole(call: ast.Call, place: Place, context: Context) -> bool:
    assert isinstance(call.func, ast.Attribute)
    found = context.inference.type_of(call.func.value, place)
    receiver = judge_receiver(found, call.func.attr, _OWNERS, context.inference)
    return receiver is not None and receiver.whole


def _needs_url(use: Use, *, already: bool) -> bool:
    """Whether a use goes wrong with a text; where a URL is what it got, so may what other functions do with it."""
    node, parent = use.node, use.parent
    if isinstance(parent, ast.Attribute):
        return parent.attr not in _OF_TEXTS or (parent.attr == "replace" and _has_keywords(parent, use))
    function = use.surroundings.scope.node
    if isinstance(parent, ast.Return) and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        named = ast.unparse(function.returns) if function.returns is not None else ""
        return "URL" in named.replace(".", "[").replace("]", "[").split("[")
    if isinstance(parent, ast.keyword) or (isinstance(parent, ast.Call) and parent.func is not node):
        return already
    return False


def _has_keywords(function: ast.Attribute, use: Use) -> bool:
    call = use.surroundings.parent(function)
    return isinstance(call, ast.Call) and call.func is function and bool(call.keywords)


def _wrapped(nodes: Sequence[tuple[ast.expr, Place]], context: Context) -> Plan | Refusal:
    document = context.module.document
    edits = []
    for node, place in nodes:
        if not is_free("str", "builtins.str", place, context):
            return Refusal("the name `str` is taken by something else here")
        change = partial(_in_str, fit=partial(_fitted, node=node, statement=place.statement, document=document))
        kind = "Call" if isinstance(node, ast.Call) else "Name"
        edits.append(Edit(place.statement, document.span(node), kind, change))
    return Plan(tuple(edits))


def _in_str(node: cst.Call | cst.Name, *, fit: Callable[[cst.Call, str], cst.Call]) -> cst.Call:
    """`str(node)`; what another plan has wrapped already stays as it is."""
    import libcst as cst

    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        return node
    inner = node.with_changes(lpar=(), rpar=())
    made = cst.Call(cst.Name("str"), [cst.Arg(inner)], lpar=node.lpar, rpar=node.rpar)
    return fit(made, code_of(node))


def _fitted(made: cst.Call, before: str, *, node: ast.expr, statement: ast.stmt, document: Document) -> cst.Call:
    """The call within its line, if it got too long by it and stands alone there."""
    row = document.lines[node.lineno - 1].rstrip()
    room: Margin = margin_of(document, statement.lineno)
    alone = getattr(statement, "value", None) is node
    if not alone or "\n" in before or len(row) > room.width:
        return made
    column = document.column(node.lineno, node.col_offset)
    indentation = indentation_of(row)[len(room.block) :]
    return fitted(made, column, indentation, room)
