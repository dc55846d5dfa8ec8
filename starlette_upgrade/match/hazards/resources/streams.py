"""A response is returned that reads what its function has closed by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.match.hazards.resources.needs import Needs
from starlette_upgrade.match.hazards.resources.returned import returned
from starlette_upgrade.match.hazards.resources.things import Things
from starlette_upgrade.match.usage import Usage
from starlette_upgrade.semantics.naming import argument_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.match.hazards.resources.makers import Resource
    from starlette_upgrade.match.hazards.resources.returned import Returned
    from starlette_upgrade.match.usage import Context
    from starlette_upgrade.ruleset.rule import BehaviourMatch
    from starlette_upgrade.ruleset.selection import ActiveRule

_STREAMING = "starlette.responses.StreamingResponse"
_FILE = "starlette.responses.FileResponse"


def find_files(active: ActiveRule, _: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Streams of a file that a `with` has closed."""
    yield from _streams(active, context, ("file",))


def find_clients(active: ActiveRule, _: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Streams of what an HTTP client gets that is closed, or of a reply that is."""
    yield from _streams(active, context, ("client", "reply"))


def find_connections(active: ActiveRule, _: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Streams that ask a database by a connection, or a session, that is closed."""
    yield from _streams(active, context, ("connection", "cursor", "session"))


def find_folders(active: ActiveRule, _: BehaviourMatch, context: Context) -> Iterator[Usage]:
    """Files in a folder that is deleted, and files that are themselves, before they are sent."""
    for response in returned(_FILE, context):
        path = argument_of(response.call, "path", 0)
        if path is not None:
            found = Things(response, context).identity(path, response.place)
            yield from _usages(active, response, (one for one in found if one.kind == "folder"), _FILE)
    yield from _streams(active, context, ("folder",))


def _streams(active: ActiveRule, context: Context, kinds: tuple[str, ...]) -> Iterator[Usage]:
    for response in returned(_STREAMING, context):
        content = argument_of(response.call, "content", 0)
        if content is not None:
            found = Needs(Things(response, context)).needed(content, response.place)
            yield from _usages(active, response, (one for one in found if one.kind in kinds), _STREAMING)


def _usages(active: ActiveRule, response: Returned, found: Iterable[Resource], cls: str) -> Iterator[Usage]:
    """One for each response: of what it surely needs, else of what it may need."""
    ordered = sorted(found, key=lambda one: not one.certain)
    if ordered:
        first, call = ordered[0], response.call
        parent = response.surroundings.parent(call)
        yield Usage(active, call, response.place, first.name, cls, parent, call, first.certain)
