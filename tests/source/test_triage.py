"""Triage passes files by that can hold no finding, and no others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_rules, rules_folder
from starlette_upgrade.ruleset.selection import activate
from starlette_upgrade.semantics.catalogue import Catalogue
from starlette_upgrade.settings.options import Options
from starlette_upgrade.source.reading import read_survivors
from starlette_upgrade.source.triage import Triage

RULES = load_rules()
CATALOGUE = Catalogue(rules_folder() / "model")
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
PACKAGES = Path(__file__).parents[2] / ".cache" / "packages"

# Makes of everything that rules speak of one, under names that the uses below import.
CORE = """\
from fastapi import FastAPI
from starlette import status as codes
from starlette.applications import Starlette
from starlette.formparsers import MultiPartParser
from starlette.responses import FileResponse
from starlette.routing import Router
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient

app = Starlette()
api = FastAPI()
router = Router()
templates = Jinja2Templates("templates")


def create_app() -> Starlette:
    return Starlette()


def make_client(app=app):
    return TestClient(app)


class Base(Starlette): ...
class Client(TestClient): ...
class Templates(Jinja2Templates): ...
class Download(FileResponse): ...
class Parser(MultiPartParser): ...
"""
NAMES = "api, app, codes, create_app, make_client, router, templates, Base, Client, Download, Parser, Templates"

# What a file can do with them without a word that names Starlette or FastAPI.
USES = """\
@app.on_event("startup")
async def connect(): ...


@create_app().on_event("shutdown")
def disconnect(): ...


@app.route("/")
@app.middleware("http")
async def home(request, call_next):
    templates.TemplateResponse("home.html", {"request": request})
    return templates.get_template("home.txt")


app.router.websocket_route("/ws")(home)
app.exception_handler(404)(home)
api.add_event_handler("startup", connect)
api.router.startup()
router.on_startup.append(connect)
setattr(app, "on_event", connect)
patch.object(app, "add_event_handler")
getattr(Base(), "on_event")("startup")
Base(on_startup=[connect])
Base(debug=True, **{"on_shutdown": [disconnect]})
app.add_websocket_route("/ws", home)


class App(Base):
    def __init__(self):
        super().__init__(on_startup=[connect])
        self.on_event("startup")


class Own(Base):
    def on_event(self, kind): ...


Own().on_event("startup")


class Small(Parser):
    max_file_size = 1


class Escaped(Templates):
    def _create_env(self, directory): ...


Parser.max_file_size = 2
Download("a.txt", method="GET")
status = codes.HTTP_413_REQUEST_ENTITY_TOO_LARGE


def test_it():
    options = {"allow_redirects": False}
    client = Client(app)
    client.get("/", allow_redirects=True)
    client.post("/", **options)
    client.get("/", timeout=1)
    with make_client() as other:
        other.request("GET", "/", allow_redirects = (1 == 1))
"""

# What a file that names them can do in ways of its own.
ROOT_USES = """\
import starlette
import starlette.status
from starlette import status as st
from starlette.applications import Starlette as App
from starlette.applications import WebSocket
from starlette.applications import *
from starlette.exceptions import (
    HTTPException,
    ExceptionMiddleware,
)
from starlette.routing import iscoroutinefunction_or_partial as is_async
from starlette.responses import FileResponse as Attachment
from starlette.templating import Jinja2Templates
from unittest.mock import patch

WS = starlette.status.WS_1004_NO_STATUS_RCVD
OLD = st.HTTP_413_REQUEST_ENTITY_TOO_LARGE
Attachment("a", 200, {}, "text/plain", None, "a", None, "GET")
App(True, [], [], {}, [is_async])
Jinja2Templates("templates", autoescape=False)
patch("starlette.applications.Starlette.on_event")
patch("starlette.exceptions.ExceptionMiddleware")
Starlette(on_shutdown=[])
"""

CONFTEST = """\
import pytest
from starlette.testclient import TestClient


@pytest.fixture
def client(): return TestClient(None)


@pytest.fixture(name="make")
def make_fixture():
    def make(**options): return TestClient(None, **options)
    return make
"""
FIXTURE_USES = """\
def test_given(client):
    client.get("/", allow_redirects=False)


def test_made(make):
    with make() as client:
        client.get("/", allow_redirects=False)
