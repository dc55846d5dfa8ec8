"""Classes of the project: bases to any depth, members, and who owns a method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.semantics.inference import Inference
from starlette_upgrade.semantics.project import Project
from starlette_upgrade.semantics.types import ClassType

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.semantics.catalogue import Catalogue
    from tests.semantics.conftest import Reveal, RevealAll

IMPORTS = """\
from functools import cached_property
from starlette.applications import Starlette
from starlette.routing import Router
from starlette.testclient import TestClient
"""
STARLETTE = "starlette.applications.Starlette"


class TestSubclasses:
    def test_are_classes_of_their_module(self, reveal_all: RevealAll) -> None:
        source = "class App(Starlette): ...\nreveal(App)\nreveal(App())"
        assert reveal_all(IMPORTS + source) == ["type[main.App]", "main.App"]

    @pytest.mark.parametrize("depth", [1, 2, 5, 20])
    def test_have_their_bases_attributes_at_any_depth(self, depth: int, reveal: Reveal) -> None:
        classes = "".join(f"class C{number + 1}(C{number}): ...\n" for number in range(depth))
        assert reveal(f"{IMPORTS}class C0(Starlette): ...\n{classes}reveal(C{depth}().router)") == "Router"

    def test_across_files(self, reveal: Reveal) -> None:
        files = {
            f"m{number}.py": f"from m{number + 1} import C{number + 1}\nclass C{number}(C{number + 1}): ..."
            for number in range(5)
        }
        files |= {"m5.py": IMPORTS + "class C5(Starlette): ..."}
        assert reveal({**files, "main.py": "import m0\nreveal(m0.C0().router)"}) == "Router"

    @pytest.mark.parametrize(
        "bases",
        [
            pytest.param("Mixin, Starlette", id="after-a-mixin"),
            pytest.param("Starlette, Mixin", id="before-a-mixin"),
            pytest.param("Unknown, Starlette", id="after-something-unknown"),
            pytest.param("Starlette, metaclass=Meta", id="with-a-metaclass"),
            pytest.param("Generic[T], Starlette", id="generic"),
            pytest.param("starlette.applications.Starlette", id="dotted"),
        ],
    )
    def test_may_have_other_bases(self, bases: str, reveal: Reveal) -> None:
        more = "import starlette.applications\nfrom typing import Generic\nclass Mixin: ...\n"
        assert reveal(f"{IMPORTS}{more}class App({bases}): ...\nreveal(App().router)") == "Router"

    def test_of_a_base_chosen_at_run_time(self, reveal: Reveal) -> None:
        source = "Base = Starlette if modern else object\nclass App(Base): ...\nreveal(App().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_of_a_class_that_a_function_returns(self, reveal: Reveal) -> None:
        source = "def base():\n    return Starlette\nclass App(base()): ...\nreveal(App().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_inside_a_function(self, reveal: Reveal) -> None:
        source = "def make():\n    class App(Starlette): ...\n    return App()\nreveal(make().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_nested_in_a_class(self, reveal: Reveal) -> None:
        source = "class Server:\n    class App(Starlette): ...\nreveal(Server.App().router)"
        assert reveal(IMPORTS + source) == "Router"

    @pytest.mark.parametrize(
        "source",
        [
            "class A(A): ...\nreveal(A().router)",
            "class A(B): ...\nclass B(A): ...\nreveal(A().router)",
        ],
    )
    def test_in_a_circle_end(self, source: str, reveal: Reveal) -> None:
        assert reveal(source) == "?"

    def test_in_a_circle_of_files_end(self, reveal: Reveal) -> None:
        files = {"a.py": "from b import B\nclass A(B): ...", "b.py": "from a import A\nclass B(A): ..."}
        assert reveal({**files, "main.py": "from a import A\nreveal(A().router)"}) == "?"


class TestMembers:
    def test_an_own_method_decides(self, reveal: Reveal) -> None:
        source = "class Client(TestClient):\n    def get(self, url) -> Router: ...\nreveal(Client(app).get('/'))"
        assert reveal(IMPORTS + source) == "Router"

    def test_a_mixins_method_goes_before_the_bases(self, reveal: Reveal) -> None:
        source = """\
class Mixin:
    def get(self, url) -> Router: ...
class Client(Mixin, TestClient): ...
reveal(Client(app).get('/'))
"""
        assert reveal(IMPORTS + source) == "Router"

    def test_a_method_returns_its_annotation(self, reveal: Reveal) -> None:
        source = "class Server:\n    def app(self) -> Starlette: ...\nreveal(Server().app())"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_method_returns_what_it_returns(self, reveal: Reveal) -> None:
        source = """\
class Server:
    def __init__(self):
        self._app = Starlette()
    def app(self):
        return self._app
    def run(self):
        reveal(self.app())
