"""A module-level name gets a new name, a new module, or both: its import, every use, `__all__`, strings."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.attributes import string_edit
from starlette_upgrade.rewrite.names import is_free, reach
from starlette_upgrade.rewrite.plan import CannotApply, Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.sequences import without
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """What it takes to name the replacement wherever the old name stands."""
    new = dict(fix.replaces).get(usage.name)
    if new is None:
        return Refusal("there is no replacement for this name")
    if isinstance(usage.node, ast.alias):
        return _import(usage, new, context)
    if isinstance(usage.node, ast.Constant):
        return Plan((string_edit(usage, context, usage.name, new),))
    if isinstance(usage.node, ast.Attribute):
        return _attribute(usage, new, context)
    if isinstance(usage.node, ast.Name) and _module(usage.name) == _module(new):
        change = partial(_named, expression=_last(new))
        return Plan(
            (Edit(_statement_of(usage, context), context.module.document.span(usage.node), "Name", change),)
        )
    return Refusal("the name comes from a star import")


def _attribute(usage: Usage, new: str, context: Context) -> Plan | Refusal:
    assert isinstance(usage.node, ast.Attribute)
    span = context.module.document.span(usage.node)
    if _module(usage.name) == _module(new):
        rename = partial(_renamed_attribute, new=_last(new))
        return Plan((Edit(usage.place.statement, span, "Attribute", rename),))
    found = reach(new, usage.place, context, module_style=not new.startswith("starlette."))
    if isinstance(found, Refusal):
        return found
    change = partial(_named, expression=found.expression)
    return Plan((Edit(usage.place.statement, span, "Attribute", change),), found.imports)


def _import(usage: Usage, new: str, context: Context) -> Plan | Refusal:
    """The import and, where it has no name of its own (`as x`), every use of it."""
    alias, statement = usage.node, usage.parent
    assert isinstance(alias, ast.alias)
    assert isinstance(statement, ast.ImportFrom)
    scope, old, name = usage.place.scope, _last(usage.name), _last(new)
    moved = _module(usage.name) != _module(new)
    foreign = moved and not new.startswith("starlette.")
    edits: list[Edit] = []
    imports: tuple[NewImport, ...] = ()
    expression = name
    if alias.asname is None and (foreign or name != old):
        if len(scope.names.get(old, ())) != 1:
            return Refusal(f"`{old}` is bound more than once here")
        if foreign:
            found = reach(new, usage.place, context, module_style=True)
            if isinstance(found, Refusal):
                return found
            expression, imports = found.expression, found.imports
        refused = _uses(old, expression, usage, context, edits)
        if refused:
            return refused
    change: Callable[[Any], Any]
    if foreign and alias.asname is None:
        lone = imports and len(statement.names) == 1 and _is_only_import(statement, context)
        change = partial(_replaced_by, module=_module(new)) if lone else partial(_drop, old=old)
        imports = () if lone else imports
    elif moved:
        module = _module(new)
        if alias.asname is None and usage.place.block.owner is None and scope.parent is None:
            imports = (NewImport(module, name),)
            only = len(statement.names) == 1 and not _imports_from(module, context)
            change = partial(_moved, old=old, module=module, new=name) if only else partial(_drop, old=old)
            imports = () if only else imports
        else:
            change = partial(_moved, old=old, module=module, new=name)
    else:
        change = partial(_renamed_alias, old=old, new=name)
    span = context.module.document.span(statement)
    edits.append(Edit(statement, span, "SimpleStatementLine", change))
    return Plan(tuple(edits), imports)


def _uses(old: str, expression: str, usage: Usage, context: Context, edits: list[Edit]) -> Refusal | None:
    """Adds the edits of every use of the old name; a Refusal where one of them can't be renamed."""
    scope, document = usage.place.scope, context.module.document
    head = expression.split(".")[0]
    already = "." not in expression and _is_same_import(head, usage, context)
    if "." not in expression and not already and not is_free(head, usage.place):
        return Refusal(f"the name `{head}` is taken by something else here")
    for node, statement, around in references(old, scope):
        if not isinstance(node.ctx, ast.Load):
            return Refusal(f"`{old}` is assigned to here")
        inner = around
        while inner is not scope and inner.parent is not None:
            if head in inner.names:
                return Refusal(f"`{head}` means something else in a function that uses `{old}`")
            inner = inner.parent
        edits.append(Edit(statement, document.span(node), "Name", partial(_named, expression=expression)))
    if scope.parent is None and "." not in expression:
        edits.extend(_exports(old, expression, context))
    return None


def _is_same_import(name: str, usage: Usage, context: Context) -> bool:
    """Whether the new name is already imported beside the old one."""
    statement = usage.parent
    return isinstance(statement, ast.ImportFrom) and any(
        alias.name == name and alias.asname is None for alias in statement.names
    )


