"""What FastAPI and other packages keep for themselves is never rewritten, however it is reached.

The classes, and what each keeps, come from the model in rules/model; the packages that only look like Starlette are
named below. That the real packages do keep it is for the tests of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases, rules_folder
from starlette_upgrade.semantics.catalogue import Catalogue
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = load_releases()
STARLETTE = Move(Version("0.30.0"), Version("1.10.0"))
# The oldest FastAPI that knows Starlette 1.0, to the newest: what either loses by itself is for its own rules.
WITH_FASTAPI = Move(Version("0.40.0"), Version("1.10.0"), Move(Version("0.133.0"), Version("0.165.0")))
MODEL = Catalogue(rules_folder() / "model", STARLETTE.old, STARLETTE.new)

# How each is used on `{x}`, which is an object of the class.
USES = {
    "on_event": """
@{x}.on_event("startup")
async def connect():
    pass


{x}.on_event("shutdown")(connect)
""",
    "add_event_handler": """
def connect():
    pass


{x}.add_event_handler("startup", connect)
""",
    "route": """
@{x}.route("/", methods=["GET"])
async def home(request):
    pass
""",
    "websocket_route": """
@{x}.websocket_route("/ws", name="ws")
async def echo(websocket):
    pass
""",
    "add_websocket_route": """
async def echo(websocket):
    pass


{x}.add_websocket_route("/ws", echo)
""",
    "exception_handler": """
@{x}.exception_handler(404)
async def missing(request, exc):
    pass
""",
    "middleware": """
@{x}.middleware("http")
async def passed(request, call_next):
    return await call_next(request)
""",
    "on_startup": """
def connect():
    pass


{x}.on_startup(connect)
register = {x}.on_startup
""",
    "on_shutdown": """
@{x}.on_shutdown
def disconnect():
    pass
""",
    "shutdown": """
async def stop():
    await {x}.shutdown()
""",
}
# How somebody comes to an object of the class; `USES` stands for the use.
WAYS = {
    "made": """
from {module} import {name}
from starlette.applications import Starlette
from starlette.routing import Router

x = {name}()
USES
""",
    "through the module": """
import {module}

x = {module}.{name}()
USES
""",
    "annotated": """
from {module} import {name}
from starlette.applications import Starlette


def set_up(x: {name}) -> None:
    USES
""",
    "an own class": """
from {module} import {name}
from starlette.routing import Router


class Own({name}):
    pass


x = Own()
USES
""",
}
ACCEPTING = """
from {module} import {name}
from starlette.applications import Starlette


def connect():
    pass


x = {name}({keyword}=[connect])
options = {{"{keyword}": [connect]}}
y = {name}(**options)


class Own({name}):
    def __init__(self, **more):
        super().__init__({keyword}=[connect], **more)