"""
        assert reveal(IMPORTS + source) == "Starlette"

    @pytest.mark.parametrize("decorator", ["property", "cached_property", "functools.cached_property"])
    def test_a_property_is_what_it_returns(self, decorator: str, reveal: Reveal) -> None:
        source = (
            f"class Server:\n    @{decorator}\n    def app(self):\n        return Starlette()\nreveal(Server().app)"
        )
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_property_with_an_annotation(self, reveal: Reveal) -> None:
        source = "class Server:\n    @property\n    def app(self) -> Starlette: ...\nreveal(Server().app.router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_a_property_with_a_setter(self, reveal: Reveal) -> None:
        source = """\
class Server:
    @property
    def app(self):
        return Starlette()
    @app.setter
    def app(self, value):
        self._app = value
reveal(Server().app)
"""
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_property_of_the_class_itself_is_no_value(self, reveal: Reveal) -> None:
        source = "class Server:\n    @property\n    def app(self):\n        return Starlette()\nreveal(Server.app)"
        assert reveal(IMPORTS + source) != "Starlette"

    def test_a_classmethod_gets_the_class(self, reveal_all: RevealAll) -> None:
        source = """\
class App(Starlette):
    @classmethod
    def create(cls):
        reveal(cls)
        return cls()
reveal(App.create())
"""
        assert reveal_all(IMPORTS + source) == ["type[main.App]", "main.App"]

    def test_a_staticmethod_gets_no_self(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    @staticmethod\n    def create(first):\n        reveal(first)"
        assert reveal(IMPORTS + source) == "?"

    def test_self_is_an_instance_of_the_class(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    def setup(self):\n        reveal(self.router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_self_in_an_inner_function_is_the_methods(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    def setup(self):\n        def view(request):\n            reveal(self)"
        assert reveal(IMPORTS + source) == "main.App"

    def test_a_method_that_returns_self_gives_the_object(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    def setup(self):\n        return self\nreveal(App().setup().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_an_object_that_is_called_gives_what_call_returns(self, reveal: Reveal) -> None:
        source = "class Factory:\n    def __call__(self):\n        return Starlette()\nreveal(Factory()())"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_dataclass_field_is_what_it_declares(self, reveal: Reveal) -> None:
        source = "import dataclasses\n@dataclasses.dataclass\nclass C:\n    app: Starlette\nreveal(C(x).app)"
        assert reveal(IMPORTS + source) == "Starlette"

    @pytest.mark.parametrize(
        "definition",
        [
            pytest.param("from pydantic import BaseModel\nclass Context(BaseModel):", id="pydantic"),
            pytest.param("import attrs\n@attrs.define\nclass Context:", id="attrs"),
            pytest.param("from pydantic.dataclasses import dataclass\n@dataclass\nclass Context:", id="decorated"),
        ],
    )
    def test_a_field_of_a_model_is_what_it_declares(self, definition: str, reveal: Reveal) -> None:
        source = f"{definition}\n    app: Starlette\nreveal(Context(app=x).app)"
        assert reveal(IMPORTS + source) == "Starlette"

    def test_what_a_method_sets_inside_of_a_function_belongs_to_the_object(self, reveal: Reveal) -> None:
        source = "class C:\n    def f(self):\n        def g():\n            self.app = Starlette()\n"
        assert reveal(f"{IMPORTS}{source}reveal(C().app)") == "Starlette"

    def test_a_classmethod_that_sets_an_attribute(self, reveal: Reveal) -> None:
        source = "class T:\n    @classmethod\n    def setUpClass(cls):\n        cls.app = Starlette()\n"
        assert reveal(f"{IMPORTS}{source}    def test(self):\n        reveal(self.app)") == "Starlette"

    def test_a_named_tuple_field_is_what_it_declares(self, reveal: Reveal) -> None:
        source = (
            "from typing import NamedTuple\nclass Context(NamedTuple):\n    app: Starlette\nreveal(Context(x).app)"
        )
        assert reveal(IMPORTS + source) == "Starlette"

    def test_a_member_nobody_knows_is_a_method_of_the_class_it_is_asked_of(self, reveal: Reveal) -> None:
        assert reveal(IMPORTS + "class App(Starlette): ...\nreveal(App().on_event)") == "method main.App.on_event"

    def test_a_member_of_an_ordinary_class_is_unknown(self, reveal: Reveal) -> None:
        assert reveal("class App: ...\nreveal(App().on_event)") == "?"


class TestSuper:
    def test_finds_the_bases_attributes(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    def setup(self):\n        reveal(super().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_passes_over_the_class_itself(self, reveal: Reveal) -> None:
        source = """\
class Client(TestClient):
    def get(self, url):
        return reveal(super().get(url))
