"""A name that an import brings, under its new form: what every use of it in the module becomes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.general.attributes import is_one_string
from starlette_upgrade.rewrite.naming.import_fallbacks import stands_alone
from starlette_upgrade.rewrite.naming.names import Reach, imported_name, is_free, reach
from starlette_upgrade.rewrite.plan import Edit, NewImport, Refusal
from starlette_upgrade.semantics.interest import Candidates
from starlette_upgrade.semantics.references import references

if TYPE_CHECKING:
    import libcst as cst

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.semantics.scopes import Module, Place


@dataclass(frozen=True, slots=True)
class Renaming:
    """How the uses name the thing from now on, and the edits that make them."""

    reach: Reach
    edits: tuple[Edit, ...]


def renaming(
    statement: ast.ImportFrom,
    place: Place,
    old: str,
    new: str,
    context: Context,
    passed: frozenset[Module] = frozenset(),
) -> Renaming | Refusal:
    """What becomes of the uses of `old`, imported without `as`; a Refusal where its name has to stay."""
    source = source_of(statement, context)
    if source is not None and not is_foreign(old, new) and not is_renamed_in(source, old, new, context, passed):
        return Refusal(f"`{source.name}` gives it this name")
    if context.on_both and source is None and not stands_alone(statement, context.module.document):
        return Refusal("other code stands on the line of its import")
    found = _reach(old, new, place, context)
    if isinstance(found, Refusal):
        return found
    name, expression = last(old), found.expression
    if place.scope.is_class:
        return Refusal("it is an attribute of a class")
    if len(place.scope.names.get(name, ())) != 1:
        return Refusal(f"`{name}` is bound more than once here")
    edits: list[Edit] = []
    for node, around, scope in references(name, place.scope):
        if not isinstance(node.ctx, ast.Load):
            return Refusal(f"`{name}` is assigned to here")
        inner = scope
        while inner is not place.scope and inner.parent is not None:
            if expression.split(".")[0] in inner.names:
                return Refusal(f"`{expression}` means something else in a function that uses `{name}`")
            inner = inner.parent
        change = partial(named, expression=expression)
        edits.append(Edit(around, context.module.document.span(node), "Name", change))
    exports = [] if place.scope.parent is not None else _exports(name, expression, context)
    if isinstance(exports, Refusal):
        return exports
    return Renaming(found, (*edits, *exports))


def is_renamed_in(
    module: Module, old: str, new: str, context: Context, passed: frozenset[Module] = frozenset()
) -> bool:
    """Whether another module of the project, once rewritten, has the name in its new form.

    `passed`: the modules on the way here, which import from each other where one of them is this one.
    """
    if module in passed:
        return False
    passed |= {module}
    there = replace(context, module=module, candidates=Candidates())
    bindings = module.scope.names.get(last(old), [])
    if not bindings:
        sources = [source_of(star, there) for star, _ in module.scope.stars]
        return any(source is None or is_renamed_in(source, old, new, there, passed) for source in sources)
    binding = bindings[-1]
    alias, statement = binding.node, binding.statement
    if not isinstance(alias, ast.alias) or not isinstance(statement, ast.ImportFrom) or alias.asname is not None:
        return False
    return isinstance(renaming(statement, binding.place, old, new, there, passed), Renaming)


def source_of(statement: ast.ImportFrom, context: Context) -> Module | None:
    """The module of the project that an import is from, if it is one."""
    return context.inference.project.source_of(statement, context.module.document.path)


def is_foreign(old: str, new: str) -> bool:
    """Whether it is another package's under another name, so that nobody in between has to pass it on."""
    return old.split(".")[0] != new.split(".")[0] and last(old) != last(new)


def module_of(symbol: str) -> str:
    return symbol.rpartition(".")[0]


def last(symbol: str) -> str:
    return symbol.rpartition(".")[2]


def named(node: cst.BaseExpression, *, expression: str) -> cst.BaseExpression:
    """The expression in the brackets that the node had."""
    import libcst as cst

    made = cst.parse_expression(expression)
    return made.with_changes(lpar=getattr(node, "lpar", ()), rpar=getattr(node, "rpar", ()))


def _reach(old: str, new: str, place: Place, context: Context) -> Reach | Refusal:
    if is_foreign(old, new):
        return reach(new, place, context, module_style=True)
    existing = imported_name(new, place, context)
    if existing:
        return Reach(existing)
    if not is_free(last(new), new, place, context):
        return Refusal(f"the name `{last(new)}` is taken by something else here")
    return Reach(last(new), (NewImport(module_of(new), last(new)),))


def _exports(old: str, new: str, context: Context) -> list[Edit] | Refusal:
    """Edits of the old name in `__all__`: it goes from a list where the new one stands already."""
    document = context.module.document
    statements = [statement for statement in document.tree.body if _makes_exports(statement)]
    texts = [node for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Constant)]
    is_there = any(node.value == new for node in texts)
    edits = []
    for statement in statements:
        lists = [node for node in ast.walk(statement) if isinstance(node, ast.List)] if is_there else []
        for node in ast.walk(statement):
            if not isinstance(node, ast.Constant) or node.value != old:
                continue
            if "." in new or not is_one_string(node, context):
                return Refusal(f"`{old}` is listed in `__all__`")
            around = next((each for each in lists if node in each.elts and len(each.elts) > 1), None)
            if around is not None:
                change = partial(_without_string, old=old)
                edits.append(Edit(statement, document.span(around), "List", change))
                continue
            edits.append(
                Edit(statement, document.span(node), "SimpleString", partial(_renamed_string, old=old, new=new))
            )
    return edits


def _makes_exports(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
        return False
    return any(isinstance(node, ast.Name) and node.id == "__all__" for node in ast.walk(statement))


def _without_string(node: cst.List, *, old: str) -> cst.List:
    import libcst as cst

    from starlette_upgrade.rewrite.text.listing import listing_of, with_listing

    listing = listing_of(node)
    for index, element in enumerate(listing.items):
        if isinstance(element.value, cst.SimpleString) and element.value.evaluated_value == old:
            changed: cst.List = with_listing(node, listing.without(index))
            return changed
    return node


def _renamed_string(node: cst.SimpleString, *, old: str, new: str) -> cst.SimpleString:
    return node.with_changes(value=node.value.replace(old, new))
