"""pytest fixtures: a test's parameter is what the fixture of its name returns or yields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal, RevealAll

IMPORTS = """\
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Protocol
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Router
from starlette.testclient import TestClient
"""
USE = "def test_it(client):\n    reveal(client)\n"
FIXTURE = IMPORTS + "@pytest.fixture\ndef client():\n    return TestClient(Starlette())\n"


@pytest.mark.parametrize(
    "fixture",
    [
        pytest.param("@pytest.fixture\ndef client():\n    return TestClient(app)", id="returns"),
        pytest.param("@pytest.fixture\ndef client():\n    yield TestClient(app)", id="yields"),
        pytest.param("@pytest.fixture()\ndef client():\n    return TestClient(app)", id="called"),
        pytest.param(
            "@pytest.fixture(scope='session')\ndef client():\n    return TestClient(app)", id="with-scope"
        ),
        pytest.param("@pytest.fixture\ndef client() -> TestClient: ...", id="annotated"),
        pytest.param("@pytest.fixture\ndef client() -> Iterator[TestClient]: ...", id="annotated-iterator"),
        pytest.param("@pytest.fixture\ndef client() -> Generator[TestClient, None, None]: ...", id="generator"),
        pytest.param("@pytest.fixture\nasync def client() -> AsyncIterator[TestClient]: ...", id="async-iterator"),
        pytest.param(
            "@pytest.fixture\ndef client():\n    with TestClient(app) as c:\n        yield c", id="yields-entered"
        ),
        pytest.param(
            "@pytest_asyncio.fixture\nasync def client():\n    yield TestClient(app)", id="pytest-asyncio"
        ),
        pytest.param(
            "from pytest import fixture\n@fixture\ndef client():\n    return TestClient(app)", id="by-name"
        ),
        pytest.param("@pytest.yield_fixture\ndef client():\n    yield TestClient(app)", id="yield-fixture"),
        pytest.param("@pytest.fixture(name='client')\ndef make_client():\n    return TestClient(app)", id="name"),
        pytest.param(
            "@pytest.fixture(params=[1, 2])\ndef client(request):\n    return TestClient(app)", id="params"
        ),
        pytest.param(
            "@pytest.fixture\ndef app():\n    return Starlette()\n"
            "@pytest.fixture\ndef client(app):\n    return TestClient(app)",
            id="of-another-fixture",
        ),
    ],
)
def test_a_parameter_is_what_its_fixture_gives(fixture: str, reveal: Reveal) -> None:
    assert reveal(f"{IMPORTS}{fixture}\n{USE}") == "TestClient"


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("async def test_it(client):\n    reveal(client)", id="async"),
        pytest.param("def test_it(tmp_path, client, monkeypatch):\n    reveal(client)", id="among-others"),
        pytest.param(
            "@pytest.mark.parametrize('a', [1])\ndef test_it(a, client):\n    reveal(client)", id="parametrized"
        ),
        pytest.param("class TestIt:\n    def test_it(self, client):\n        reveal(client)", id="method"),
        pytest.param("def test_it(client):\n    def inner():\n        reveal(client)", id="inner-function"),
        pytest.param("def test_it(*, client):\n    reveal(client)", id="keyword-only"),
    ],
)
def test_every_kind_of_test_is_given_fixtures(test: str, reveal: Reveal) -> None:
    assert reveal(f"{FIXTURE}\n{test}") == "TestClient"


class TestWhere:
    def test_in_the_conftest_beside(self, reveal: Reveal) -> None:
        assert reveal({"conftest.py": FIXTURE, "test_it.py": USE}) == "TestClient"

    def test_in_a_conftest_above(self, reveal: Reveal) -> None:
        assert reveal({"tests/conftest.py": FIXTURE, "tests/unit/deep/test_it.py": USE}) == "TestClient"

    def test_the_nearest_conftest_decides(self, reveal: Reveal) -> None:
        near = IMPORTS + "@pytest.fixture\ndef client():\n    return Router()"
        assert reveal({"conftest.py": FIXTURE, "unit/conftest.py": near, "unit/test_it.py": USE}) == "Router"

    def test_the_module_goes_before_its_conftest(self, reveal: Reveal) -> None:
        near = IMPORTS + "@pytest.fixture\ndef client():\n    return Router()\n"
        assert reveal({"conftest.py": FIXTURE, "test_it.py": near + USE}) == "Router"

    def test_the_class_goes_before_its_module(self, reveal: Reveal) -> None:
        test = """\
