"""How a resource is used: which uses need it open, inside of a generator and by a method that gives a stream."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.match.certainty import is_object_of
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.naming import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.match.hazards.resources.makers import Resource
    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

# What reads a reply piece by piece: of httpx, of aiohttp's `content`, of requests.
_OF_HTTPX = frozenset(
    {f"{start}{what}" for start in ("aiter_", "iter_") for what in ("bytes", "lines", "raw", "text")}
    - {"iter_lines"}
)
_OF_CONTENT = frozenset({"iter_any", "iter_chunked", "iter_chunks"})
_OF_REQUESTS = frozenset({"iter_content", "iter_lines"})
# They do not ask whether it is open.
HARMLESS = {
    "file": frozenset(
        {"close", "aclose", "closed", "encoding", "filename", "infolist", "mode", "name", "namelist"}
    ),
    "client": frozenset({"aclose", "build_request", "close", "is_closed"}),
    "connection": frozenset({"close", "closed", "is_closed"}),
    "session": frozenset({"close", "closed", "add", "expunge", "expunge_all"}),
}
HARMLESS["cursor"] = frozenset({"close", "description", "lastrowid", "rowcount"})
HARMLESS["uploaded"] = HARMLESS["file"]
_OF_UPLOADS = frozenset({"read", "seek", "write"})
_HOLDING = frozenset({"get", "getlist"})
_READING_FUNCTIONS = frozenset({"aiter", "copyfileobj", "enumerate", "iter", "map", "next", "zip"})
_OPENING = frozenset({"FileIO", "ZipFile", "open", "open_file", "stat", "getsize"})
_OPENING_METHODS = frozenset({"iterdir", "open", "read_bytes", "read_text", "stat"})
_FORM = "starlette.requests.Request"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_form(maker: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether an expression is `request.form()`."""
    return (
        isinstance(maker, ast.Call)
        and isinstance(maker.func, ast.Attribute)
        and maker.func.attr == "form"
        and is_object_of(maker.func.value, place, inference, _FORM)
    )


def is_iterable(resource: Resource) -> bool:
    """Whether a response can be made of the thing itself."""
    return resource.kind in ("cursor", "file", "uploaded") or (resource.kind == "reply" and resource.certain)


def read_by_method(resource: Resource, method: str) -> Iterator[bool]:
    """Whether a method gives what still has to be read, and whether that is sure; nothing where it does not."""
    if resource.kind == "reply":
        if method in _OF_HTTPX | _OF_CONTENT or (method in _OF_REQUESTS and resource.certain):
            yield True
    elif resource.kind == "connection" and method in ("cursor", "iterate", "stream"):
        yield False


def is_iterated(function: ast.AST, name: str) -> bool:
    """Whether a function iterates over one of its parameters."""
    parents = parents_in(function)
    return any(_iterates(parents.get(node), node) for node in _reads(function, name))


def used(function: ast.AST, name: str, resource: Resource) -> Iterator[bool]:
    """Whether a function uses what goes by a name there in a way that needs it open, and whether that is sure."""
    parents = parents_in(function)
    found = [certain for node in _reads(function, name) for certain in _needs(node, parents, resource)]
    if found:
        yield any(found)


def _reads(function: ast.AST, name: str) -> Iterator[ast.Name]:
    for part in later_parts(function):
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                yield node


def later_parts(function: ast.AST) -> list[ast.AST]:
    """What of a function, lambda or generator is not evaluated where it stands."""
    if isinstance(function, ast.GeneratorExp):
        first = function.generators[0]
        return [function.elt, *first.ifs, *function.generators[1:]]
    body = getattr(function, "body", [])
    return list(body) if isinstance(body, list) else [body]


def _needs(node: ast.expr, parents: dict[ast.AST, ast.AST], resource: Resource) -> Iterator[bool]:
    parent, kind = parents.get(node), resource.kind
    if kind == "folder":
        yield from _opens(node, parent, parents)
        return
    if kind == "upload":
        yield from _reads_upload(node, parent, parents)
        return
    if _iterates(parent, node):
        if is_iterable(resource):
            yield True
    elif isinstance(parent, ast.Attribute):
        around = parents.get(parent)
        is_called = isinstance(around, ast.Call) and around.func is parent
        if kind == "reply":
            if is_called:
                yield from read_by_method(resource, parent.attr)
            elif parent.attr == "content" and isinstance(around, ast.Attribute) and around.attr in _OF_CONTENT:
                yield True
        elif is_called and parent.attr not in HARMLESS[kind]:
            yield True
    elif isinstance(parent, ast.withitem) and kind in ("client", "file"):
        yield True
    elif isinstance(parent, ast.Call | ast.keyword) and kind != "reply":
        is_reading = isinstance(parent, ast.Call) and last_name(parent.func) in _READING_FUNCTIONS
        yield is_reading and kind in ("file", "uploaded")


def _reads_upload(node: ast.expr, parent: ast.AST | None, parents: dict[ast.AST, ast.AST]) -> Iterator[bool]:
    """Whether an upload is read: itself, its file, or one of a form. A field that is text has none of these."""
    if isinstance(parent, ast.Subscript) and parent.value is node:
        yield from _reads_upload(parent, parents.get(parent), parents)
    elif isinstance(parent, ast.Attribute):
        around = parents.get(parent)
        if parent.attr in _OF_UPLOADS or parent.attr == "file":
            is_closed = isinstance(around, ast.Attribute) and around.attr in HARMLESS["file"]
            if not is_closed:
                yield True
        elif parent.attr in _HOLDING and isinstance(around, ast.Call):
            yield from _reads_upload(around, parents.get(around), parents)
    elif isinstance(parent, ast.Call | ast.keyword):
        yield False


def _iterates(parent: ast.AST | None, node: ast.AST) -> bool:
    if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension):
        return parent.iter is node
    return isinstance(parent, ast.YieldFrom)


def _opens(node: ast.expr, parent: ast.AST | None, parents: dict[ast.AST, ast.AST]) -> Iterator[bool]:
    """Whether a path is opened, or something that is put together from it."""
    outer: ast.AST = node
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.Call):
            name = last_name(parent.func)
            if outer in parent.args[:1] and name in _OPENING:
                yield True
                return
            if outer is parent.func and name in _OPENING_METHODS:
                yield True
                return
        outer, parent = parent, parents.get(parent)
