"""Renaming an attribute: where it is used, where a subclass defines it, and where a string names it."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Span
from starlette_upgrade.match.receiver import judge_receiver
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan, Refusal

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.source.document import Document

_ONE_STRING = re.compile("[uUrR]?(\"\"\"|'''|\"|')[^\"'\\\\]*\\1")


def plan_rename(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """`x.old` becomes `x.new`; `new` may be a path such as `router.add_websocket_route`.

    `fix.replaces` maps keywords of the call to those that the new method takes.
    """
    node, document = usage.node, context.module.document
    if isinstance(node, ast.Attribute):
        edits = [Edit(usage.place.statement, document.span(node), "Attribute", partial(_rename, new=fix.to))]
        keywords = {keyword.arg for keyword in usage.call.keywords} if usage.call is not None else set()
        if usage.call is not None and keywords & {old for old, _ in fix.replaces}:
            change = partial(_rename_keywords, names=dict(fix.replaces))
            edits.append(Edit(usage.place.statement, document.span(usage.call), "Call", change))
        return Plan(tuple(edits))
    if "." in fix.to:
        return Refusal(f"only a plain name can stand in a string or a class body, not `{fix.to}`")
    if isinstance(node, ast.Constant):
        edit = string_edit(usage, context, usage.name, fix.to)
        return edit if isinstance(edit, Refusal) else Plan((edit,))
    if isinstance(node, ast.Assign | ast.AnnAssign):
        if _is_used_otherwise(usage, context):
            return Refusal("the attribute is used by its name elsewhere in this module")
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == usage.name:
                return Plan((Edit(node, document.span(target), "Name", partial(_rename_name, new=fix.to)),))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inherited = _inherited(node)
        likewise = {  # in other overrides of this name, which are renamed as well
            call
            for other in ast.walk(document.tree)
            if isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef) and other.name == usage.name
            for call in _inherited(other)
        }
        if any(
            isinstance(other, ast.Attribute) and other.attr == usage.name and other not in likewise
            for other in ast.walk(document.tree)
        ):
            return Refusal("the method is used by its name elsewhere in this module")
        edits = [Edit(node, name_span(node, document), "Name", partial(_rename_name, new=fix.to))]
        for call, statement in inherited.items():
            edits.append(Edit(statement, document.span(call), "Attribute", partial(_rename, new=fix.to)))
        return Plan(tuple(edits))
    return Refusal("what is defined there has to be ported by hand")


def _inherited(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[ast.Attribute, ast.stmt]:
    """Where a method names the inherited one, `super().name`, each with the statement around it."""
    found: dict[ast.Attribute, ast.stmt] = {}
    for statement in (inner for inner in ast.walk(node) if isinstance(inner, ast.stmt)):  # from the outside in
        for inner in ast.walk(statement):
            owner = inner.value if isinstance(inner, ast.Attribute) and inner.attr == node.name else None
            if isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super":
                assert isinstance(inner, ast.Attribute)
                found[inner] = statement
    return found


def name_span(node: ast.FunctionDef | ast.AsyncFunctionDef, document: Document) -> Span:
    """Where the name of a function stands in its definition."""
    line = document.lines[node.lineno - 1]
    column = line.index(node.name, line.index("def") + 3) + 1
    return Span(node.lineno, column, node.lineno, column + len(node.name))


def _is_used_otherwise(usage: Usage, context: Context) -> bool:
    """Whether the module uses an attribute of this name that is not renamed as well, such as the subclass's own."""
    for node, _, place in context.candidates.attributes:
        if node.attr == usage.name:
            found = context.inference.type_of(node.value, place)
            receiver = judge_receiver(found, usage.name, (usage.receiver,), context.inference)
            if receiver is None or not receiver.whole:
                return True
    return False


def string_edit(usage: Usage, context: Context, old: str, new: str) -> Edit | Refusal:
    """The edit that puts a new name into the string that `usage` underlines."""
    node = usage.node
    assert isinstance(node, ast.Constant)
    if not is_one_string(node, context):
        return Refusal("the name is put together from several strings, or written with escapes")
    change = partial(_rename_in_string, old=old, new=new)
    return Edit(usage.place.statement, context.module.document.span(node), "SimpleString", change)


def is_one_string(node: ast.Constant, context: Context) -> bool:
    """Whether a text is written as one plain literal, in which a name can be replaced."""
    document = context.module.document
    return _ONE_STRING.fullmatch(document.segment(document.span(node))) is not None


def _rename(node: cst.Attribute, *, new: str) -> cst.Attribute:
    import libcst as cst

    *path, last = new.split(".")
    value = node.value
    for name in path:
        value = cst.Attribute(value, cst.Name(name))
    return node.with_changes(value=value, attr=cst.Name(last))


def _rename_keywords(call: cst.Call, *, names: dict[str, str]) -> cst.Call:
    """The call with the keywords that the new attribute knows by another name."""
    import libcst as cst

    arguments = [
        argument.with_changes(keyword=cst.Name(names.get(argument.keyword.value, argument.keyword.value)))
        if argument.keyword is not None
        else argument
        for argument in call.args
    ]
    return call.with_changes(args=arguments)


def _rename_name(node: cst.Name, *, new: str) -> cst.Name:
    return node.with_changes(value=new)


def _rename_in_string(node: cst.SimpleString, *, old: str, new: str) -> cst.SimpleString:
    if old not in node.value:
        raise CannotApply("the string is not what it was")
    return node.with_changes(value=node.value.replace(old, new))
