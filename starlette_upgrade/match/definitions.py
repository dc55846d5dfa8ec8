"""What gives a name, an attribute of a module or one of a class its value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.naming import last_name, self_owner
from starlette_upgrade.semantics.types import ClassType, ModuleType, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place

_DEPTH = 6


def value_of(binding: Binding) -> ast.expr | None:
    """The expression that a name is set to as a whole."""
    is_value = binding.kind in ("value", "annotated") and binding.index is None
    node = binding.node if is_value and binding.node is not binding.annotation else None
    return node if isinstance(node, ast.expr) else None


def bindings_behind(node: ast.expr, place: Place, inference: Inference) -> Sequence[Binding]:
    """The bindings of a name, of an attribute of a module, or of `self.x`, where they are defined."""
    if isinstance(node, ast.Name):
        found = inference.bindings_of(node.id, place, node)
        return _followed(found, inference) if isinstance(found, list) else ()
    if not isinstance(node, ast.Attribute):
        return ()
    owner = self_owner(place.scope, node.value)
    if owner is not None and (own := [*owner.names.get(node.attr, ()), *owner.self_attributes.get(node.attr, ())]):
        return own
    for member in members(inference.type_of(node.value, place)):
        if isinstance(member, ModuleType):
            return _followed(member.module.scope.names.get(node.attr, ()), inference)
        if isinstance(member, ClassType):
            scopes = [base.scope for base in inference.classes.line(member) if base.scope is not None]
            return next((scope.names[node.attr] for scope in scopes if node.attr in scope.names), ())
    return ()


def _followed(bindings: Sequence[Binding], inference: Inference) -> Sequence[Binding]:
    """The bindings in the project's module from which a name is imported, where it is."""
    for _ in range(_DEPTH):
        if len(bindings) != 1:
            break
        node, statement = bindings[0].node, bindings[0].statement
        if not (isinstance(node, ast.alias) and isinstance(statement, ast.ImportFrom)):
            break
        module = inference.project.source_of(statement, bindings[0].place.scope.module.document.path)
        bindings = module.scope.names.get(node.name, ()) if module is not None else ()
    return bindings


def values_in_subclasses(node: ast.expr, place: Place, inference: Inference) -> Iterator[ast.expr]:
    """What classes right below the one around a method set `self.x` to."""
    owner = self_owner(place.scope, node.value) if isinstance(node, ast.Attribute) else None
    if not isinstance(node, ast.Attribute) or owner is None or not isinstance(owner.node, ast.ClassDef):
        return
    for module in inference.project.mentioning(owner.node.name, owner.module):
        for statement in module.document.tree.body:
            if isinstance(statement, ast.ClassDef) and owner.node.name in map(last_name, statement.bases):
                yield from _set_in(statement, node.attr)


def _set_in(cls: ast.ClassDef, name: str) -> Iterator[ast.expr]:
    for statement in cls.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if name in map(last_name, targets):
                yield statement.value
