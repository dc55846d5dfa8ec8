"""A name that is gone is replaced by what it stood for, written out: `md5_hexdigest(x)`, a number, a type."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.general.symbols import line_edit
from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.naming.names import Reach, reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of, written
from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.plan import NewImport
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

# A name with its module; one with a capital letter is imported itself, else its module is.
_DOTTED = re.compile(r"(?<![\w.)])[a-z_]+(?:\.\w+)+")
# Stands for the arguments of the call.
_ARGUMENTS = "(...)"


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Every use of the symbol becomes the expression of `fix.replaces`; its import goes."""
    text = dict(fix.replaces).get(usage.name)
    if text is None:
        return Refusal("there is no replacement for this name")
    found = _reached(text, usage.place, context)
    if isinstance(found, Refusal):
        return found
    node = usage.node
    if isinstance(node, ast.Attribute):
        edit = _use(node, usage.place.statement, found.expression, context)
        return edit if isinstance(edit, Refusal) else Plan((edit,), found.imports)
    statement, place = usage.parent, usage.place
    if not isinstance(node, ast.alias) or not isinstance(statement, ast.ImportFrom):
        return Refusal("it is not imported by its name")
    name = node.asname or node.name
    if place.scope.is_class or len(place.scope.names.get(name, ())) != 1:
        return Refusal(f"`{name}` is bound more than once here")
    if is_named_in_text(name, context):
        return Refusal(f"a text names `{name}`")
    edits: list[Edit] = []
    for use, around, scope in references(name, place.scope):
        inner = scope
        while inner is not place.scope and inner.parent is not None:
            if any(part.split(".")[0] in inner.names for part in _names_in(found.expression)):
                return Refusal(f"`{found.expression}` means something else in a function that uses `{name}`")
            inner = inner.parent
        if not isinstance(use.ctx, ast.Load):
            return Refusal(f"`{name}` is assigned to here")
        made = _use(use, around, found.expression, context)
        if isinstance(made, Refusal):
            return made
        edits.append(made)
    drop = partial(import_lines.dropped, old=node.name)
    return Plan((*edits, line_edit(statement, drop, context)), found.imports)


def _reached(text: str, place: Place, context: Context) -> Reach | Refusal:
    """The expression with its names as the module can say them."""
    imports: list[NewImport] = []
    for symbol in dict.fromkeys(_DOTTED.findall(text)):
        tail = symbol.rpartition(".")[2]
        found = reach(symbol, place, context, module_style=not tail[0].isupper())
        if isinstance(found, Refusal):
            return found
        text = re.sub(rf"(?<![\w.]){re.escape(symbol)}\b", found.expression, text)
        imports.extend(found.imports)
    return Reach(text, tuple(dict.fromkeys(imports)))


def _names_in(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])[A-Za-z_][\w.]*", text)


def _use(node: ast.expr, around: ast.stmt, text: str, context: Context) -> Edit | Refusal:
    document = context.module.document
    if _ARGUMENTS not in text:
        return edit_of(node, around, document, partial(written, text=text))
    call = next((other for other in ast.walk(around) if isinstance(other, ast.Call) and other.func is node), None)
    if call is None:
        return Refusal("it is used without being called")
    return edit_of(call, around, document, partial(_called, text=text))


def _called(call: cst.Call, *, text: str) -> cst.BaseExpression:
    """The expression with the arguments of the call, as they were laid out."""
    import libcst as cst

    function, behind = text.split(_ARGUMENTS, 1)
    if not function:
        return _argument_of(call)
    inner = call.with_changes(func=cst.parse_expression(function), lpar=(), rpar=())
    marked = cst.parse_expression(f"call(){behind}")

    class Filled(cst.CSTTransformer):
        def leave_Call(self, _: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
            is_mark = isinstance(updated_node.func, cst.Name) and updated_node.func.value == "call"
            return inner if is_mark else updated_node

    made = marked.visit(Filled())
    if not isinstance(made, cst.BaseExpression):
        raise CannotApply("the new form is not possible here")
    return made.with_changes(lpar=call.lpar, rpar=call.rpar)


def _argument_of(call: cst.Call) -> cst.BaseExpression:
    """What a call is given, where that is one argument."""
    import libcst as cst

    if len(call.args) != 1 or call.args[0].keyword is not None or call.args[0].star:
        raise CannotApply("it is given more than one argument")
    given = call.args[0]
    if "#" in code_of(call) and "\n" in code_of(call):
        raise CannotApply("there may be a comment in what would be replaced")
    is_atom = isinstance(given.value, cst.Name | cst.Attribute | cst.Call | cst.Subscript) or given.value.lpar
    if is_atom and "\n" not in code_of(given.value):
        return given.value.with_changes(lpar=(*call.lpar, *given.value.lpar), rpar=(*given.value.rpar, *call.rpar))
    return given.value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def is_named_in_text(name: str, context: Context) -> bool:
    """Whether `__all__`, or an annotation in quotes, says the name; docstrings may."""
    word, nodes = re.compile(rf"\b{re.escape(name)}\b"), list(ast.walk(context.module.document.tree))
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and word.search(node.value)
        for node in nodes
        if id(node) not in alone
    )
