"""What a `with` statement opens, and closes at its end: a file, a folder, a client, its reply, a connection."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.match.hazards.resources.closing import closed_in, deleted_in, surely
from starlette_upgrade.match.surroundings import parents_in
from starlette_upgrade.semantics.binder import ensure_bound
from starlette_upgrade.semantics.classes import decorator_names
from starlette_upgrade.semantics.naming import argument_of, last_name
from starlette_upgrade.semantics.types import ClassType, FunctionType, Instance, Symbol, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.semantics.inference import Inference
    from starlette_upgrade.semantics.scopes import Place

# `upload` is one, or the form that holds some; `uploaded` is the file in one.
Kind = Literal["file", "folder", "client", "reply", "connection", "session", "upload", "uploaded", "cursor"]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that is closed: its kind, what people call it, and whether it surely is such a thing.

    `path`: it is a file that is deleted when it is closed. `given`: the function got it as a parameter.
    `below`: it is a path in the folder, not the folder's own. `raw`: it is a connection of which all cursors end.
    """

    kind: Kind
    name: str = ""
    certain: bool = True
    path: bool = False
    given: bool = False
    below: bool = False
    raw: bool = False


_TEMPORARY_FILES = frozenset(
    f"{module}.{name}"
    for module in ("tempfile", "aiofiles.tempfile", "anyio")
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile")
)
_FILES = _TEMPORARY_FILES | {
    "aiofiles.open", "anyio.open_file", "builtins.open", "bz2.BZ2File", "bz2.open", "codecs.open", "fsspec.open",
    "gzip.GzipFile", "gzip.open", "io.BytesIO", "io.FileIO", "io.StringIO", "io.open", "lzma.LZMAFile", "lzma.open",
    "os.fdopen", "smart_open.open", "tarfile.open", "zipfile.ZipFile",
}  # fmt: skip
_FOLDERS = frozenset(f"{module}.TemporaryDirectory" for module in ("tempfile", "aiofiles.tempfile", "anyio"))
_OF_AIOHTTP = frozenset({"aiohttp.ClientSession", "aiohttp.client.ClientSession"})
_CLIENTS = _OF_AIOHTTP | frozenset(
    {f"{package}.{name}" for package in ("httpx", "httpx2") for name in ("AsyncClient", "Client")}
)
_REPLIES = frozenset({"httpx.stream", "httpx2.stream", "urllib.request.urlopen"})
_REQUESTS = frozenset(f"requests.{name}" for name in ("delete", "get", "patch", "post", "put", "request"))
_CONNECTIONS = frozenset({"aiosqlite.connect", "asyncpg.connect", "psycopg.AsyncConnection.connect"})
_ENGINES = frozenset({"sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine"})
_PATHS = frozenset(
    {"anyio.Path", "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePath", "zipfile.Path", "zipfile.ZipFile"}
)
# What is closed, or given back, when the `with` ends, as far as its name tells.
_CONNECTING = frozenset({"acquire", "begin", "connect", "connection"})
_CLOSING = frozenset({"contextlib.aclosing", "contextlib.closing"})
_MANAGERS = frozenset({"asynccontextmanager", "contextmanager"})
# A `with` of theirs does not close them; and closing these ends nothing that a stream would need.
_CLOSED_ONLY_BY_HAND = frozenset({"psycopg2.connect", "sqlite3.connect"})
_REUSABLE = frozenset({"requests.Session", "requests.sessions.Session"})
VERBS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "request"})
_DEPTH = 4


def made_by(maker: ast.expr, place: Place, inference: Inference, depth: int = 0) -> Resource | None:
    """What an expression makes that a `with` around it closes; None if nobody knows that it is closed."""
    if isinstance(maker, ast.Await):
        maker = maker.value
    if isinstance(maker, ast.Name) and depth < _DEPTH:
        bindings = inference.bindings_of(maker.id, place, maker)
        only = bindings[0] if isinstance(bindings, list) and len(bindings) == 1 else None
        if only is not None and only.kind == "value" and isinstance(only.node, ast.expr):
            return made_by(only.node, only.place, inference, depth + 1)
    if not isinstance(maker, ast.Call) or depth > _DEPTH:
        return None
    found = list(members(inference.type_of(maker.func, place)))
    if len(found) != 1:
        return None
    function = found[0]
    if isinstance(function, Symbol | ClassType):
        names = [function.name]
        if isinstance(function, ClassType):
            names = [cls.name for cls in inference.classes.line(function)]
        known = next((made for name in names if (made := _known(name, maker, place, inference, depth))), None)
        if known is not None or (_CLOSED_ONLY_BY_HAND | _REUSABLE) & set(names):
            return known
    if isinstance(function, FunctionType):
        return _managed(function, inference, depth) or _session(maker)
    return _by_name(maker, place, inference)


def made_to_close(maker: ast.expr, place: Place, inference: Inference) -> Resource | None:
    """What an expression makes that `close()` closes, if a `with` around it does not."""
    called = inference.canonical(maker.func, place) if isinstance(maker, ast.Call) else None
    return Resource("connection", raw=True) if called in _CLOSED_ONLY_BY_HAND else None