"""


def _program(template: str, cls: str, use: str = "", keyword: str = "") -> str:
    module, _, name = cls.rpartition(".")
    rows = []
    for row in template.format(module=module, name=name, keyword=keyword).lstrip("\n").splitlines():
        if row.strip() != "USES":
            rows.append(row)
            continue
        indentation = row[: len(row) - len(row.lstrip())]
        rows += [indentation + line if line else "" for line in use.format(x="x").splitlines()]
    return "\n".join(rows) + "\n"


def _kept(key: str) -> list[tuple[str, str]]:
    """Each class of the model with what it keeps (or accepts), by itself or from a base."""
    found = {
        (cls, word)
        for cls in MODEL.classes
        for base in MODEL.bases(cls)
        for word in MODEL.classes.get(base, {}).get(key, ())
    }
    return sorted(found)


NOTHING: tuple[list[str], list[str]] = ([], [])


def _made_of(program: str, folder: Path, move: Move) -> tuple[list[str], list[str]]:
    """The titles of the findings that `fix` resolves in a program, and of those that it leaves."""
    file = folder / "main.py"
    file.write_text(program)
    compile(program, "main.py", "exec")
    result = pipeline.fix(Options((folder,), move, ignore=("package:fastapi",), unsafe=True), RELEASES)
    assert not result.problems
    resolved = [finding.rule.title for change in result.changes for finding in change.resolved]
    return resolved, [finding.rule.title for finding in result.remaining]


def test_the_model_speaks_of_those_that_people_use() -> None:
    kept = _kept("keeps")
    assert ("fastapi.applications.FastAPI", "on_event") in kept
    assert ("fastapi.routing.APIRouter", "websocket_route") in kept
    assert ("fasthtml.core.FastHTML", "route") in kept
    assert ("cadwyn.applications.Cadwyn", "middleware") in kept
    assert {word for _, word in kept} <= set(USES)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("cls", "word"), _kept("keeps"))
def test_what_a_class_keeps_is_left_alone(cls: str, word: str, way: str, tmp_path: Path) -> None:
    program = _program(WAYS[way], cls, USES[word])
    assert _made_of(program, tmp_path, STARLETTE) == NOTHING


@pytest.mark.parametrize("word", ["on_event", "websocket_route", "exception_handler", "middleware"])
def test_what_fastapi_keeps_is_left_alone_whatever_fastapi_it_is(word: str, tmp_path: Path) -> None:
    program = _program(WAYS["made"], "fastapi.applications.FastAPI", USES[word])
    assert _made_of(program, tmp_path, WITH_FASTAPI) == NOTHING


@pytest.mark.parametrize(("cls", "keyword"), [pair for pair in _kept("accepts") if pair[1] != "lifespan"])
def test_what_a_constructor_accepts_is_left_alone(cls: str, keyword: str, tmp_path: Path) -> None:
    assert _made_of(_program(ACCEPTING, cls, keyword=keyword), tmp_path, STARLETTE) == NOTHING


# Neither Starlette's nor FastAPI's, but with methods and arguments of the same names.
LOOK_ALIKES = {
    "aiohttp.web.Application": ("on_startup", "on_shutdown", "shutdown"),
    "air.Air": ("exception_handler", "middleware"),
    "esmerald.Esmerald": ("on_event", "add_event_handler", "route", "add_websocket_route"),
    "fasthtml.common.APIRouter": ("route",),
    "flama.Flama": ("add_event_handler", "route", "websocket_route", "add_websocket_route", "exception_handler"),
    "flask.Flask": ("route", "shutdown"),
    "lilya.apps.Lilya": ("on_event", "add_event_handler", "add_websocket_route", "exception_handler"),
    "litestar.Litestar": ("route", "middleware", "on_startup", "on_shutdown"),
    "mcp.server.fastmcp.FastMCP": ("route", "middleware"),
    "quart.Quart": ("route", "shutdown"),
    "responder.API": (
        "on_event",
        "add_event_handler",
        "route",
        "websocket_route",
        "exception_handler",
        "middleware",
    ),
    "sanic.Sanic": ("route", "websocket_route", "middleware", "exception_handler"),
}


@pytest.mark.parametrize("way", ["made", "through the module", "annotated"])
@pytest.mark.parametrize(("cls", "word"), [(cls, word) for cls in LOOK_ALIKES for word in LOOK_ALIKES[cls]])
def test_what_only_looks_alike_is_left_alone(cls: str, word: str, way: str, tmp_path: Path) -> None:
    program = _program(WAYS[way], cls, USES[word])
    assert _made_of(program, tmp_path, STARLETTE) == NOTHING


@pytest.mark.parametrize("cls", LOOK_ALIKES)
def test_handlers_of_what_only_looks_alike_are_left_alone(cls: str, tmp_path: Path) -> None:
    assert _made_of(_program(ACCEPTING, cls, keyword="on_startup"), tmp_path, STARLETTE) == NOTHING


def test_the_same_uses_on_starlette_are_found(tmp_path: Path) -> None:
    """So that the programs above are silent for the class, not for how they are written."""
    for word in ("on_event", "add_event_handler", "route", "websocket_route", "exception_handler", "middleware"):
        file = tmp_path / "main.py"
        file.write_text(_program(WAYS["annotated"], "starlette.applications.Starlette", USES[word]))
        assert pipeline.check(Options((file,), STARLETTE), RELEASES).findings
    file.write_text(_program(ACCEPTING, "starlette.applications.Starlette", keyword="on_startup"))
    assert pipeline.check(Options((file,), STARLETTE), RELEASES).findings
