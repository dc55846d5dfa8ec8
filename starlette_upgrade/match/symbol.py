"""Usages of a module-level name: its import, its use as an attribute, and its dotted path in a string."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.guards import has_fallback, is_guarded
from starlette_upgrade.match.strings import named_in
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.types import ClassType, ModuleType, Symbol, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import SymbolMatch
    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Module, Place


def find(active: ActiveRule, match: SymbolMatch, context: Context) -> Iterator[Usage]:
    """Every usage of the rule's symbols in the module."""
    symbols = frozenset(match.symbols)
    tails = frozenset(symbol.rpartition(".")[2] for symbol in symbols)
    inference, path = context.inference, context.module.document.path
    for statement, alias, place in context.candidates.imports:
        if alias.name in tails:
            name = _name(inference.imports.imported(statement, alias.name, place), symbols)
            source = inference.project.source_of(statement, path)
            if name and _is_passed_on(name, source, active, inference):
                continue
            if name and source is None and _is_elsewhere(name, f"{statement.module}.{alias.name}", inference):
                continue
            if name and not has_fallback(place) and not is_guarded(place, *_forms(name, active)):
                yield Usage(active, alias, place, name, parent=statement)
    for node, parent, place in context.candidates.attributes:
        if node.attr in tails:
            name = _name(inference.type_of(node, place), symbols)
            owner = inference.type_of(node.value, place)
            if name and isinstance(owner, ModuleType):
                if _is_passed_on(name, owner.module, active, inference):
                    continue
            elif not isinstance(owner, Symbol):
                continue  # an attribute of the project's own that holds the thing
            elif name and _is_elsewhere(name, f"{owner.name}.{node.attr}", inference):
                continue
            if name and not is_guarded(place, *_forms(name, active)):
                yield Usage(active, node, place, name, parent=parent)
    for constant, call, place in context.candidates.strings:
        name = _named_in_string(constant, call, place, inference)
        if name in symbols and not is_guarded(place, str(constant.value), *_forms(name, active)):
            yield Usage(active, constant, place, name, parent=call, call=call)
    yield from star_imported(active, symbols, tails, context)


def _forms(name: str, active: ActiveRule) -> Iterator[str]:
    """The last part of a symbol's name, as it was and as it will be."""
    yield name.rpartition(".")[2]
    for fix in active.rule.fixes:
        yield from (new.rpartition(".")[2] for old, new in fix.replaces if old == name)


def _named_in_string(constant: ast.Constant, call: ast.Call, place: Place, inference: Inference) -> str:
    """The symbol that a string names; "" where it names none."""
    found = named_in(constant, call)
    if found is None:
        return ""
    owner, text = found
    if owner is None:
        return inference.catalogue.canonical(text)
    module = inference.type_of(owner, place)
    return inference.catalogue.canonical(f"{module.name}.{text}") if isinstance(module, Symbol) else ""


def _is_elsewhere(name: str, path: str, inference: Inference) -> bool:
    """Whether it is an installed package that passes the name on: it is for that package to change."""
    return inference.catalogue.canonical(path) != name


def _is_passed_on(
    name: str,
    source: Module | None,
    active: ActiveRule,
    inference: Inference,
    passed: frozenset[Module] = frozenset(),
) -> bool:
    """Whether a module of the project gives a name that stays what it is once that module is mended.

    So it does with a name that goes or only moves, and with a variable of its own that holds the thing.
    """
    if source is None or source in passed:
        return False
    last = name.rpartition(".")[2]
    if all(dict(fix.replaces).get(name, last).rpartition(".")[2] == last for fix in active.rule.fixes):
        return True
    bindings = source.scope.names.get(last, [])
    for binding in bindings:
        if not isinstance(binding.node, ast.alias) or not isinstance(binding.statement, ast.ImportFrom):
            return True
        further = inference.project.source_of(binding.statement, source.document.path)
        if _is_passed_on(name, further, active, inference, passed | {source}):
            return True
    return False


def star_imported(
    active: ActiveRule, symbols: frozenset[str], tails: frozenset[str], context: Context
) -> Iterator[Usage]:
    """Uses of a name that `from starlette.status import *` gave."""
    scope = context.module.scope
    if not scope.stars:
        return
    inference = context.inference
    for node in ast.walk(context.module.document.tree):
        if isinstance(node, ast.Name) and node.id in tails and node.id not in scope.names:
            for statement, place in scope.stars:
                name = _name(inference.imports.imported(statement, node.id, place), symbols)
                if name:
                    yield Usage(active, node, place, name)
                    break


def _name(found: Type, symbols: frozenset[str]) -> str | None:
    if isinstance(found, Symbol | ClassType) and getattr(found, "scope", None) is None:
        return found.name if found.name in symbols else None
    return None
