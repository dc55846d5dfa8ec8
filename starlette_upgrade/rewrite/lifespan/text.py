"""The text of a `lifespan`, and of what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.rewrite.lifespan.handlers import Handler
    from starlette_upgrade.rewrite.lifespan.registrations import Event

Handlers = dict["Event", "Sequence[Handler]"]


@dataclass(frozen=True, slots=True)
class Names:
    """What the new code calls things: the names that it takes, and the expressions that reach others."""

    lifespan: str = "lifespan"
    app: str = "app"
    handler: str = "handler"
    state: str = "state"
    inner: str = "lifespan_context"
    asynccontextmanager: str = "asynccontextmanager"
    iscoroutinefunction: str = "inspect.iscoroutinefunction"
    app_type: str = ""
    iterator: str = ""


def lifespan(handlers: Handlers, names: Names, step: str, inner: str = "") -> list[str]:
    """The whole function. `inner` is the context that it stands in, where it wraps another lifespan."""
    annotated = f"{names.app}: {names.app_type}" if names.app_type else names.app
    returns = f" -> {names.iterator}" if names.iterator else ""
    head = [f"@{names.asynccontextmanager}", f"async def {names.lifespan}({annotated}){returns}:"]
    body = around(handlers, names, step, f"yield {names.state}" if inner else "yield")
    if inner:
        body = [f"async with {inner}({names.app}) as {names.state}:", *_indented(body, step)]
    return [*head, *_indented(body, step)]


def around(handlers: Handlers, names: Names, step: str, statement: str) -> list[str]:
    """A `yield` with the handlers of startup before it and those of shutdown behind it, whatever happens."""
    before = [row for handler in handlers["startup"] for row in _call(handler, names, step)]
    behind = [row for handler in handlers["shutdown"] for row in _call(handler, names, step)]
    if not behind:
        return [*before, statement]
    return [*before, "try:", *_indented([statement], step), "finally:", *_indented(behind, step)]


def within(rows: Sequence[str], width: int, step: str) -> list[str]:
    """The lines with the questions for a coroutine function broken where they are too long."""
    fitted: list[str] = []
    for row in rows:
        head, found, last = row.rpartition("(")
        if found and len(row.expandtabs(4)) > width and row.lstrip().startswith("if "):
            indentation = row[: len(row) - len(row.lstrip())]
            fitted += [f"{head}(", f"{indentation}{step}{last.removesuffix('):')}", f"{indentation}):"]
        else:
            fitted.append(row)
    return fitted


def _call(handler: Handler, names: Names, step: str) -> Iterator[str]:
    yield from handler.comments
    if handler.inline:
        yield f"await {handler.code}" if handler.calling == "await" else handler.code
        return
    if handler.many:
        given = f"{handler.code} or ()" if handler.optional else handler.code
        yield f"for {names.handler} in {given}:"
        yield from _indented(_one(names.handler, handler, names, step), step)
    else:
        yield from _one(handler.code, handler, names, step)


def _one(code: str, handler: Handler, names: Names, step: str) -> Iterator[str]:
    called = f"({code})()" if " " in code else f"{code}()"
    if handler.calling != "asked":
        yield f"await {called}" if handler.calling == "await" else called
        return
    asks = names.iscoroutinefunction
    test = f"{asks}({code})"
    if "." not in code:  # it may as well be an object that is called
        test = f"{test} or {asks}({code}.__call__)"
    yield f"if {test}:"
    yield f"{step}await {called}"
    yield "else:"
    yield f"{step}{called}"


def _indented(rows: Sequence[str] | Iterator[str], step: str) -> list[str]:
    return [f"{step}{row}" if row else row for row in rows]