class TestIt:
    @pytest.fixture
    def client(self):
        return Router()
    def test_it(self, client):
        reveal(client)
"""
        assert reveal(FIXTURE + test) == "Router"

    def test_in_a_base_class_of_the_test(self, reveal: Reveal) -> None:
        files = {
            "base.py": IMPORTS
            + "class Base:\n    @pytest.fixture\n    def client(self):\n        return TestClient(app)",
            "test_it.py": "import base\nclass TestIt(base.Base):\n    def test(self, client): reveal(client)",
        }
        assert reveal(files) == "TestClient"

    @pytest.mark.parametrize("importing", ["from fixtures import client", "from fixtures import *"])
    @pytest.mark.parametrize("into", ["conftest.py", "test_it.py"])
    def test_imported(self, importing: str, into: str, reveal: Reveal) -> None:
        files = {"fixtures.py": FIXTURE, "conftest.py": "", "test_it.py": USE}
        assert reveal({**files, into: f"{importing}\n{files[into]}"}) == "TestClient"

    def test_a_conftest_in_another_folder_does_not_count(self, reveal: Reveal) -> None:
        assert reveal({"other/conftest.py": FIXTURE, "tests/test_it.py": USE}) == "?"

    def test_a_conftest_outside_the_repository_does_not_count(self, reveal: Reveal) -> None:
        files = {"conftest.py": FIXTURE, "service/.git/HEAD": "", "service/test_it.py": USE}
        assert reveal(files) == "?"

    def test_a_fixture_that_extends_the_one_above(self, reveal: Reveal) -> None:
        extended = "import pytest\n@pytest.fixture\ndef client(client):\n    prepare(client)\n    return client\n"
        assert reveal({"conftest.py": FIXTURE, "test_it.py": extended + USE}) == "TestClient"

    def test_a_fixture_may_use_one_of_a_nearer_conftest(self, reveal: Reveal) -> None:
        above = IMPORTS + "@pytest.fixture\ndef app():\n    return Starlette()"
        near = IMPORTS + "@pytest.fixture\ndef client(app):\n    return app.router"
        assert reveal({"conftest.py": above, "unit/conftest.py": near, "unit/test_it.py": USE}) == "Router"


class TestFactories:
    """Fixtures that give a function which makes the object."""

    USE = "def test_it(make_client):\n    reveal(make_client())\n"

    @pytest.mark.parametrize(
        "fixture",
        [
            pytest.param(
                "def make_client():\n    def make(**kw):\n        return TestClient(app, **kw)\n    return make",
                id="inner-function",
            ),
            pytest.param("def make_client():\n    return functools.partial(TestClient, app)", id="partial"),
            pytest.param("def make_client():\n    return lambda: TestClient(app)", id="lambda"),
            pytest.param("def make_client():\n    return TestClient", id="class"),
            pytest.param("def make_client() -> Callable[..., TestClient]: ...", id="callable"),
            pytest.param("def make_client() -> 'Callable[[int], TestClient]': ...", id="callable-string"),
            pytest.param("def make_client() -> Factory: ...", id="protocol"),
            pytest.param("def make_client() -> Iterator[Factory]: ...", id="yielded-protocol"),
            pytest.param("def make_client() -> type[TestClient]: ...", id="type"),
        ],
    )
    def test_calling_the_parameter_gives_what_the_function_makes(self, fixture: str, reveal: Reveal) -> None:
        protocol = "class Factory(Protocol):\n    def __call__(self, **options: int) -> TestClient: ...\n"
        assert reveal(f"{IMPORTS}{protocol}@pytest.fixture\n{fixture}\n{self.USE}") == "TestClient"

    @pytest.mark.parametrize(
        "annotation",
        ["Callable[..., TestClient]", "'Callable[[Starlette], TestClient]'", "Factory", "type[TestClient]"],
    )
    def test_the_tests_own_annotation_says_it_too(self, annotation: str, reveal: Reveal) -> None:
        protocol = "class Factory(Protocol):\n    def __call__(self, app: Starlette) -> TestClient: ...\n"
        source = f"def test_it(make_client: {annotation}):\n    reveal(make_client(app))"
        assert reveal(IMPORTS + protocol + source) == "TestClient"

    def test_a_factory_of_context_managers(self, reveal: Reveal) -> None:
        source = """\
