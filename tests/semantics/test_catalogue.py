"""The catalogue of known classes, read from rules/model/*.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.known import load_built_on
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.semantics.catalogue import Catalogue
from tests.semantics.conftest import describe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette_upgrade.semantics.types import Type

MODEL = """
package = "shop"

[modules]
"shop.web" = "shop.core"

[symbols]
"shop.App" = "shop.core.App"
"shop.Old" = "shop.App"

[classes]
"shop.core.App" = {}
"shop.core.Sub" = { bases = ["shop.core.App"], keeps = ["gone"], accepts = ["extra"] }

[classes."shop.core.Router"]
attributes = { app = "shop.core.App", cls = "type[shop.App]", either = "shop.App | shop.core.Sub", none = "None" }
returns = { make = "shop.App" }

[classes."shop.core.Own"]
bases = ["shop.core.Router"]
attributes = { app = "shop.core.Sub" }

[functions]
"shop.core.make" = "shop.core.App"

[instances]
"shop.core.app" = "shop.core.App"
"""


@pytest.fixture
def model(tmp_path: Path) -> Catalogue:
    (tmp_path / "shop.toml").write_text(MODEL)
    return Catalogue(tmp_path)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        pytest.param("shop.core.App", "shop.core.App", id="its-own"),
        pytest.param("shop.App", "shop.core.App", id="symbol"),
        pytest.param("shop.Old", "shop.core.App", id="symbol-of-a-symbol"),
        pytest.param("shop.web.App", "shop.core.App", id="module"),
        pytest.param("shop.web", "shop.core", id="module-itself"),
        pytest.param("shop.web.nobody.knows", "shop.core.nobody.knows", id="anything-in-a-module"),
        pytest.param("shop.App.method", "shop.core.App.method", id="member-of-a-symbol"),
        pytest.param("other.App", "other.App", id="of-another-package"),
        pytest.param("App", "App", id="without-a-module"),
    ],
)
def test_a_thing_has_one_name(name: str, canonical: str, model: Catalogue) -> None:
    assert model.canonical(name) == canonical


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("shop.App", "type[shop.core.App]"),
        ("shop.web.Sub", "type[shop.core.Sub]"),
        ("shop.core.app", "shop.core.App"),
        ("shop.core.make", "name shop.core.make"),
        ("other.thing", "name other.thing"),
    ],
)
def test_a_name_is_a_class_an_object_or_just_a_name(name: str, found: str, model: Catalogue) -> None:
    assert describe(model.find(name)) == found


@pytest.mark.parametrize(
    ("cls", "attribute", "found"),
    [
        ("shop.core.Router", "app", "shop.core.App"),
        ("shop.core.Router", "cls", "type[shop.core.App]"),
        ("shop.core.Router", "either", "shop.core.App | shop.core.Sub"),
        ("shop.core.Router", "none", "?"),
        ("shop.core.Own", "app", "shop.core.Sub"),
        ("shop.core.Own", "cls", "type[shop.core.App]"),
    ],
)
def test_an_attribute_is_its_own_or_the_bases(cls: str, attribute: str, found: str, model: Catalogue) -> None:
    known = model.attribute(cls, attribute)
    assert known is not None
    assert describe(known) == found


def test_what_it_does_not_say_is_none(model: Catalogue) -> None:
    assert model.attribute("shop.core.App", "app") is None
    assert model.attribute("nobody.Knows", "app") is None
    assert model.result("shop.core.Router", "other") is None


def test_a_method_gives_what_its_row_says(model: Catalogue) -> None:
    found = model.result("shop.core.Own", "make")
    assert found is not None
    assert describe(found) == "shop.core.App"


def test_bases_come_nearest_first(model: Catalogue) -> None:
    assert list(model.bases("shop.core.Own")) == ["shop.core.Own", "shop.core.Router"]
    assert list(model.bases("nobody.Knows")) == ["nobody.Knows"]


def test_what_a_class_keeps_and_accepts_is_its_own(model: Catalogue) -> None:
    assert model.keeps("shop.core.Sub", "gone")
    assert not model.keeps("shop.core.App", "gone")
    assert model.accepts("shop.core.Sub", "extra")
    assert not model.accepts("shop.core.App", "extra")


def test_files_add_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[classes]\n"a.A" = {}\n')
    (tmp_path / "b.toml").write_text('[classes]\n"b.B" = { bases = ["a.A"] }\n')
    assert list(Catalogue(tmp_path).bases("b.B")) == ["b.B", "a.A"]


class TestSeveralFilesAboutOneClass:
    @pytest.fixture
    def merged(self, tmp_path: Path) -> Catalogue:
        generated = """
            [symbols]
            "a.Old" = "a.A"
            [classes]
            "a.A" = { attributes = { x = "a.X", y = "a.Y" }, returns.f = "a.X" }
            "a.B" = { bases = ["a.A"], until = "1.0" }
        """
        by_hand = """
            [symbols]
            "a.Old" = "a.B"
            [classes]
            "a.A" = { attributes = { y = "a.Z" }, keeps = ["k"] }
            "a.B" = { bases = ["a.C"], parameters.f = ["a.X"] }
        """
        (tmp_path / "a.toml").write_text(generated)
        (tmp_path / "a-by-hand.toml").write_text(by_hand)
        return Catalogue(tmp_path)

    def test_add_up(self, merged: Catalogue) -> None:
        assert merged.keeps("a.A", "k")
        assert shown(merged.attribute("a.A", "x")) == "a.X"
        assert shown(merged.result("a.A", "f")) == "a.X"

    def test_what_was_written_by_hand_wins(self, merged: Catalogue) -> None:
        assert shown(merged.attribute("a.A", "y")) == "a.Z"
        assert list(merged.bases("a.B")) == ["a.B", "a.C"]
        assert merged.canonical("a.Old") == "a.B"

    def test_its_life_is_the_generated_one_unless_it_says_otherwise(
        self, tmp_path: Path, merged: Catalogue
    ) -> None:
        assert "a.B" in Catalogue(tmp_path, Version("1.0")).classes
        assert "a.B" not in Catalogue(tmp_path, Version("1.1")).classes


class TestReleases:
    MODEL = """
        [symbols]
        "a.S" = [{ is = "a.A", until = "1.0" }, { is = "a.B", since = "2.0" }]
        [functions]
        "a.f" = [{ is = "a.A", since = "2.0" }]
        [instances]
        "a.i" = [{ is = "a.A", until = "1.0" }]
        [classes]
        "a.A" = { until = "2.0", attributes.x = [{ is = "a.X", until = "1.0" }, { is = "a.Y", since = "2.0" }] }
        "a.B" = { since = "2.0", returns.f = [{ is = "a.X", since = "3.0" }] }
        [classes."a.C"]
        bases = [{ is = "a.A", until = "1.0" }, { is = ["a.B", "a.M"], since = "2.0" }]
        parameters.f = [{ is = ["a.X"], until = "1.0" }, { is = ["a.Y", "a.X"], since = "2.0" }]
        parameters.g = [{ is = ["a.X"], since = "2.0", until = "2.0" }]
    """

    @pytest.fixture
    def at(self, tmp_path: Path) -> Callable[[str | None, str | None], Catalogue]:
        (tmp_path / "a.toml").write_text(self.MODEL)

        def between(oldest: str | None, newest: str | None) -> Catalogue:
            old, new = (None if end is None else Version(end) for end in (oldest, newest))
            return Catalogue(tmp_path, old, new)

        return between

    @pytest.mark.parametrize(
        ("oldest", "newest", "alive"),
        [
            (None, None, {"a.A", "a.B", "a.C"}),
            ("1.0", "1.0", {"a.A", "a.C"}),
            ("1.0", "2.0", {"a.A", "a.B", "a.C"}),
            ("3.0", None, {"a.B", "a.C"}),
            (None, "2.0rc1", {"a.A", "a.C"}),
        ],
    )
    def test_a_class_is_there_while_it_lives(
        self, oldest: str | None, newest: str | None, alive: set[str], at: Callable[..., Catalogue]
    ) -> None:
        assert set(at(oldest, newest).classes) == alive

    @pytest.mark.parametrize(
        ("oldest", "newest", "found"),
        [
            (None, None, "a.X | a.Y"),
            ("1.0", "1.0", "a.X"),
            ("1.0", "2.0", "a.X | a.Y"),
            ("1.1", "2.0", "a.Y"),
            ("1.1", "1.2", None),
        ],
    )
    def test_a_type_is_one_of_those_alive(
        self, oldest: str | None, newest: str | None, found: str | None, at: Callable[..., Catalogue]
    ) -> None:
        assert shown(at(oldest, newest).attribute("a.A", "x")) == found

    def test_a_method_that_comes_later_gives_nothing_yet(self, at: Callable[..., Catalogue]) -> None:
        assert shown(at(None, None).result("a.B", "f")) == "a.X"
        assert at("2.0", "2.1").result("a.B", "f") is None

    @pytest.mark.parametrize(
        ("oldest", "newest", "bases"),
        [
            (None, None, ["a.B", "a.M", "a.A"]),
            ("1.0", "1.0", ["a.A"]),
            ("2.0", "3.0", ["a.B", "a.M"]),
        ],
    )
    def test_bases_are_all_those_alive_newest_first(
        self, oldest: str | None, newest: str | None, bases: list[str], at: Callable[..., Catalogue]
    ) -> None:
        assert list(at(oldest, newest).bases("a.C")) == ["a.C", *bases]

    def test_names_are_what_they_are_in_the_range(self, at: Callable[..., Catalogue]) -> None:
        old, new = at("1.0", "1.0"), at("2.0", "2.0")
        assert (old.canonical("a.S"), new.canonical("a.S")) == ("a.A", "a.B")
        assert (old.functions, new.functions) == ({}, {"a.f": "a.A"})
        assert (old.instances, new.instances) == ({"a.i": "a.A"}, {})

    @pytest.mark.parametrize(
        ("oldest", "newest", "method", "index", "found"),
        [
            ("1.0", "1.0", "f", 0, "a.X"),
            ("1.0", "1.0", "f", 1, None),
            ("2.0", "2.0", "f", 1, "a.X"),
            (None, None, "f", 0, "a.X | a.Y"),
            pytest.param(None, None, "f", 1, "? | a.X", id="unknown-where-an-alternative-is-silent"),
            (None, None, "g", 0, "a.X"),
            ("3.0", None, "g", 0, None),
        ],
    )
    def test_a_parameter(
        self,
        oldest: str | None,
        newest: str | None,
        method: str,
        index: int,
        found: str | None,
        at: Callable[..., Catalogue],
    ) -> None:
        assert shown(at(oldest, newest).parameter("a.C", method, index)) == found


class TestParameters:
    @pytest.mark.parametrize(
        ("cls", "method", "index", "found"),
        [
            pytest.param("a.A", "f", 0, "a.X", id="its-own"),
            pytest.param("a.B", "f", 0, "a.X", id="of-a-base"),
            pytest.param("a.B", "g", 1, "a.Y", id="overridden"),
            pytest.param("a.A", "g", 0, None, id="of-no-interest"),
            pytest.param("a.A", "f", 1, None, id="beyond-the-last"),
            pytest.param("a.A", "h", 0, None, id="unknown-method"),
            pytest.param("a.Unknown", "f", 0, None, id="unknown-class"),
        ],
    )
    def test_of_a_method(self, cls: str, method: str, index: int, found: str | None, tmp_path: Path) -> None:
        rows = (
            '"a.A".parameters = { f = ["a.X"], g = ["", "a.X"] }',
            '"a.B" = { bases = ["a.A"], parameters.g = ["", "a.Y"] }',
        )
        (tmp_path / "a.toml").write_text("\n".join(["[classes]", *rows]))
        assert shown(Catalogue(tmp_path).parameter(cls, method, index)) == found


class TestTheShippedModel:
    """What a test client is depends on the release; the rest is of all releases."""

    @pytest.mark.parametrize(
        ("version", "bases", "response"),
        [("0.20.4", ["requests.Session"], ["requests.Response"]), ("0.21.0", ["httpx.Client"], ["httpx.Response"])],
    )
    def test_of_one_release(self, version: str, bases: list[str], response: list[str]) -> None:
        catalogue = Catalogue(rules_folder() / "model", Version(version), Version(version))
        client = "starlette.testclient.TestClient"
        assert list(catalogue.bases(client)) == [client, *bases]
        assert shown(catalogue.result(client, "get")) == "TestClientResponse"
        given = "starlette.testclient.TestClientResponse"
        assert list(catalogue.bases(given)) == [given, *response]

    def test_of_all_releases(self, catalogue: Catalogue) -> None:
        client = "starlette.testclient.TestClient"
        assert list(catalogue.bases(client)) == [client, "httpx.Client", "requests.Session"]

    @pytest.mark.parametrize(
        ("cls", "method", "taken"),
        [
            ("middleware.base.BaseHTTPMiddleware", "dispatch", ["Request", "RequestResponseEndpoint"]),
            ("authentication.AuthenticationBackend", "authenticate", ["HTTPConnection"]),
            ("endpoints.HTTPEndpoint", "get", ["Request"]),
            ("endpoints.WebSocketEndpoint", "on_connect", ["WebSocket"]),
            ("endpoints.WebSocketEndpoint", "on_receive", ["WebSocket"]),
        ],
    )
    def test_what_overridden_methods_take(
        self, cls: str, method: str, taken: list[str], catalogue: Catalogue
    ) -> None:
        found = [catalogue.parameter(f"starlette.{cls}", method, index) for index in range(len(taken) + 1)]
        assert [shown(one) for one in found] == [*taken, None]


def shown(found: Type | None) -> str | None:
    return None if found is None else describe(found)


@pytest.mark.parametrize("data", [b"[classes\n", b'a = "\xe9"\n'])
def test_a_file_that_is_no_toml_is_named(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_bytes(data)
    with pytest.raises(RulesetError, match=r"^model/shop\.toml: "):
        Catalogue(tmp_path)


def test_packages_that_build_on_starlette_under_another_name_are_listed(catalogue: Catalogue) -> None:
    frameworks = ("starlette", "fastapi")
    building = {
        name.partition(".")[0]
        for name in catalogue.classes
        if any(base.partition(".")[0] in frameworks for base in catalogue.bases(name))
    }
    hidden = {name for name in building if not any(word in name for word in frameworks)}
    assert sorted(hidden) == list(load_built_on())


class TestFastapi:
    """FastAPI's rows live in FastAPI's releases, whatever the Starlette."""

    MODEL = """
        package = "fastapi"
        [symbols]
        "fastapi.Tasks" = [{ is = "a.Tasks", until = "0.103.2" }, { is = "b.Tasks", since = "0.104.0" }]
        [classes."fastapi.App"]
        keeps = [{ is = ["on", "route"], since = "0.90.0" }, { is = ["add"], since = "0.128.3" }]
        accepts = [{ is = ["startup"], since = "0.128.3" }]
        [classes."fastapi.Router"]
        keeps = ["on"]
        [classes."fastapi.Sse"]
        since = "0.135.0"
    """

    @pytest.fixture
    def at(self, tmp_path: Path) -> Callable[[str, str], Catalogue]:
        (tmp_path / "a.toml").write_text(self.MODEL)

        def between(oldest: str, newest: str) -> Catalogue:
            beside = Move(Version(oldest), Version(newest)) if oldest else None
            return Catalogue(tmp_path, Version("0.40.0"), Version("0.46.2"), beside)

        return between

    @pytest.mark.parametrize(
        ("oldest", "newest", "kept", "accepted"),
        [
            ("0.60.0", "0.89.1", [], []),
            ("0.60.0", "0.90.0", ["on", "route"], []),
            ("0.115.0", "0.128.2", ["on", "route"], []),
            ("0.115.0", "0.128.3", ["on", "route", "add"], ["startup"]),
            ("0.150.0", "0.150.0", ["on", "route", "add"], ["startup"]),
            ("", "", ["on", "route", "add"], ["startup"]),
        ],
    )
    def test_what_it_keeps_is_what_the_newer_release_keeps(
        self, oldest: str, newest: str, kept: list[str], accepted: list[str], at: Callable[[str, str], Catalogue]
    ) -> None:
        catalogue = at(oldest, newest)
        assert [name for name in ("on", "route", "add") if catalogue.keeps("fastapi.App", name)] == kept
        assert [name for name in ("startup",) if catalogue.accepts("fastapi.App", name)] == accepted
        assert catalogue.keeps("fastapi.Router", "on")

    def test_symbols_and_classes_live_in_its_releases(self, at: Callable[[str, str], Catalogue]) -> None:
        assert at("0.100.0", "0.103.0").canonical("fastapi.Tasks") == "a.Tasks"
        assert at("0.104.0", "0.130.0").canonical("fastapi.Tasks") == "b.Tasks"
        assert "fastapi.Sse" not in at("0.104.0", "0.134.0").classes
        assert "fastapi.Sse" in at("0.104.0", "0.135.0").classes
