"""What a registration becomes in its table: `Route("/", home)`, `Middleware(Gzip)`, `404: not_found`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.plan import Refusal
from starlette_upgrade.rewrite.table.layout import Brackets, Item, Text, plain
from starlette_upgrade.rewrite.table.source import items_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette_upgrade.rewrite.table.registrations import Registration
    from starlette_upgrade.rewrite.table.source import Comment
    from starlette_upgrade.source.document import Document

BASE = "starlette.middleware.base.BaseHTTPMiddleware"


def symbols_of(registration: Registration) -> list[str]:
    """What has to be imported for its entry."""
    kind = registration.kind
    if kind.table == "middleware" and kind.is_decorator:
        return [kind.symbol, BASE]
    return [kind.symbol] if kind.symbol else []


def values_of(registration: Registration) -> list[ast.expr]:
    """The expressions that a registration is given."""
    found = [*registration.call.args, *(keyword.value for keyword in registration.call.keywords)]
    return [*found, registration.endpoint] if isinstance(registration.endpoint, ast.expr) else found


def entry_of(
    registration: Registration, names: Mapping[str, str], comments: Sequence[Comment], document: Document
) -> Item | Refusal:
    """The entry. `names`: how each of its symbols is called here; `comments`: those between its arguments."""
    found = _entry(registration, names, document)
    if isinstance(found, Refusal) or not comments:
        return found
    values = sorted(values_of(registration), key=lambda value: (value.lineno, value.col_offset))
    marked, below, opening = items_of([(value, Item(Text(()))) for value in values], comments, document)
    above = (opening, *below) if opening else below
    if not isinstance(found.content, Brackets):  # its arguments have no lines of their own
        own = [comment for item in marked for comment in (*item.above, item.behind) if comment]
        return replace(found, above=(*own, *above))
    texts = [text_of(value, document) for value in values]
    items = list(found.content.items)
    for text, mark in zip(texts, marked, strict=True):
        number = next((n for n, item in enumerate(items) if _is_of(item, text)), None)
        if number is None:
            above = (*above, *mark.above, *([mark.behind] if mark.behind else []))
        else:
            items[number] = replace(items[number], above=mark.above, behind=mark.behind)
    return replace(found, content=replace(found.content, items=tuple(items)), above=above)


def _is_of(item: Item, text: Text) -> bool:
    """Whether an item holds a value that was not given a comment yet; with stars, if it is unpacked."""
    content = item.content
    if not isinstance(content, Text) or item.above or item.behind:
        return False
    return content.rows[0].lstrip("*") == text.rows[0] and content.rows[1:] == text.rows[1:]


def _entry(registration: Registration, names: Mapping[str, str], document: Document) -> Item | Refusal:
    call, kind = registration.call, registration.kind
    if any(isinstance(given, ast.Starred) for given in call.args) and kind.table != "middleware":
        return Refusal("arguments are unpacked from a list")
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if any(isinstance(value, ast.GeneratorExp | ast.NamedExpr | ast.Yield | ast.YieldFrom) for value in values):
        return Refusal("an argument can't be written elsewhere")
    if kind.table == "routes":
        return _route(registration, names[kind.symbol], document)
    if kind.table == "exception_handlers":
        return _handler(registration, document)
    return _middleware(registration, names, document)


def _endpoint(registration: Registration, document: Document) -> Text | None:
    endpoint = registration.endpoint
    if endpoint is None:
        return None
    return plain(endpoint) if isinstance(endpoint, str) else text_of(endpoint, document)


def _bound(registration: Registration) -> list[tuple[str, bool, ast.expr]] | Refusal:
    """The arguments of a call in their order: the parameter ("**" for a dict), whether it is named, the value."""
    call, kind = registration.call, registration.kind
    # What a decorator gets does not hold the endpoint.
    own = kind.parameters[:1] + kind.parameters[2:] if kind.is_decorator else kind.parameters
    if len(call.args) > len(own):
        return Refusal("it has more arguments than parameters")
    found = [(name, False, value) for name, value in zip(own, call.args, strict=False)]
    for keyword in call.keywords:
        name = "**" if keyword.arg is None else keyword.arg
        if name == "route" and not kind.is_decorator:
            name = "endpoint"
        if name != "**" and name not in own:
            return Refusal(f"it has no parameter `{name}`")
        found.append((name, True, keyword.value))
    return found


def _route(registration: Registration, cls: str, document: Document) -> Item | Refusal:
    kind = registration.kind
    given = _bound(registration)
    if isinstance(given, Refusal):
        return given
    first, second = kind.parameters[:2]
    names = [name for name, _, _ in given]
    endpoint = _endpoint(registration, document)
    if first not in names or (endpoint is None and second not in names):
        return Refusal("an argument is unpacked from a dict" if "**" in names else "an argument is missing")
    items = []
    if endpoint is not None:
        path = next(value for name, _, value in given if name == first)
        items = [Item(text_of(path, document)), Item(endpoint)]
        given = [(name, True, value) for name, _, value in given if name != first]
    for name, named, value in given:
        if name == "**":
            items.append(Item(unpacked("**", value, document)))
        else:
            keyword = name if named or name not in (first, second) else ""
            items.append(Item(text_of(value, document), keyword))
    return Item(Brackets(f"{cls}(", tuple(items), ")", compact=True))


def _handler(registration: Registration, document: Document) -> Item | Refusal:
    given = _bound(registration)
    if isinstance(given, Refusal):
        return given
    values = {name: value for name, _, value in given}
    key = values.get("exc_class_or_status_code")
    handler = _endpoint(registration, document)
    if handler is None and "handler" in values:
        handler = text_of(values["handler"], document)
    if key is None or handler is None:
        return Refusal("an argument is unpacked from a dict" if "**" in values else "an argument is missing")
    before = text_of(key, document)
    if isinstance(key, ast.Lambda) or len(before.rows) > 1:
        return Refusal("the key of an exception handler takes several lines")
    fixed = frozenset(handler.fixed)
    return Item(Text((f"{before.rows[0]}: {handler.rows[0]}", *handler.rows[1:]), fixed))


def _middleware(registration: Registration, names: Mapping[str, str], document: Document) -> Item | Refusal:
    call, kind = registration.call, registration.kind
    opening = f"{names[kind.symbol]}("
    endpoint = _endpoint(registration, document)
    if endpoint is not None:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if [getattr(value, "value", None) for value in given] != ["http"]:
            return Refusal('only the middleware type "http" exists')
        items = [Item(plain(names[BASE])), Item(endpoint, "dispatch")]
        return Item(Brackets(opening, tuple(items), ")", compact=True))
    items = []
    for value in call.args:
        if isinstance(value, ast.Starred):
            items.append(Item(unpacked("*", value.value, document)))
        else:
            items.append(Item(text_of(value, document)))
    named = [keyword for keyword in call.keywords if keyword.arg == "middleware_class"]
    if named and call.args:
        return Refusal("the middleware class is given twice")
    if not named and (not call.args or isinstance(call.args[0], ast.Starred)):
        return Refusal("the middleware class is unpacked")
    items += [Item(text_of(keyword.value, document)) for keyword in named]
    for keyword in call.keywords:
        if keyword.arg is None:
            items.append(Item(unpacked("**", keyword.value, document)))
        elif keyword.arg != "middleware_class":
            items.append(Item(text_of(keyword.value, document), keyword.arg))
    return Item(Brackets(opening, tuple(items), ")", compact=True))


def unpacked(stars: str, value: ast.expr, document: Document, empty: str = "") -> Text:
    """`*value` or `**value`, in brackets where the value is more than a name, an attribute or a call.

    `empty`: what stands for a value that is None, `*(value or [])`.
    """
    text = text_of(value, document)
    simple = isinstance(
        value,
        ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Dict | ast.List | ast.DictComp | ast.ListComp,
    )
    before, after = ("", "") if simple else ("(", ")")
    if empty:
        before, after = f"({before}", f"{after} or {empty})"
    rows = [f"{stars}{before}{text.rows[0]}", *text.rows[1:]]
    rows[-1] += after
    return Text(tuple(rows), text.fixed)
