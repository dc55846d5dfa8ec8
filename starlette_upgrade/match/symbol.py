"""Usages of a module-level name: its import, its use as an attribute, and its dotted path in a string."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import has_fallback, is_guarded
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import Symbol, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import SymbolMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_PATCHING = frozenset(
    {"patch", "setattr", "delattr", "import_string", "import_from_string", "get_object", "resolve"}
)


def find(active: ActiveRule, match: SymbolMatch, context: Context) -> Iterator[Usage]:
    """Every usage of the rule's symbols in the module."""
    symbols = frozenset(match.symbols)
    tails = frozenset(symbol.rpartition(".")[2] for symbol in symbols)
    inference = context.inference
    for statement, alias, place in context.candidates.imports:
        if alias.name in tails:
            name = _name(inference.imported(statement, alias.name, place), symbols)
            if name and _is_passed_on(name, statement, active, context):
                continue
            if name and not has_fallback(place) and not is_guarded(place, alias.name):
                yield Usage(active, alias, place, name, parent=statement)
    for node, parent, place in context.candidates.attributes:
        if node.attr in tails:
            name = _name(inference.type_of(node, place), symbols)
            if name and not is_guarded(place, node.attr):
                yield Usage(active, node, place, name, parent=parent)
    for constant, call, place in context.candidates.strings:
        if _tail(call.func) in _PATCHING and call.args and call.args[0] is constant:
            name = inference.catalogue.canonical(str(constant.value))
            if name in symbols and not is_guarded(place, str(constant.value)):
                yield Usage(active, constant, place, name, parent=call, call=call)
    yield from _star_imported(active, symbols, tails, context)


def _is_passed_on(name: str, statement: ast.ImportFrom, active: ActiveRule, context: Context) -> bool:
    """Whether a name that only moves comes through a module of the project: mended there, it stays as it is."""
    last = name.rpartition(".")[2]
    if not any(
        new.rpartition(".")[2] == last for fix in active.rule.fixes for old, new in fix.replaces if old == name
    ):
        return False
    return bool(statement.level) or context.inference.catalogue.canonical(f"{statement.module}.{last}") != name


def _star_imported(
    active: ActiveRule, symbols: frozenset[str], tails: frozenset[str], context: Context
) -> Iterator[Usage]:
    """Uses of a name that `from starlette.status import *` gave."""
    scope = context.module.scope
    if not scope.stars:
        return
    _, place = scope.stars[0]
    for node in ast.walk(context.module.document.tree):
        if isinstance(node, ast.Name) and node.id in tails and node.id not in scope.names:
            name = _name(context.inference.type_of(node, place), symbols)
            if name:
                yield Usage(active, node, place, name)


def _name(found: Type, symbols: frozenset[str]) -> str | None:
    return found.name if isinstance(found, Symbol) and found.name in symbols else None


def _tail(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
