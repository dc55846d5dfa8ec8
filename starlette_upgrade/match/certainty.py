"""Is this surely an object of a class, or surely the class itself?"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.semantics.types import ClassType, Instance, Type, members, without_none

if TYPE_CHECKING:
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

_WRITTEN = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call, ast.List, ast.Tuple)


def is_object_of(node: ast.expr, place: Place, inference: Inference, *classes: str) -> bool:
    """Whether an expression can be nothing but an object of one of the classes, or of a class below them."""
    return is_object(inference.type_of(node, place), inference, *classes)


def is_object(found: Type, inference: Inference, *classes: str) -> bool:
    """Whether a type is nothing but an object of one of the classes, or of a class below them."""
    alternatives = list(members(without_none(found)))
    return bool(alternatives) and all(
        isinstance(member, Instance) and is_below(member.cls, inference, *classes) for member in alternatives
    )


def class_named(node: ast.expr, place: Place, inference: Inference, *classes: str) -> ClassType | None:
    """The class that an expression names, if it is one of the classes or a class below them."""
    found = inference.type_of(node, place)
    return found if isinstance(found, ClassType) and is_below(found, inference, *classes) else None


def is_below(cls: ClassType, inference: Inference, *classes: str) -> bool:
    """Whether a class is, or surely derives from, one of `classes`."""
    if inference.classes.has_other_base(cls):
        return False
    return any(base.name in classes for base in inference.classes.line(cls))


def is_value(node: ast.expr, place: Place) -> bool:
    """Whether an expression is written out, here or where its name gets it, and so is surely not None."""
    if isinstance(node, ast.Name):
        bindings = place.scope.names.get(node.id) or place.scope.module.scope.names.get(node.id, [])
        value = bindings[0].node if len(bindings) == 1 and bindings[0].kind in ("value", "annotated") else None
        return isinstance(value, _WRITTEN) and is_given(value)
    return isinstance(node, _WRITTEN) and is_given(node)


def is_given(node: ast.expr | None) -> bool:
    """Whether an argument is there and is not plainly None."""
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)
