"""`response.iter_lines(decode_unicode=True)` becomes `response.iter_lines()`, and a line is not decoded again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.behaviours.clients.line_bytes import taken
from starlette_upgrade.match.results import above, parents_at
from starlette_upgrade.rewrite.plan import CannotApply, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of
from starlette_upgrade.rewrite.text.listing import Listing, listing_of, with_listing
from starlette_upgrade.semantics.naming import argument_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from starlette_upgrade.match.surroundings import Parents
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

_ENCODINGS = frozenset({"utf-8", "utf8", "UTF-8"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """The arguments go where the lines were text already; else `.decode()` goes where all lines are decoded."""
    call, document = usage.call, context.module.document
    assert call is not None
    if not call.args and not call.keywords:
        return _undecoded(call, usage, context)
    if any(isinstance(given, ast.Starred) for given in call.args) or any(k.arg is None for k in call.keywords):
        return Refusal("some arguments are unpacked")
    if argument_of(call, "delimiter", 2) is not None:
        return Refusal("the text is divided at something else than its lines")
    decoded = argument_of(call, "decode_unicode", 1)
    if not (isinstance(decoded, ast.Constant) and decoded.value is True):
        return Refusal("the lines were bytes, and are text now")
    return Plan((edit_of(call, usage.place.statement, document, _without_arguments),))


def _without_arguments(call: cst.Call) -> cst.Call:
    import libcst as cst

    if any("#" in cst.Module([]).code_for_node(given) for given in call.args):
        raise CannotApply("there may be a comment beside the arguments")
    nothing = Listing((), (), cst.SimpleWhitespace(""), trailing=False)
    made: cst.Call = with_listing(call, nothing) if listing_of(call).items else call
    return made


def _undecoded(call: ast.Call, usage: Usage, context: Context) -> Plan | Refusal:
    parents, scope = parents_at(usage.place), usage.place.scope.node
    loop = parents[call]
    if not isinstance(loop, ast.For | ast.comprehension):
        return _undecoded_singly(call, usage, context)
    body = loop if isinstance(loop, ast.For) else parents[loop]
    name = getattr(getattr(loop, "target", None), "id", "")
    inside = set(_readings(body, name))
    if inside != set(_readings(scope, name)):
        return Refusal("the last line is used behind the loop, or another one has its name")
    edits = []
    for reading in sorted(inside, key=lambda node: (node.lineno, node.col_offset)):
        decoding = _decoding(reading, parents)
        statement = next((node for node in above(reading, parents) if isinstance(node, ast.stmt)), None)
        if decoding is None or statement is None:
            return Refusal("a line is also used as bytes")
        edits.append(edit_of(decoding, statement, context.module.document, _itself))
    return Plan(tuple(edits))


def _undecoded_singly(call: ast.Call, usage: Usage, context: Context) -> Plan | Refusal:
    """`next(lines).decode()` becomes `next(lines)`."""
    parents, document = parents_at(usage.place), context.module.document
    lines = list(taken(call, parents))
    named = {use.id for line in lines for use in line.args[:1] if isinstance(use, ast.Name)}
    if sum(len(list(_readings(usage.place.scope.node, name))) for name in named) > len(lines):
        return Refusal("the lines are not only taken one by one")
    edits = []
    for line in lines:
        if isinstance(parents.get(line), ast.Expr):
            continue
        decoding = _decoding(line, parents)
        statement = next((node for node in above(line, parents) if isinstance(node, ast.stmt)), None)
        if decoding is None or statement is None:
            return Refusal("a line is also used as bytes")
        edits.append(edit_of(decoding, statement, document, _itself))
    return Plan(tuple(edits))


def _readings(root: ast.AST, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(root):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _decoding(line: ast.expr, parents: Parents) -> ast.Call | None:
    """`line.decode()`, in the encoding that responses have."""
    function = parents.get(line)
    call = parents.get(function) if isinstance(function, ast.Attribute) and function.attr == "decode" else None
    if not isinstance(call, ast.Call) or call.func is not function or call.keywords or len(call.args) > 1:
        return None
    encoding = call.args[0] if call.args else ast.Constant("utf-8")
    return call if isinstance(encoding, ast.Constant) and encoding.value in _ENCODINGS else None


def _itself(call: cst.Call) -> cst.BaseExpression:
    """`line` of `line.decode()`, in its brackets."""
    import libcst as cst

    line = cst.ensure_type(call.func, cst.Attribute).value
    return line.with_changes(lpar=(*call.lpar, *line.lpar), rpar=(*line.rpar, *call.rpar))