def is_client_of_aiohttp(node: ast.expr, place: Place, inference: Inference) -> bool:
    """Whether an expression is surely a client whose replies are not read at once."""
    return all(
        isinstance(member, Instance) and any(cls.name in _OF_AIOHTTP for cls in inference.classes.line(member.cls))
        for member in members(inference.type_of(node, place))
    )


def _known(name: str, maker: ast.Call, place: Place, inference: Inference, depth: int) -> Resource | None:
    """What calling a thing of this name makes."""
    if name in _CLOSING and maker.args:
        inner = maker.args[0]
        made = made_by(inner, place, inference, depth + 1)
        name = inference.canonical(inner.func, place) or "" if isinstance(inner, ast.Call) else ""
        is_raw = name in _CLOSED_ONLY_BY_HAND
        return made or (None if name in _REUSABLE else Resource("connection", certain=is_raw, raw=is_raw))
    if name in _FILES:
        delete = argument_of(maker, "delete", None)
        is_kept = delete is not None and not (isinstance(delete, ast.Constant) and delete.value is True)
        return Resource("file", path=name.endswith(".NamedTemporaryFile") and not is_kept)
    if name in _FOLDERS:
        return Resource("folder") if argument_of(maker, "delete", None) is None else None
    if name in _CLIENTS:
        return Resource("client")
    if name in _REPLIES or (name in _REQUESTS and _streams(maker)):
        return Resource("reply")
    return Resource("connection") if name in _CONNECTIONS else None


def _streams(call: ast.Call) -> bool:
    stream = argument_of(call, "stream", None)
    return isinstance(stream, ast.Constant) and stream.value is True


def _by_name(maker: ast.Call, place: Place, inference: Inference) -> Resource | None:
    """What a method makes of which only the name is known."""
    name = last_name(maker.func)
    owner = maker.func.value if isinstance(maker.func, ast.Attribute) else None
    if owner is not None and name == "open":
        return Resource("file", certain=_is_path(owner, place, inference))
    if owner is not None and name in VERBS and is_client_of_aiohttp(owner, place, inference):
        return Resource("reply")
    if owner is not None and name in _CONNECTING:
        return Resource("connection", certain=_is_engine(owner, place, inference))
    return _session(maker)


def _session(maker: ast.Call) -> Resource | None:
    return Resource("session", certain=False) if "session" in last_name(maker.func).lower() else None


def _is_path(node: ast.expr, place: Place, inference: Inference) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div)
    found = list(members(inference.type_of(node, place)))
    return all(isinstance(member, Instance) and member.cls.name in _PATHS for member in found)


def _is_engine(node: ast.expr, place: Place, inference: Inference) -> bool:
    bindings = inference.bindings_of(node.id, place, node) if isinstance(node, ast.Name) else None
    if not isinstance(bindings, list) or len(bindings) != 1:
        return False
    maker, at = bindings[0].node, bindings[0].place
    return isinstance(maker, ast.Call) and inference.canonical(maker.func, at) in _ENGINES


def _managed(function: FunctionType, inference: Inference, depth: int) -> Resource | None:
    """What a context manager of the project's own gives, if it closes that at its end."""
    node = function.node
    if isinstance(node, ast.Lambda) or not decorator_names(node) & _MANAGERS:
        return None
    return given_until_closed(function, inference, depth)


def given_until_closed(function: FunctionType, inference: Inference, depth: int = 0) -> Resource | None:
    """What a generator yields and closes behind its `yield`: the name of a `with`, or what a `finally` closes."""
    ensure_bound(function.scope)
    parents = parents_in(function.node)
    for value, place in function.scope.yields:
        is_path = not isinstance(value, ast.Name)
        value = _root(value)
        if not isinstance(value, ast.Name):
            continue
        behind = list(_behind(value, parents))
        if any(value.id in deleted_in(node) for node in behind):
            return Resource("folder")
        bindings = inference.bindings_of(value.id, place, value)
        if not isinstance(bindings, list) or len(bindings) != 1 or not isinstance(bindings[0].node, ast.expr):
            return None
        made = made_by(bindings[0].node, bindings[0].place, inference, depth + 1)
        if is_path and (made is None or made.kind != "folder"):
            return None
        if bindings[0].kind == "with":
            return made
        if any(value.id in closed_in(node) for node in behind):
            return made or Resource("session", certain=False)
    return None


def _root(node: ast.expr) -> ast.expr:
    """The folder that a path begins with: `Path(folder) / "a"`."""
    while True:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            node = node.left
        elif isinstance(node, ast.Call) and last_name(node.func) in ("Path", "str", "join") and node.args:
            node = node.args[0]
        else:
            return node


def _behind(value: ast.expr, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """What is surely done in each `finally` around an expression, and in the statements that follow its own."""
    node: ast.AST = value
    while node in parents:
        outer = parents[node]
        body = getattr(outer, "body", ())
        later = body[body.index(node) + 1 :] if isinstance(body, list) and node in body else ()
        for statement in (*later, *getattr(outer, "finalbody", ())):
            yield from surely(statement)
        node = outer


def named(made: Resource, name: str) -> Resource:
    """The same under the name that it has in a function."""
    return replace(made, name=name)
