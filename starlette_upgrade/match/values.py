"""What kind of value an argument is, as far as the code shows: a text, pairs, a dict that holds None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Binding, Place

Kind = Literal["text", "pairs"]

# Functions and methods that give text or bytes, whatever they are called on.
_GIVE_TEXT = frozenset({
    "SerializeToString", "b64encode", "bytes", "decode", "dumps", "encode", "getvalue", "hexlify",
    "model_dump_json", "read_bytes", "read_text", "str", "token_bytes", "token_hex", "tostring", "urandom",
    "urlencode",
})  # fmt: skip
_TEXT_TYPES = frozenset({"str", "bytes"})
# Longer chains of names are not followed.
_DEPTH = 5


def kind_of(node: ast.expr, place: Place, inference: Inference, depth: int = _DEPTH) -> Kind | None:
    """Whether a value is surely text (or bytes), or a sequence of pairs; None where neither is seen."""
    if isinstance(node, ast.Constant):
        return "text" if isinstance(node.value, str | bytes) else None
    if isinstance(node, ast.JoinedStr):
        return "text"
    if isinstance(node, ast.List | ast.Tuple):
        return "pairs" if node.elts and all(map(_is_pair, node.elts)) else None
    if isinstance(node, ast.ListComp):
        return "pairs" if _is_pair(node.elt) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod | ast.Mult):
        sides = [node.left] if isinstance(node.op, ast.Mod) else [node.left, node.right]
        return "text" if any(kind_of(side, place, inference, depth) == "text" for side in sides) else None
    if isinstance(node, ast.IfExp):
        kinds = {kind_of(side, place, inference, depth) for side in (node.body, node.orelse)}
        return kinds.pop() if len(kinds) == 1 else None
    if isinstance(node, ast.Call):
        return _kind_of_call(node, place, inference, depth)
    if isinstance(node, ast.Name) and depth:
        kinds = {_kind_of_binding(binding, inference, depth - 1) for binding in _bindings(node, place, inference)}
        return kinds.pop() if len(kinds) == 1 else None
    return None


def none_in(node: ast.expr, place: Place, inference: Inference, depth: int = _DEPTH) -> ast.expr | None:
    """The first value of a dict that is, or may be, None as it is written out."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None and _is_none(value):
                return value
    elif isinstance(node, ast.Name) and depth:
        bindings = list(_bindings(node, place, inference))
        if len(bindings) == 1 and bindings[0].kind == "value" and isinstance(bindings[0].node, ast.Dict):
            return none_in(bindings[0].node, bindings[0].place, inference, depth - 1) and node
    return None


def _is_none(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_none(node.body) or _is_none(node.orelse)
    return isinstance(node, ast.Constant) and node.value is None


def _is_pair(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 2 and not isinstance(node.elts[0], ast.Starred)
    )


def _kind_of_call(node: ast.Call, place: Place, inference: Inference, depth: int) -> Kind | None:
    name = last_name(node.func)
    if name == "list" and len(node.args) == 1:
        return kind_of(node.args[0], place, inference, depth)
    if name == "items" and isinstance(node.func, ast.Attribute) and not node.args:
        return "pairs"
    if name == "parse_qsl":
        return "pairs"
    if name in ("join", "format") and isinstance(node.func, ast.Attribute):
        return kind_of(node.func.value, place, inference, depth)
    return "text" if name in _GIVE_TEXT else None


def _kind_of_binding(binding: Binding, inference: Inference, depth: int) -> Kind | None:
    declared = binding.annotation if binding.annotation is not None else getattr(binding.node, "annotation", None)
    if isinstance(declared, ast.Name) and declared.id in _TEXT_TYPES:
        return "text"
    if binding.kind in ("value", "annotated") and isinstance(binding.node, ast.expr):
        return kind_of(binding.node, binding.place, inference, depth)
    return None


def _bindings(node: ast.Name, place: Place, inference: Inference) -> Iterator[Binding]:
    found = inference.bindings_of(node.id, place, node)
    if isinstance(found, list):
        yield from found
