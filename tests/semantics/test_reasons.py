"""What a finding says of how its receiver is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.report.place import View
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IMPORTS = """\
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.testclient import TestClient
"""
LINE = IMPORTS.count("\n")
USE = "app.add_event_handler('startup', print)"
GET = "client.get('/', allow_redirects=True)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def reason(project: Path, files: str | Mapping[str, str]) -> str:
    """The reason of the one finding, places relative to the project."""
    table = {"main.py": IMPORTS + files} if isinstance(files, str) else files
    for name, text in table.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    move = Move(Version("0.40.0"), Version("1.10.0"))
    result = pipeline.check(Options((project,), move, reasons=True), load_releases())
    (finding,) = result.findings
    assert finding.reason is not None
    return View(project).reason(finding.reason)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(f"app = Starlette()\n{USE}", "`Starlette()` makes one in main.py:{1}", id="made"),
        pytest.param(f"app = x = Starlette()\n{USE}", "`Starlette()` makes one in main.py:{1}", id="made-twice"),
        pytest.param(
            f"def make():\n    return Starlette()\napp = make()\n{USE}",
            "`make()` in main.py:{1} returns one",
            id="returned",
        ),
        pytest.param(f"def f(app: Starlette):\n    {USE}", "it is annotated so in main.py:{1}", id="parameter"),
        pytest.param(f"app: Starlette = find()\n{USE}", "it is annotated so in main.py:{1}", id="annotated"),
        pytest.param(f"def f(app=Starlette()):\n    {USE}", "its default gives one in main.py:{1}", id="default"),
        pytest.param(
            f"def f(app):\n    {USE}\nf(Starlette())", "`f(…)` is called with one in main.py:{3}", id="caller"
        ),
        pytest.param(
            f"def f(app):\n    {USE}\nBackgroundTask(f, Starlette())",
            "`f` is handed to `BackgroundTask` in main.py:{3}",
            id="role",
        ),
        pytest.param(
            f"for app in [Starlette()]:\n    {USE}", "it is taken from what holds it in main.py:{1}", id="loop"
        ),
        pytest.param(
            f"def f(app):\n    assert isinstance(app, Starlette)\n    {USE}",
            "`isinstance` has told so before in main.py:{3}",
            id="isinstance",
        ),
    ],
)
def test_a_certain_receiver_is_so_because_of_something(source: str, expected: str, project: Path) -> None:
    because = expected
    for number in range(1, 4):
        because = because.replace(f"{{{number}}}", str(LINE + number))
    assert reason(project, source) == f"`app` is a `Starlette` because {because}"


def test_a_fixture_is_named_with_its_place(project: Path) -> None:
    fixture = f"{IMPORTS}@pytest.fixture\ndef client():\n    return TestClient(None)\n"
    files = {"conftest.py": fixture, "test_it.py": f"# starlette\ndef test_it(client):\n    {GET}\n"}
    because = f"the fixture `client` gives one in conftest.py:{LINE + 2}"
    assert reason(project, files) == f"`client` is a `TestClient` because {because}"


def test_what_a_mark_lists_is_no_fixture(project: Path) -> None:
    fixture = f"{IMPORTS}@pytest.fixture\ndef client():\n    return None\n"
    mark = "@pytest.mark.parametrize('client', [TestClient(None)])"
    files = {"conftest.py": fixture, "test_it.py": f"{IMPORTS}{mark}\ndef test_it(client):\n    {GET}\n"}
    because = f"a mark lists what `client` is in test_it.py:{LINE + 2}"
    assert reason(project, files) == f"`client` is a `TestClient` because {because}"


def test_an_import_leads_to_where_the_object_is_made(project: Path) -> None:
    files = {"shop.py": f"{IMPORTS}app = Starlette()\n", "main.py": f"from shop import app\n# starlette\n{USE}\n"}
    assert reason(project, files) == f"`app` is a `Starlette` because `Starlette()` makes one in shop.py:{LINE + 1}"


def test_an_attribute_leads_to_where_it_is_set(project: Path) -> None:
    source = "class Shop:\n    def __init__(self):\n        self.app = Starlette()\n"
    source += f"    def f(self):\n        self.{USE}"
    expected = f"`self.app` is a `Starlette` because `Starlette()` makes one in main.py:{LINE + 3}"
    assert reason(project, source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            f"def f(app):\n    {USE}", "neither annotation nor caller tells of `app` in main.py:{1}", id="own"
        ),
        pytest.param(f"def test_it(app):\n    {USE}", "no fixture `app` is known in main.py:{1}", id="test"),
        pytest.param(
            f"app = find()\n{USE}", "nobody knows what `find()` gives in main.py:{1}", id="function-of-others"
        ),
    ],
)
def test_a_possible_receiver_is_one_that_nothing_tells_of(source: str, expected: str, project: Path) -> None:
    assert reason(project, source) == f"nothing says what `app` is: {expected.replace('{1}', str(LINE + 1))}"


def test_an_import_says_what_it_gives(project: Path) -> None:
    source = "from starlette.status import HTTP_422_UNPROCESSABLE_ENTITY\n"
    assert reason(project, source) == "the import gives `starlette.status.HTTP_422_UNPROCESSABLE_ENTITY`"


def test_a_class_says_what_it_derives_from(project: Path) -> None:
    source = "from starlette.middleware.gzip import GZipResponder\nclass Mine(GZipResponder):\n"
    source += "    async def send_with_gzip(self, message): ..."
    assert reason(project, source) == "the class derives from `starlette.middleware.gzip.GZipResponder`"
