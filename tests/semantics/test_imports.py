"""Every way in which a name can come into a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal, RevealAll


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from starlette.applications import Starlette\nreveal(Starlette)", id="from"),
        pytest.param("from starlette.applications import Starlette as App\nreveal(App)", id="from-as"),
        pytest.param("from starlette import applications\nreveal(applications.Starlette)", id="from-package"),
        pytest.param("from starlette import applications as a\nreveal(a.Starlette)", id="from-package-as"),
        pytest.param("import starlette.applications\nreveal(starlette.applications.Starlette)", id="import"),
        pytest.param("import starlette.applications as a\nreveal(a.Starlette)", id="import-as"),
        pytest.param("import starlette as s\nreveal(s.applications.Starlette)", id="import-package-as"),
        pytest.param("from starlette.applications import *\nreveal(Starlette)", id="star"),
        pytest.param(
            "from starlette.applications import (\n    Starlette,\n)\nreveal(Starlette)", id="in-parentheses"
        ),
        pytest.param(
            "from starlette.applications import \\\n    Starlette\nreveal(Starlette)", id="continued-line"
        ),
        pytest.param("import os, starlette.applications as a\nreveal(a.Starlette)", id="several-in-one-line"),
    ],
)
def test_a_class_is_known_however_it_is_imported(source: str, reveal: Reveal) -> None:
    assert reveal(source) == "type[Starlette]"


def test_importing_a_package_gives_its_submodules_too(reveal: Reveal) -> None:
    assert reveal("import starlette\nreveal(starlette.status.WS_1004_NO_STATUS_RCVD)") == (
        "name starlette.status.WS_1004_NO_STATUS_RCVD"
    )


def test_imports_of_sibling_submodules_share_the_package_name(reveal_all: RevealAll) -> None:
    source = """
        import starlette.applications
        import starlette.testclient
        reveal(starlette.applications.Starlette)
        reveal(starlette.testclient.TestClient)
    """
    assert reveal_all(source) == ["type[Starlette]", "type[TestClient]"]


def test_a_constant_or_function_is_a_name_of_its_module(reveal_all: RevealAll) -> None:
    source = """
        from starlette import status as codes
        from starlette.status import WS_1005_ABNORMAL_CLOSURE as closed
        reveal(codes.HTTP_200_OK)
        reveal(closed)
    """
    assert reveal_all(source) == [
        "name starlette.status.HTTP_200_OK",
        "name starlette.status.WS_1005_ABNORMAL_CLOSURE",
    ]


def test_what_no_module_is_known_of_keeps_its_dotted_name(reveal: Reveal) -> None:
    assert reveal("from somelib.web import Application as App\nreveal(App)") == "name somelib.web.Application"


def test_a_name_that_nobody_binds_is_a_builtin(reveal: Reveal) -> None:
    assert reveal("reveal(Starlette)") == "name builtins.Starlette"


@pytest.mark.parametrize("error", ["ImportError", "ModuleNotFoundError", "Exception"])
def test_a_fallback_import_gives_both(error: str, reveal: Reveal) -> None:
    source = f"""
        try:
            from starlette.testclient import TestClient
        except {error}:
            from compat import TestClient
        reveal(TestClient)
    """
    assert reveal(source) == "name compat.TestClient | type[TestClient]"


def test_a_fallback_to_none_gives_the_class_or_none(reveal: Reveal) -> None:
    source = """
        try:
            from starlette.testclient import TestClient
        except ImportError:
            TestClient = None
        reveal(TestClient)
    """
    assert reveal(source) == "None | type[TestClient]"


def test_a_name_for_type_checkers_serves_annotations(reveal: Reveal) -> None:
    source = """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from starlette.applications import Starlette
        def setup(app: "Starlette"):
            reveal(app)
    """
    assert reveal(source) == "Starlette"


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_what_type_checkers_see_hides_its_stand_in_at_run_time(test: str, reveal: Reveal) -> None:
    source = f"""
        import typing
        from typing import TYPE_CHECKING
        if {test}:
            from starlette.applications import Starlette
        else:
            Starlette = object
        def setup(app: Starlette):
            reveal(app)
    """
    assert reveal(source) == "Starlette"


def test_an_import_inside_a_function_holds_there_only(reveal_all: RevealAll) -> None:
    source = """
        def make():
            from starlette.applications import Starlette
            reveal(Starlette())
        reveal(Starlette)
    """
    assert reveal_all(source) == ["Starlette", "name builtins.Starlette"]


def test_an_import_inside_a_method_serves_its_inner_functions(reveal: Reveal) -> None:
    source = """
        class Server:
            def start(self):
                from starlette.applications import Starlette as App
                def build():
                    reveal(App())
    """
    assert reveal(source) == "Starlette"


def test_an_import_in_a_class_body_is_an_attribute_of_the_class(reveal: Reveal) -> None:
    source = """
        class Server:
            from starlette.applications import Starlette
            def start(self):
                reveal(self.Starlette())
    """
    assert reveal(source) == "Starlette"


APP = "from starlette.applications import Starlette\napp = Starlette()\n"


@pytest.mark.parametrize(
    "importing",
    [
        pytest.param("from .core import app\nreveal(app)", id="one-dot"),
        pytest.param("from . import core\nreveal(core.app)", id="module-beside"),
        pytest.param("from . import core as c\nreveal(c.app)", id="module-beside-as"),
        pytest.param("from ..pkg.core import app\nreveal(app)", id="two-dots"),
        pytest.param("from .. import pkg\nreveal(pkg.core.app)", id="package-above"),
        pytest.param("from .core import *\nreveal(app)", id="star"),
        pytest.param("import top.pkg.core\nreveal(top.pkg.core.app)", id="absolute"),
        pytest.param("import top.pkg.core as c\nreveal(c.app)", id="absolute-as"),
        pytest.param("from top.pkg.core import app as a\nreveal(a)", id="absolute-from-as"),
        pytest.param("from top.pkg import core\nreveal(core.app)", id="absolute-submodule"),
        pytest.param("from top import pkg\nreveal(pkg.core.app)", id="absolute-package"),
        pytest.param("def f():\n    from .core import app\n    reveal(app)", id="inside-a-function"),
    ],
)
def test_an_object_of_another_module_is_known_however_it_is_imported(importing: str, reveal: Reveal) -> None:
    files = {
        "top/__init__.py": "",
        "top/pkg/__init__.py": "",
        "top/pkg/core.py": APP,
        "top/pkg/views.py": importing,
    }
    assert reveal(files) == "Starlette"


def test_dots_in_a_package_file_count_from_the_package_itself(reveal: Reveal) -> None:
    files = {"pkg/__init__.py": "from .core import app\nreveal(app)", "pkg/core.py": APP}
    assert reveal(files) == "Starlette"


def test_a_module_that_is_missing_is_unknown_not_somebody_elses(reveal_all: RevealAll) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/views.py": "from .gone import app\nfrom .core import nothing\nreveal(app)\nreveal(nothing)",
        "pkg/core.py": APP,
    }
    assert reveal_all(files) == ["?", "?"]


def test_frameworks_are_never_the_projects_own(reveal: Reveal) -> None:
    files = {
        "starlette/__init__.py": "",
        "starlette/applications.py": "Starlette = 1",
        "main.py": "from starlette.applications import Starlette\nreveal(Starlette)",
    }
    assert reveal(files) == "type[Starlette]"


class TestStar:
    def test_gives_every_public_name(self, reveal: Reveal) -> None:
        assert reveal({"core.py": APP, "main.py": "from core import *\nreveal(app)"}) == "Starlette"

    @pytest.mark.parametrize("more", ["other = Starlette()\n__all__ = ['app']", "_other = Starlette()"])
    def test_gives_only_what_all_lists_or_else_what_is_public(self, more: str, reveal: Reveal) -> None:
        name = more.split()[0]
        assert reveal({"core.py": APP + more, "main.py": f"from core import *\nreveal({name})"}).startswith("name")

    @pytest.mark.parametrize("adding", ["__all__ += ['app']", "__all__.append('app')", "__all__.extend(['app'])"])
    def test_gives_what_is_added_to_all(self, adding: str, reveal: Reveal) -> None:
        files = {"core.py": f"{APP}__all__ = ['other']\n{adding}", "main.py": "from core import *\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_gives_everything_public_where_all_is_not_plain(self, reveal: Reveal) -> None:
        files = {"core.py": f"import base\n{APP}__all__ = base.__all__ + ['app']"}
        assert reveal({**files, "main.py": "from core import *\nreveal(app)"}) == "Starlette"

    def test_gives_private_names_that_all_lists(self, reveal: Reveal) -> None:
        files = {"core.py": "from starlette.applications import Starlette\n_app = Starlette()\n__all__ = ['_app']"}
        assert reveal({**files, "main.py": "from core import *\nreveal(_app)"}) == "Starlette"

    def test_passes_through_stars(self, reveal: Reveal) -> None:
        files = {"a.py": APP, "b.py": "from a import *", "c.py": "from b import *"}
        assert reveal({**files, "main.py": "from c import *\nreveal(app)"}) == "Starlette"

    def test_gives_starlettes_own_names_through_a_module(self, reveal: Reveal) -> None:
        files = {"web.py": "from starlette.responses import *"}
        assert reveal({**files, "main.py": "from web import *\nreveal(JSONResponse)"}) == "type[JSONResponse]"

    def test_finds_the_module_among_several(self, reveal_all: RevealAll) -> None:
        source = """
            from os.path import *
            from starlette.applications import *
            from starlette.testclient import *
            reveal(Starlette)
            reveal(TestClient)
        """
        assert reveal_all(source) == ["type[Starlette]", "type[TestClient]"]

    def test_an_own_name_comes_first(self, reveal: Reveal) -> None:
        source = """
            from starlette.applications import *
            class Starlette: ...
            reveal(Starlette)
        """
        assert reveal(source) == "type[main.Starlette]"

    def test_in_a_circle_ends(self, reveal: Reveal) -> None:
        files = {"a.py": "from b import *", "b.py": "from a import *", "main.py": "from a import *\nreveal(app)"}
        assert reveal(files) == "name builtins.app"