@pytest.fixture
def serving():
    @contextlib.contextmanager
    def serve():
        with TestClient(app) as client:
            yield client
    return serve
def test_it(serving):
    with serving() as client:
        reveal(client)
"""
        assert reveal(IMPORTS + source) == "TestClient"


class TestParametrize:
    @pytest.mark.parametrize(
        ("mark", "expected"),
        [
            pytest.param("'client', [TestClient(app)]", "TestClient", id="one"),
            pytest.param("'client', (TestClient(app), Router())", "Router | TestClient", id="several"),
            pytest.param("'a, client', [(1, TestClient(app))]", "TestClient", id="one-of-two"),
            pytest.param("['a', 'client'], [[1, TestClient(app)]]", "TestClient", id="names-in-a-list"),
            pytest.param("'client', [pytest.param(TestClient(app), id='x')]", "TestClient", id="param"),
            pytest.param("'client', ['text']", "value", id="plain"),
            pytest.param("argnames='client', argvalues=[TestClient(app)]", "TestClient", id="by-keyword"),
            pytest.param("'client', make_values()", "?", id="made-elsewhere"),
        ],
    )
    def test_a_parameter_is_one_of_the_values(self, mark: str, expected: str, reveal: Reveal) -> None:
        source = f"@pytest.mark.parametrize({mark})\ndef test_it(a, client):\n    reveal(client)"
        assert reveal(f"{IMPORTS}app = Starlette()\n{source}") == expected

    @pytest.mark.parametrize(
        ("fixture", "expected"),
        [
            pytest.param("[TestClient(app)])\ndef client(request): return request.param", "TestClient", id="param"),
            pytest.param("[make])\ndef client(request): return request.param()", "Router", id="called"),
            pytest.param("[1, 2])\ndef client(request): return request.param", "value", id="plain"),
            pytest.param("values)\ndef client(request): return request.param", "?", id="made-elsewhere"),
        ],
    )
    def test_a_fixture_is_made_of_its_params(self, fixture: str, expected: str, reveal: Reveal) -> None:
        source = f"app = Starlette()\ndef make(): return Router()\n@pytest.fixture(params={fixture}\n{USE}"
        assert reveal(IMPORTS + source) == expected

    def test_the_request_of_a_fixture_is_pytests(self, reveal: Reveal) -> None:
        assert reveal("def test_it(request):\n    reveal(request)") == "pytest.FixtureRequest"


class TestByName:
    def test_getfixturevalue_gives_the_fixture(self, reveal: Reveal) -> None:
        source = "def test_it(request):\n    client = request.getfixturevalue('client')\n    reveal(client)"
        assert reveal({"conftest.py": FIXTURE, "test_it.py": source}) == "TestClient"

    @pytest.mark.parametrize("named", ["'helpers.fixtures'", "['helpers.fixtures']", "('a', 'helpers.fixtures')"])
    @pytest.mark.parametrize("by", ["conftest.py", "test_it.py"])
    def test_pytest_plugins_gives_its_fixtures(self, named: str, by: str, reveal: Reveal) -> None:
        files = {"helpers/__init__.py": "", "helpers/fixtures.py": FIXTURE, "conftest.py": "", "test_it.py": USE}
        assert reveal({**files, by: f"pytest_plugins = {named}\n{files[by]}"}) == "TestClient"


class TestNot:
    def test_an_annotation_goes_before_the_fixture(self, reveal: Reveal) -> None:
        assert reveal(FIXTURE + "def test_it(client: Router):\n    reveal(client)") == "Router"

    def test_an_annotation_that_says_nothing_leaves_it_to_the_fixture(self, reveal: Reveal) -> None:
        source = "from typing import Any\ndef test_it(client: Any):\n    reveal(client)"
        assert reveal(FIXTURE + source) == "TestClient"

    def test_a_function_that_is_no_test_is_given_nothing(self, reveal: Reveal) -> None:
        assert reveal(FIXTURE + "def helper(client):\n    reveal(client)") == "?"

    def test_a_function_that_is_no_fixture_gives_nothing(self, reveal: Reveal) -> None:
        assert reveal(f"{IMPORTS}def client():\n    return TestClient(app)\n{USE}") == "?"

    @pytest.mark.parametrize(
        "decorated",
        [
            pytest.param("@pytest.mark.parametrize('client', [connect()])\n", id="alone"),
            pytest.param("@pytest.mark.parametrize('a, client', [(1, connect())])\n", id="among-others"),
        ],
    )
    def test_what_parametrize_gives_hides_the_fixture(self, decorated: str, reveal: Reveal) -> None:
        assert reveal(f"{FIXTURE}{decorated}def test_it(a, client):\n    reveal(client)") == "?"

    @pytest.mark.parametrize(
        "test",
        [
            pytest.param(
                "@pytest.mark.parametrize(['a', 'client'], [(1, connect())])\n"
                "def test_it(a, client):\n    reveal(client)",
                id="a-list-of-names",
            ),
            pytest.param(
                "@pytest.mark.parametrize('client', [connect()])\n"
                "class TestIt:\n    def test(self, client):\n        reveal(client)",
                id="above-the-class",
            ),
            pytest.param(
                "pytestmark = pytest.mark.parametrize('client', [connect()])\n"
                "def test(client):\n    reveal(client)",
                id="for-the-module",
            ),
        ],
    )
    def test_however_it_is_written(self, test: str, reveal: Reveal) -> None:
        assert reveal(FIXTURE + test) == "?"

    def test_unless_it_only_tells_the_fixture_what_to_make(self, reveal: Reveal) -> None:
        decorated = "@pytest.mark.parametrize('client', [1], indirect=True)\n"
        assert reveal(f"{FIXTURE}{decorated}def test_it(client):\n    reveal(client)") == "TestClient"

    def test_a_fixture_that_asks_for_itself_ends(self, reveal: Reveal) -> None:
        source = "import pytest\n@pytest.fixture\ndef client(client):\n    return client\n"
        assert reveal(source + USE) == "?"

    def test_fixtures_that_ask_for_each_other_end(self, reveal: Reveal) -> None:
        source = (
            "@pytest.fixture\ndef a(client):\n    return client\n@pytest.fixture\ndef client(a):\n    return a\n"
        )
        assert reveal(IMPORTS + source + USE) == "?"

    def test_a_conftest_that_is_no_python_gives_nothing(self, reveal: Reveal) -> None:
        assert reveal({"conftest.py": "def client(:\n", "test_it.py": USE}) == "?"


def test_two_fixtures_of_one_name_in_one_module_the_last_one_counts(reveal: Reveal) -> None:
    first = "@pytest.fixture\ndef client():\n    return Router()\n"
    assert reveal(IMPORTS + first + FIXTURE.removeprefix(IMPORTS) + USE) == "TestClient"


def test_a_fixture_chosen_at_import_time_may_be_either(reveal_all: RevealAll) -> None:
    source = """\
if modern:
    @pytest.fixture
    def client():
        return TestClient(app)
else:
    @pytest.fixture
    def client():
        return Router()
"""
    (found,) = reveal_all(IMPORTS + source + USE)
    assert found in ("Router | TestClient", "Router", "TestClient", "?")


def test_unittest_setup_gives_the_attribute(reveal: Reveal) -> None:
    source = """\
import unittest
class TestIt(unittest.TestCase):
    def setUp(self):
        self.client = TestClient(Starlette())
    def test_it(self):
        reveal(self.client)
"""
    assert reveal(IMPORTS + source) == "TestClient"