"""
        assert reveal(IMPORTS + source) == "TestClientResponse"

    def test_with_arguments_is_the_same(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    def setup(self):\n        reveal(super(App, self).router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_finds_a_project_base_first(self, reveal: Reveal) -> None:
        source = """\
class Base(TestClient):
    def get(self, url) -> Router: ...
class Client(Base):
    def get(self, url):
        reveal(super().get(url))
"""
        assert reveal(IMPORTS + source) == "Router"

    def test_in_a_classmethod(self, reveal: Reveal) -> None:
        source = "class App(Starlette):\n    @classmethod\n    def create(cls):\n        reveal(super().router)"
        assert reveal(IMPORTS + source) == "Router"

    def test_outside_a_class_is_unknown(self, reveal: Reveal) -> None:
        assert reveal("reveal(super())") == "?"


def owner_of(on_event: str, source: str, folder: Path, catalogue: Catalogue) -> str | None:
    """Whose `on_event` an instance of the source's class `App` has, among those that a rule speaks of."""
    file = folder / "main.py"
    file.write_text(IMPORTS + source)
    inference = Inference(Project([str(file)]), catalogue)
    module = inference.project.module_at(file)
    assert module is not None
    cls = inference.imports.member_of_module(module, "App")
    assert isinstance(cls, ClassType)
    return inference.classes.owner(cls, on_event, (STARLETTE, "starlette.routing.Router"))


class TestOwner:
    """Who an attribute belongs to: a class that defines a removed method itself keeps it."""

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param("App = Starlette", id="the-class-itself"),
            pytest.param("class App(Starlette): ...", id="subclass"),
            pytest.param("class Base(Starlette): ...\nclass App(Base): ...", id="subclass-of-a-subclass"),
            pytest.param("class Mixin: ...\nclass App(Mixin, Starlette): ...", id="with-a-mixin"),
            pytest.param("class App(Starlette):\n    def route(self): ...", id="with-another-method"),
            pytest.param("def on_event(): ...\nclass App(Starlette): ...", id="beside-a-function-of-that-name"),
        ],
    )
    def test_is_starlette(self, source: str, project_folder: Path, catalogue: Catalogue) -> None:
        assert owner_of("on_event", source, project_folder, catalogue) == STARLETTE

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param("class App(Starlette):\n    def on_event(self, kind): ...", id="own-method"),
            pytest.param("class App(Starlette):\n    on_event = register", id="own-attribute"),
            pytest.param("class App(Starlette):\n    on_event: Handler", id="declared"),
            pytest.param(
                "class App(Starlette):\n    def __init__(self):\n        self.on_event = []", id="set-on-self"
            ),
            pytest.param("class A(Starlette):\n    def on_event(self): ...\nclass App(A): ...", id="inherited"),
            pytest.param("class M:\n    def on_event(self): ...\nclass App(M, Starlette): ...", id="from-a-mixin"),
            pytest.param("class App(Starlette): ...\nApp.on_event = register", id="set-from-outside"),
            pytest.param("class App(Starlette): ...\n@patch\ndef on_event(self: App): ...", id="patched-in"),
            pytest.param("from fastapi import FastAPI as App", id="fastapi"),
            pytest.param("from fastapi import FastAPI\nclass App(FastAPI): ...", id="subclass-of-fastapi"),
            pytest.param("class App: ...", id="no-descendant"),
            pytest.param("class App(Unknown): ...", id="of-an-unknown-base"),
        ],
    )
    def test_is_somebody_else(self, source: str, project_folder: Path, catalogue: Catalogue) -> None:
        assert owner_of("on_event", source, project_folder, catalogue) is None

    def test_a_mixin_after_starlette_does_not_hide_it(self, project_folder: Path, catalogue: Catalogue) -> None:
        source = "class M:\n    def on_event(self): ...\nclass App(Starlette, M): ..."
        assert owner_of("on_event", source, project_folder, catalogue) == STARLETTE

    def test_a_sibling_goes_before_the_base_that_both_share(
        self, project_folder: Path, catalogue: Catalogue
    ) -> None:
        source = "class A(Starlette): ...\nclass B(Starlette):\n    def on_event(self): ...\nclass App(A, B): ..."
        assert owner_of("on_event", source, project_folder, catalogue) is None

    def test_a_class_with_a_base_nobody_knows_is_open(self, project_folder: Path, catalogue: Catalogue) -> None:
        file = project_folder / "main.py"
        file.write_text("class A(load()): ...\nclass B(A): ...\nclass C: ...")
        inference = Inference(Project([str(file)]), catalogue)
        module = inference.project.module_at(file)
        assert module is not None
        found = {name: inference.imports.member_of_module(module, name) for name in "ABC"}
        assert [inference.classes.is_open(cls) for cls in found.values() if isinstance(cls, ClassType)] == [
            True,
            True,
            False,
        ]