"""

BESIDE = f"from .core import {NAMES}\n"
PACKAGE = {
    "shop/__init__.py": "from .core import app as application\n",
    "shop/core.py": CORE,
    "shop/views.py": BESIDE + USES,
    "shop/deep/__init__.py": "",
    "shop/deep/views.py": f"from ..core import {NAMES}\n{USES}",
    "shop/star.py": "from .core import *\n" + USES,
    "shop/renamed.py": "from shop import core as c\nc.app.on_event('x')\nc.Client(c.app).get('/', timeout=1)\n",
    "shop/through.py": "import shop\nshop.application.on_event('startup')\n",
    "shop/direct.py": ROOT_USES,
}
PROJECTS: dict[str, dict[str, str]] = {
    "a package": PACKAGE,
    "a package and scripts that name it": {**PACKAGE, "scripts/run.py": f"from shop.core import {NAMES}\n{USES}"},
    "a package and its tests": {
        **PACKAGE,
        "tests/conftest.py": CONFTEST,
        "tests/test_views.py": FIXTURE_USES,
        "tests/unit/deep/test_views.py": f"from shop.core import {NAMES}\n{FIXTURE_USES}{USES}",
    },
    "tests inside the package": {
        **PACKAGE,
        "shop/tests/__init__.py": "",
        "shop/tests/conftest.py": CONFTEST,
        "shop/tests/test_views.py": FIXTURE_USES,
    },
    "a src layout": {
        **{f"src/{name}": text for name, text in PACKAGE.items()},
        "conftest.py": CONFTEST,
        "tests/test_views.py": f"from shop.core import {NAMES}\n{FIXTURE_USES}{USES}",
    },
    "plain modules": {
        "core.py": CORE,
        "views.py": f"from core import {NAMES}\n{USES}",
        "tests/test_views.py": f"import core\nfrom core import {NAMES}\n{USES}",
        "conftest.py": CONFTEST,
        "tests/test_fixtures.py": FIXTURE_USES,
    },
    "packages without init": {
        "app/core/main.py": CORE,
        "app/api/views.py": f"from app.core.main import {NAMES}\n{USES}",
    },
    "several services": {
        **{f"one/{name}": text for name, text in PACKAGE.items()},
        "two/shop/__init__.py": "",
        "two/shop/core.py": CORE.replace("app = Starlette()", "app = Flask()"),
        "two/shop/views.py": BESIDE + USES,
        "three/plain.py": "import os\n\nclient.get('/', allow_redirects=False)\napp.on_event('x')\n",
    },
    "nothing of Starlette": {"plain.py": USES, "tests/test_plain.py": FIXTURE_USES},
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def findings(folder: Path, *, triage: bool) -> list[tuple[str, int, int, str, str, str]]:
    result = pipeline.check(Options((folder,), MOVE, triage=triage), RULES)
    return [
        (
            found.path.relative_to(folder).as_posix(),
            found.span.line,
            found.span.column,
            found.rule.code,
            found.confidence,
            found.fix,
        )
        for found in result.findings
    ]


class TestTheSameFindings:
    """The promise of design §1: triage saves time and nothing else."""

    @pytest.mark.parametrize("name", PROJECTS)
    def test_with_and_without(self, name: str, project: Path) -> None:
        write(project, PROJECTS[name])
        assert findings(project, triage=True) == findings(project, triage=False)

    def test_the_projects_ask_for_nearly_all_that_went_with_1_0(self, project: Path) -> None:
        write(project, PROJECTS["a package and its tests"])
        found = {code for _, _, _, code, _, _ in findings(project, triage=True)}
        removed = {rule.code for release in RULES for rule in release.rules if rule.code <= "SU125"}
        assert removed - {"SU121", "SU122"} - found == set()

    @pytest.mark.parametrize(
        "root", ["fastapi-users-4.0.0", "flama-1.6.0", "starlette-admin-0.14.1", "xpresso-0.46.0"]
    )
    @pytest.mark.network
    def test_on_published_packages(self, root: str) -> None:
        if not (PACKAGES / root).is_dir():
            pytest.skip("benchmarks/fetch.py has not been run")
        assert findings(PACKAGES / root, triage=True) == findings(PACKAGES / root, triage=False)

    @pytest.mark.parametrize(
        "files",
        [
            pytest.param(
                {
                    "conftest.py": "from shop.core import Client, app\nimport pytest\n\n\n@pytest.fixture\n"
                    "def client():\n    return Client(app)\n",
                    "tests/test_it.py": "def test_it(client):\n    client.get('/', allow_redirects=False)\n",
                },
                id="a-fixture-of-a-conftest-that-names-only-the-package",
            ),
            pytest.param(
                {"scripts/run.py": f'"""{"-" * 5000}"""\nfrom shop.core import app\n\napp.on_event("startup")\n'},
                id="an-import-below-a-long-docstring",
            ),
            pytest.param(
                {"shop/use.py": f"{BESIDE}patch.object(app, 'exception_handler')\n"}, id="a-name-in-a-string"
            ),
        ],
    )
    def test_what_comes_from_far(self, files: dict[str, str], project: Path) -> None:
        write(project, {**PACKAGE, **files})
        assert findings(project, triage=True) == findings(project, triage=False)

    @pytest.mark.xfail(strict=True, reason="triage passes the file by")
    @pytest.mark.parametrize(
        "files",
        [
            pytest.param(
                {
                    "shop/use.py": f"{BESIDE}class A(Base):\n    def __init__(self):\n"
                    "        super().__init__(True, [], [], {}, [connect])\n"
                },
                id="an-argument-by-position-of-a-base-in-another-file",
            ),
            pytest.param(
                {"shop/use.py": f"{BESIDE}(app.\n    route('/'))(home)\n"}, id="a-dot-at-the-end-of-a-line"
            ),
        ],
    )
    def test_still_missed(self, files: dict[str, str], project: Path) -> None:
        write(project, {**PACKAGE, **files})
        assert findings(project, triage=True) == findings(project, triage=False)


class Survivors(Protocol):
    """The files that can hold a finding, as far as triage can tell; those `named` were asked for themselves."""

    def __call__(self, files: Mapping[str, str], *named: str, **selection: tuple[str, ...]) -> set[str]: ...


@pytest.fixture
def survivors(project: Path) -> Survivors:
    def run(files: Mapping[str, str], *named: str, **selection: tuple[str, ...]) -> set[str]:
        write(project, files)
        scan = Triage(activate(RULES, MOVE, **selection), CATALOGUE.keeps)
        paths = {str(project / name): name for name in files}
        asked = [path for path, name in paths.items() if name in named]
        found = read_survivors(list(paths), asked, scan, [], triage=True)
        return {paths[survivor.path] for survivor in found if survivor.can_hold}

    return run


ROOT = "from starlette.applications import Starlette\napp = Starlette()\n"


class TestAFileThatNamesStarlette:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("app.on_event('startup')", id="attribute"),
            pytest.param("app.route('/')", id="call"),
            pytest.param(
                "client.get('/', allow_redirects=False)\nfrom starlette.testclient import TestClient", id="keyword"
            ),
            pytest.param("status.HTTP_413_REQUEST_ENTITY_TOO_LARGE", id="symbol"),
        ],
    )
    def test_survives_on_a_word_of_the_rules(self, text: str, survivors: Survivors) -> None:
        assert survivors({"a.py": ROOT + text}) == {"a.py"}

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param("app.mount('/', home)", id="another-method"),
            pytest.param("from starlette.requests import Request", id="another-import"),
            pytest.param("return RedirectResponse('/', status_code=303)", id="another-argument"),
            pytest.param("# the old routes are gone", id="a-comment"),
        ],
    )
    def test_dies_without_one(self, text: str, survivors: Survivors) -> None:
        assert survivors({"a.py": f"from starlette.routing import Route\n{text}"}) == set()

    @pytest.mark.parametrize(
        "text",
        [
            "import starlette.applications as s\ns.Starlette().on_event('startup')",
            "from fastapi import FastAPI\nFastAPI().add_event_handler('startup', connect)",
        ],
    )
    def test_may_name_fastapi_instead(self, text: str, survivors: Survivors) -> None:
        assert survivors({"a.py": text}) == {"a.py"}

    def test_dies_where_only_other_rules_ask_for_its_words(self, survivors: Survivors) -> None:
        assert survivors({"a.py": f"{ROOT}app.on_event('startup')"}, select=("SU118",)) == set()

    def test_dies_where_the_rule_that_asks_is_ignored(self, survivors: Survivors) -> None:
        assert survivors({"a.py": f"{ROOT}app.on_event('startup')"}, ignore=("SU101", "SU258")) == set()


class TestAFileThatDoesNot:
    USE = "app.on_event('startup')\n"

    @pytest.mark.parametrize(
        ("root", "user"),
        [
            pytest.param("core.py", "a.py", id="beside"),
            pytest.param("shop/core.py", "shop/deep/a.py", id="in-its-package"),
            pytest.param("shop/deep/core.py", "shop/a.py", id="above-it-in-its-package"),
            pytest.param("shop/__init__.py", "shop/deep/a.py", id="below-its-package"),
            pytest.param("tests/conftest.py", "tests/unit/deeper/a.py", id="in-a-folder-below"),
        ],
    )
    def test_survives_near_one_that_does(self, root: str, user: str, survivors: Survivors) -> None:
        files = {"shop/__init__.py": "", "shop/deep/__init__.py": "", root: ROOT, user: self.USE}
        assert user in survivors(files)

    @pytest.mark.parametrize(
        "importing", ["from shop.core import app", "import shop", "from shop import core as c"]
    )
    @pytest.mark.parametrize("folder", ["", "src/", "services/backend/"])
    def test_survives_anywhere_where_it_names_the_others_package(
        self, folder: str, importing: str, survivors: Survivors
    ) -> None:
        files = {f"{folder}shop/__init__.py": "", f"{folder}shop/core.py": ROOT}
        assert "scripts/a.py" in survivors({**files, "scripts/a.py": f"{importing}\n{self.USE}"})

    @pytest.mark.parametrize(
        ("root", "user"),
        [
            pytest.param("other.txt", "a.py", id="alone"),
            pytest.param("service/core.py", "scripts/a.py", id="in-another-folder"),
            pytest.param("shop/core.py", "a.py", id="above-the-package"),
            pytest.param("shop/core.py", "store/a.py", id="in-another-package"),
        ],
    )
    def test_dies_elsewhere(self, root: str, user: str, survivors: Survivors) -> None:
        files = {"shop/__init__.py": "", "store/__init__.py": "", root: ROOT, user: self.USE}
        assert user not in survivors({name: text for name, text in files.items() if name != "other.txt"})

    def test_dies_beside_one_without_a_word_of_the_rules(self, survivors: Survivors) -> None:
        assert survivors({"core.py": ROOT, "a.py": "app.mount('/', home)"}) == set()

    def test_survives_alone_where_it_was_asked_for_itself(self, survivors: Survivors) -> None:
        assert survivors({"a.py": self.USE, "b.py": self.USE}, "a.py") == {"a.py"}

    def test_dies_where_nothing_near_names_the_class_that_the_rule_is_about(self, survivors: Survivors) -> None:
        use = "session.get('/', allow_redirects=False)"
        assert survivors({"core.py": ROOT, "a.py": use}) == set()
        assert survivors({"core.py": f"{ROOT}from starlette.testclient import TestClient", "a.py": use}) == {"a.py"}


def test_without_triage_every_file_is_read(project: Path) -> None:
    write(project, {"a.py": "x = 1\n", "b.py": ")\n"})
    result = pipeline.check(Options((project,), MOVE, triage=False), RULES)
    assert [problem.path for problem in result.problems] == [project / "b.py"]


def test_an_unreadable_file_is_told_and_the_rest_goes_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"a.py": f"{ROOT}app.on_event('startup')\n", "locked.py": ROOT})
    opened = os.open

    def refuse(path: str, flags: int) -> int:
        if str(path).endswith("locked.py"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags)

    monkeypatch.setattr(os, "open", refuse)
    result = pipeline.check(Options((project,), MOVE), RULES)
    assert [finding.path for finding in result.findings] == [project / "a.py"]
    assert [(problem.path, problem.message) for problem in result.problems] == [
        (project / "locked.py", "can't be read: Permission denied")
    ]


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000])
def test_a_file_of_any_size_is_read_whole(size: int, project: Path) -> None:
    text = f"{ROOT}{'#' * size}\napp.on_event('startup')\n"
    write(project, {"a.py": text})
    (found,) = pipeline.check(Options((project,), MOVE), RULES).findings
    assert found.span.line == 4