def _exports(old: str, new: str, context: Context) -> list[Edit]:
    """Edits of the old name in `__all__`."""
    edits = []
    for statement in context.module.document.tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if not any(getattr(target, "id", "") == "__all__" for target in targets):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and node.value == old:
                change = partial(_renamed_string, old=old, new=new)
                edits.append(Edit(statement, context.module.document.span(node), "SimpleString", change))
    return edits


def _imports_from(module: str, context: Context) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom) and statement.module == module and not statement.level
        for statement in context.module.document.tree.body
    )


def _is_only_import(statement: ast.ImportFrom, context: Context) -> bool:
    return all(
        other is statement or not isinstance(other, ast.Import | ast.ImportFrom)
        for other in context.module.document.tree.body
    )


def _statement_of(usage: Usage, context: Context) -> ast.stmt:
    for node, statement, _ in references(
        usage.node.id if isinstance(usage.node, ast.Name) else "", usage.place.scope
    ):
        if node is usage.node:
            return statement
    return usage.place.statement


def _module(symbol: str) -> str:
    return symbol.rpartition(".")[0]


def _last(symbol: str) -> str:
    return symbol.rpartition(".")[2]


def _renamed_attribute(node: cst.Attribute, *, new: str) -> cst.Attribute:
    import libcst as cst

    return node.with_changes(attr=cst.Name(new))


def _named(node: cst.BaseExpression, *, expression: str) -> cst.BaseExpression:
    import libcst as cst

    made = cst.parse_expression(expression)
    return made.with_changes(lpar=getattr(node, "lpar", ()), rpar=getattr(node, "rpar", ()))


def _renamed_string(node: cst.SimpleString, *, old: str, new: str) -> cst.SimpleString:
    return node.with_changes(value=node.value.replace(old, new))


def _from_import(line: cst.SimpleStatementLine, old: str) -> tuple[cst.ImportFrom, int, int]:
    """The import in the line that has the name: the statement, its place in the line, the name's place in it."""
    import libcst as cst

    for position, small in enumerate(line.body):
        if isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar):
            for index, alias in enumerate(small.names):
                if isinstance(alias.name, cst.Name) and alias.name.value == old:
                    return small, position, index
    raise CannotApply(f"no import of `{old}`")


def _with_statement(line: cst.SimpleStatementLine, position: int, small: cst.ImportFrom) -> cst.SimpleStatementLine:
    body = list(line.body)
    body[position] = small
    return line.with_changes(body=body)


def _renamed_alias(line: cst.SimpleStatementLine, *, old: str, new: str) -> cst.SimpleStatementLine:
    import libcst as cst

    small, position, index = _from_import(line, old)
    aliases = list(small.names) if not isinstance(small.names, cst.ImportStar) else []
    if any(isinstance(alias.name, cst.Name) and alias.name.value == new for alias in aliases):
        return _with_statement(line, position, small.with_changes(names=without(aliases, index)))
    aliases[index] = aliases[index].with_changes(name=cst.Name(new))
    return _with_statement(line, position, small.with_changes(names=aliases))


def _drop(line: cst.SimpleStatementLine, *, old: str) -> cst.SimpleStatementLine | cst.RemovalSentinel:
    import libcst as cst

    small, position, index = _from_import(line, old)
    assert not isinstance(small.names, cst.ImportStar)
    if len(small.names) == 1:
        if len(line.body) > 1:
            raise CannotApply("several statements on one line")
        return cst.RemoveFromParent()
    return _with_statement(line, position, small.with_changes(names=without(small.names, index)))


def _replaced_by(line: cst.SimpleStatementLine, *, module: str) -> cst.SimpleStatementLine:
    import libcst as cst

    if len(line.body) > 1:
        raise CannotApply("several statements on one line")
    name = cst.parse_expression(module)
    assert isinstance(name, cst.Name | cst.Attribute)
    return line.with_changes(body=[cst.Import([cst.ImportAlias(name)])])


def _moved(
    line: cst.SimpleStatementLine, *, old: str, module: str, new: str
) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
    import libcst as cst

    small, position, index = _from_import(line, old)
    assert not isinstance(small.names, cst.ImportStar)
    source = cst.parse_expression(module)
    assert isinstance(source, cst.Name | cst.Attribute)
    alias = small.names[index].with_changes(name=cst.Name(new))
    if len(small.names) == 1:
        return _with_statement(line, position, small.with_changes(module=source, relative=(), names=[alias]))
    rest = _with_statement(line, position, small.with_changes(names=without(small.names, index)))
    own = cst.ImportFrom(source, [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)])
    return cst.FlattenSentinel([rest, cst.SimpleStatementLine([own])])
