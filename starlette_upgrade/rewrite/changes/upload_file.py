"""`UploadFile(filename, file, content_type)` with the parameters by keyword, and the content type as a header."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object
from starlette_upgrade.rewrite.naming.names import reach
from starlette_upgrade.rewrite.plan import Edit, NewImport, Plan, Refusal
from starlette_upgrade.rewrite.text.fitting import margin_of, refitted
from starlette_upgrade.rewrite.text.listing import argument, keyword_of, listing_of, with_listing
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

_PARAMETERS = ("filename", "file", "content_type")
_UPLOAD = "starlette.datastructures.UploadFile"
_NO_TYPE = "`content_type` of a file for which no type is given is None, where it was an empty text."
_NAMES = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.expr_context)


@dataclass(frozen=True, slots=True)
class _Headers:
    """What stands for the content type: `headers` of another upload, or a header made of it (or of nothing).

    `expression` names the class Headers; "" where the headers are another upload's, or none are given.
    """

    form: str
    expression: str = ""
    imports: tuple[NewImport, ...] = ()


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Each argument by its keyword; a file that was made for the call is written out."""
    call, place = usage.call, usage.place
    assert call is not None
    if len(call.args) > len(_PARAMETERS):
        return Refusal("there are more arguments than parameters")
    given = dict(zip(_PARAMETERS, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    lone = call.args[0] if len(call.args) == 1 and "file" not in given else None
    if usage.active.verdict.already and lone is not None and not _is_text(lone, place):
        return Refusal("its first argument may be the name or the file")
    headers = _headers(given, place, context)
    if isinstance(headers, Refusal):
        return headers
    imports, spooled = headers.imports, ""
    if isinstance(given.get("file", ast.Constant(None)), ast.Constant):
        made = _spooled(call, place, context)
        if isinstance(made, Refusal):
            return made
        spooled, imports = made[0], (*imports, *made[1])
    document, statement = context.module.document, place.statement
    alone = getattr(statement, "value", None) is call
    change = partial(
        _rewrite,
        headers=headers,
        spooled=spooled,
        column=document.column(call.lineno, call.col_offset) if alone else None,
        margin=partial(margin_of, document, statement.lineno),
    )
    unsafe_because = _NO_TYPE if headers.form != "header" else ""
    return Plan((Edit(statement, document.span(call), "Call", change),), imports, unsafe_because=unsafe_because)


def _headers(given: dict[str, ast.expr], place: Place, context: Context) -> _Headers | Refusal:
    value = given.get("content_type")
    if value is None or (isinstance(value, ast.Constant) and not value.value):
        return _Headers("none")
    of = value.value if isinstance(value, ast.Attribute) and value.attr == "content_type" else None
    if "headers" in given:
        same = of is not None and ast.unparse(given["headers"]) == f"{ast.unparse(of)}.headers"
        return _Headers("none") if same else Refusal("headers= is given as well")
    if of is not None and _is_upload(of, place, context):
        return _Headers("other")
    found = reach("starlette.datastructures.Headers", place, context)
    if isinstance(found, Refusal):
        return found
    if _is_text(value, place):
        return _Headers("header", found.expression, found.imports)
    if _is_plain(value):
        return _Headers("header or none", found.expression, found.imports)
    return Refusal("the content type may be None, which can't stand in a header")


def _is_upload(node: ast.expr, place: Place, context: Context) -> bool:
    return is_object(context.inference.type_of(node, place), context.inference, _UPLOAD)


def _is_plain(node: ast.expr) -> bool:
    """Whether evaluating the expression a second time does nothing."""
    return all(isinstance(inner, _NAMES) for inner in ast.walk(node))


def _is_text(node: ast.expr, place: Place) -> bool:
    """Whether an expression is a `str` and nothing else."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return _is_text(node.values[-1], place)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and _is_text(node.left, place)
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") == "str"
    if isinstance(node, ast.Name):
        bindings = place.scope.names.get(node.id, ())
        annotation = getattr(bindings[0].node, "annotation", None) if len(bindings) == 1 else None
        return isinstance(annotation, ast.Name) and annotation.id == "str"
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def _spooled(call: ast.Call, place: Place, context: Context) -> tuple[str, tuple[NewImport, ...]] | Refusal:
    """The file that the class made where none was given."""
    classes = context.inference.classes
    cls = context.inference.type_of(call.func, place)
    if isinstance(cls, ClassType) and any(classes.defines(base, "spool_max_size") for base in classes.line(cls)):
        return Refusal("its class has a `spool_max_size` of its own")
    found = reach("tempfile.SpooledTemporaryFile", place, context, module_style=True)
    if isinstance(found, Refusal):
        return found
    return f"{found.expression}(max_size=1024 * 1024)", found.imports


def _rewrite(
    call: cst.Call, *, headers: _Headers, spooled: str, column: int | None, margin: Callable[[], Margin]
) -> cst.Call:
    import libcst as cst

    listing = listing_of(call)
    for index in range(len(listing.items) - 1, -1, -1):
        item = listing.items[index]
        name = keyword_of(item) or _PARAMETERS[index]
        if name == "content_type":
            if headers.form == "none":
                listing = listing.without(index)
                continue
            value = item.value
            name, value = "headers", _header(value, headers)
            listing = listing.replaced(index, argument(value, name).with_changes(comma=item.comma))
        elif name == "file" and spooled:
            made = argument(cst.parse_expression(spooled), name)
            listing = listing.replaced(index, made.with_changes(comma=item.comma))
        elif keyword_of(item) is None:
            listing = listing.replaced(index, argument(item.value, name).with_changes(comma=item.comma))
    if spooled and "file" not in [keyword_of(item) for item in listing.items]:
        listing = listing.inserted(len(listing.items), argument(cst.parse_expression(spooled), "file"))
    changed: cst.Call = with_listing(call, listing)
    return refitted(call, changed, column, margin)


def _header(value: cst.BaseExpression, headers: _Headers) -> cst.BaseExpression:
    import libcst as cst

    if headers.form == "other":
        assert isinstance(value, cst.Attribute)
        return value.with_changes(attr=cst.Name("headers"))
    entry: cst.BaseExpression = cst.Dict([cst.DictElement(cst.SimpleString('"content-type"'), value)])
    if headers.form == "header or none":
        entry = cst.IfExp(test=value, body=entry, orelse=cst.Dict([]))
    return cst.Call(cst.parse_expression(headers.expression), [cst.Arg(entry)])
