"""The catalogue of known classes, read from rules/model/*.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.semantics.catalogue import Catalogue
from tests.semantics.conftest import describe

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize("data", [b"[classes\n", b'a = "\xe9"\n'])
def test_a_file_that_is_no_toml_is_named(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_bytes(data)
    with pytest.raises(RulesetError, match=r"^model/shop\.toml: "):
        Catalogue(tmp_path)
