"""`data=[("tag", "a"), ("tag", "b")]` becomes `data={"tag": ["a", "b"]}`."""

from __future__ import annotations

import ast
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.plan import CannotApply, Plan, Refusal
from starlette_upgrade.rewrite.text.expressions import edit_of
from starlette_upgrade.rewrite.text.fitting import code_of
from starlette_upgrade.rewrite.text.listing import Listing, keyword_of, listing_of, with_listing
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix
    from starlette_upgrade.semantics.scopes import Place

_OTHERWISE = "In a form that is a dict, True, None and bytes are written otherwise than they were."
# Functions whose result is a `str`.
_GIVE_TEXT = frozenset({"str", "repr", "format", "join"})


def plan(usage: Usage, fix: Fix, context: Context) -> Plan | Refusal:
    """Pairs that are written out become a dict; `list(form.items())` becomes `form`."""
    keyword, call = usage.node, usage.call
    assert isinstance(keyword, ast.keyword)
    assert call is not None
    value, statement, document = keyword.value, usage.place.statement, context.module.document
    form = _items_of(value)
    if form is not None:
        made = _dict_of(form, usage.place, context)
        if made is None:
            return Refusal("what the pairs are taken from may hold a key twice")
        because = "" if isinstance(made, ast.Dict) and all(map(_is_text, made.values)) else _OTHERWISE
        change = partial(_with, made=partial(_named, name=form.id))
        return Plan((edit_of(call, statement, document, change),), unsafe_because=because)
    if not isinstance(value, ast.List | ast.Tuple):
        return Refusal("the pairs are not written out in the call")
    pairs = [pair.elts for pair in value.elts if isinstance(pair, ast.List | ast.Tuple)]
    if not all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key, _ in pairs):
        return Refusal("the keys are not all written out")
    groups = [[field for _, field in group] for _, group in groupby(pairs, key=lambda pair: ast.dump(pair[0]))]
    if len(groups) != len({ast.dump(key) for key, _ in pairs}):
        return Refusal("fields of one name are apart, and a dict would put them together")
    if any(len(group) > 1 and not all(map(_is_text, group)) for group in groups):
        return Refusal("a value of a field that comes twice may be a list")
    if "#" in document.segment(document.span(value)) and len(groups) < len(pairs):
        return Refusal("there may be comments between fields of one name")
    because = "" if all(_is_text(field) for _, field in pairs) else _OTHERWISE
    change = partial(_with, made=partial(_as_dict, sizes=tuple(map(len, groups))))
    return Plan((edit_of(call, statement, document, change),), unsafe_because=because)


def _items_of(node: ast.expr) -> ast.Name | None:
    """`form` in `list(form.items())`."""
    if not (isinstance(node, ast.Call) and last_name(node.func) in ("list", "tuple") and len(node.args) == 1):
        return None
    call = node.args[0]
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "items"):
        return None
    return call.func.value if isinstance(call.func.value, ast.Name) and not call.args else None


def _dict_of(name: ast.Name, place: Place, context: Context) -> ast.expr | None:
    """What makes the dict that a name surely is."""
    found = context.inference.bindings_of(name.id, place, name)
    if not isinstance(found, list) or len(found) != 1 or found[0].kind != "value" or found[0].index is not None:
        return None
    node = found[0].node
    if isinstance(node, ast.Dict | ast.DictComp):
        return node
    is_made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"
    return node if isinstance(node, ast.expr) and is_made else None


def _is_text(node: ast.expr) -> bool:
    """Whether a value is surely written the same from a pair as from a dict."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | int | float) and not isinstance(node.value, bool)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and last_name(node.func) in _GIVE_TEXT)


def _with(call: cst.Call, *, made: Callable[[Any], cst.BaseExpression]) -> cst.Call:
    """The call with another value of `data`."""
    listing = listing_of(call)
    names = [keyword_of(given) for given in listing.items]
    if "data" not in names:
        raise CannotApply("no argument `data`")
    given = listing.items[names.index("data")]
    changed = listing.replaced(names.index("data"), given.with_changes(value=made(given.value)))
    rewritten: cst.Call = with_listing(call, changed)
    return rewritten


def _named(node: cst.BaseExpression, *, name: str) -> cst.BaseExpression:
    import libcst as cst

    if "#" in code_of(node):
        raise CannotApply("there may be a comment in what would be replaced")
    return cst.Name(name)


def _as_dict(node: cst.List | cst.Tuple, *, sizes: tuple[int, ...]) -> cst.Dict:
    """The pairs as entries, laid out as they were; `sizes`: how many pairs go together, one after the other."""
    import libcst as cst

    if isinstance(node, cst.List):
        opening, closing = node.lbracket.whitespace_after, node.rbracket.whitespace_before
    elif node.lpar:
        opening, closing = node.lpar[0].whitespace_after, node.rpar[-1].whitespace_before
    else:
        raise CannotApply("the pairs are in no brackets")
    commas = [element.comma for element in node.elements]
    between = [getattr(comma, "whitespace_after", cst.SimpleWhitespace(" ")) for comma in commas]
    if isinstance(commas[-1], cst.Comma) and isinstance(between[-1], cst.ParenthesizedWhitespace):
        closing = between[-1]
    trailing = isinstance(commas[-1], cst.Comma) and isinstance(closing, cst.ParenthesizedWhitespace)
    items, gaps, index = [], [], 0
    for size in sizes:
        fields = [_pair(element.value) for element in node.elements[index : index + size]]
        values = [field for _, field in fields]
        value = values[0] if size == 1 else cst.List([cst.Element(field) for field in values])
        items.append(cst.DictElement(fields[0][0], value))
        gaps.append(between[index - 1] if index else opening)
        index += size
    laid = Listing(tuple(items), tuple(gaps), closing, trailing)
    made: cst.Dict = with_listing(cst.Dict([]), laid)
    return made


def _pair(node: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression]:
    import libcst as cst

    if not isinstance(node, cst.Tuple | cst.List) or len(node.elements) != 2:
        raise CannotApply("the pairs are not where they were")
    first, second = (element.value for element in node.elements)
    return first, second
