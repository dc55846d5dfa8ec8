"""Which file a module name leads to, and what comes out of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.semantics.conftest import Reveal, RevealAll

APP = "from starlette.applications import Starlette\napp = Starlette()\n"
ROUTER = "from starlette.routing import Router\napp = Router()\n"


class TestReexports:
    @pytest.mark.parametrize(
        ("package", "importing"),
        [
            pytest.param("from .core import app", "from pkg import app", id="name"),
            pytest.param("from .core import app as main", "from pkg import main as app", id="renamed"),
            pytest.param("from .core import *", "from pkg import app", id="star"),
            pytest.param("from pkg.core import app", "from pkg import app", id="absolute"),
            pytest.param("from . import core\napp = core.app", "from pkg import app", id="assigned"),
            pytest.param("from .core import app\n__all__ = ['app']", "from pkg import *", id="star-of-package"),
        ],
    )
    def test_a_package_passes_on_what_its_modules_make(self, package: str, importing: str, reveal: Reveal) -> None:
        files = {"pkg/__init__.py": package, "pkg/core.py": APP, "main.py": f"{importing}\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_go_through_any_number_of_packages(self, reveal: Reveal) -> None:
        files = {"p/__init__.py": "from .q import app", "p/q/__init__.py": "from .r import app"}
        files |= {"p/q/r/__init__.py": "from .s import app", "p/q/r/s.py": APP}
        assert reveal({**files, "main.py": "import p\nreveal(p.app)"}) == "Starlette"

    def test_pass_on_starlettes_classes(self, reveal: Reveal) -> None:
        files = {"web/__init__.py": "from starlette.applications import Starlette as Application"}
        assert reveal({**files, "main.py": "from web import Application\nreveal(Application())"}) == "Starlette"

    def test_pass_on_modules_of_starlette(self, reveal: Reveal) -> None:
        files = {"web.py": "from starlette import status"}
        assert reveal({**files, "main.py": "import web\nreveal(web.status.WS_1005_ABNORMAL_CLOSURE)"}) == (
            "name starlette.status.WS_1005_ABNORMAL_CLOSURE"
        )

    def test_through_a_fallback_give_both(self, reveal: Reveal) -> None:
        files = {
            "web.py": """
                try:
                    from starlette.testclient import TestClient
                except ImportError:
                    from somelib import TestClient
            """,
            "main.py": "from web import TestClient\nreveal(TestClient)",
        }
        assert reveal(files) == "name somelib.TestClient | type[TestClient]"


class TestCircles:
    def test_two_modules_that_import_each_other_are_both_understood(self, reveal_all: RevealAll) -> None:
        files = {
            "a.py": "from starlette.applications import Starlette\nimport b\napp = Starlette()\nreveal(b.client)",
            "b.py": """
                from a import app
                from starlette.testclient import TestClient
                client = TestClient(app)
                reveal(app)
            """,
        }
        assert reveal_all(files) == ["TestClient", "Starlette"]

    def test_a_name_that_two_modules_import_from_each_other_is_unknown(self, reveal: Reveal) -> None:
        files = {
            "a.py": "from b import app",
            "b.py": "from a import app",
            "main.py": "from a import app\nreveal(app)",
        }
        assert reveal(files) == "?"

    def test_a_module_that_imports_itself_is_no_trap(self, reveal: Reveal) -> None:
        assert reveal({"a.py": "from a import app\nreveal(app)"}) in ("?", "name a.app")

    def test_a_package_that_its_own_module_imports_from_is_understood(self, reveal: Reveal) -> None:
        files = {
            "pkg/__init__.py": APP + "from . import views",
            "pkg/views.py": "from . import app\nreveal(app)",
        }
        assert reveal(files) == "Starlette"

    def test_a_chain_longer_than_any_real_one_ends(self, reveal: Reveal) -> None:
        files = {f"m{number}.py": f"from m{number + 1} import app" for number in range(400)}
        assert reveal({**files, "m400.py": APP, "main.py": "from m0 import app\nreveal(app)"}) in ("Starlette", "?")


class TestLayouts:
    def test_tests_beside_src_import_the_package_by_its_name(self, reveal: Reveal) -> None:
        files = {
            "src/shop/__init__.py": "",
            "src/shop/main.py": APP,
            "tests/test_app.py": "from shop.main import app\nreveal(app)",
        }
        assert reveal(files) == "Starlette"

    @pytest.mark.parametrize("folder", ["src", "python", "lib"])
    def test_common_source_folders_are_searched(self, folder: str, reveal: Reveal) -> None:
        files = {f"{folder}/core.py": APP, "tests/unit/test_app.py": "from core import app\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_any_folder_with_a_package_is_found_by_the_packages_name(self, reveal: Reveal) -> None:
        files = {
            "backend/service/shop/__init__.py": "",
            "backend/service/shop/main.py": APP,
            "qa/test_app.py": "import shop.main\nreveal(shop.main.app)",
        }
        assert reveal(files) == "Starlette"

    def test_tests_inside_the_package_import_it_by_its_top_level_name(self, reveal: Reveal) -> None:
        files = {
            "shop/__init__.py": "",
            "shop/main.py": APP,
            "shop/tests/__init__.py": "",
            "shop/tests/test_app.py": "from shop.main import app\nreveal(app)",
        }
        assert reveal(files) == "Starlette"

    def test_tests_in_a_flat_project_import_the_module_above(self, reveal: Reveal) -> None:
        files = {"main.py": APP, "tests/test_app.py": "from main import app\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_a_folder_without_init_is_a_package_too(self, reveal: Reveal) -> None:
        files = {"app/core/main.py": APP, "tests/test_app.py": "from app.core.main import app\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_a_submodule_of_a_folder_without_init_is_imported_from_it(self, reveal: Reveal) -> None:
        files = {"app/core/main.py": APP, "tests/test_app.py": "from app.core import main\nreveal(main.app)"}
        assert reveal(files) == "Starlette"

    @pytest.mark.parametrize(
        ("importing", "name"),
        [
            pytest.param("import shop.web.main", "shop.web.main.app", id="import"),
            pytest.param("import shop.web.main as m", "m.app", id="import-as"),
            pytest.param("from shop.web import main", "main.app", id="from"),
            pytest.param("from shop.web.main import app", "app", id="name"),
        ],
    )
    @pytest.mark.parametrize("package", ["", "shop/web/__init__.py"])
    def test_folders_without_init_are_packages_at_any_depth(
        self, package: str, importing: str, name: str, reveal: Reveal
    ) -> None:
        files = {"shop/web/main.py": APP, "run.py": f"{importing}\nreveal({name})"}
        assert reveal({**files, package: ""} if package else files) == "Starlette"

    @pytest.mark.parametrize("importing", ["import shop\nreveal(shop.app)", "from shop import app\nreveal(app)"])
    def test_what_a_module_makes_when_it_is_asked_is_unknown(self, importing: str, reveal: Reveal) -> None:
        lazy = "def __getattr__(name):\n    return load(name)\n"
        assert reveal({"shop.py": lazy, "main.py": importing}) == "?"

    def test_a_package_goes_before_a_module_of_the_same_name(self, reveal: Reveal) -> None:
        files = {"core.py": ROUTER, "core/__init__.py": APP, "main.py": "from core import app\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_a_name_in_a_package_goes_before_its_submodule(self, reveal: Reveal) -> None:
        files = {"pkg/__init__.py": APP, "pkg/app.py": ROUTER, "main.py": "from pkg import app\nreveal(app)"}
        assert reveal(files) == "Starlette"

    def test_modules_outside_the_given_files_are_followed(self, project_folder: Path, reveal: Reveal) -> None:
        (project_folder / "unlisted.py").write_text(APP)
        assert reveal({"main.py": "from unlisted import app\nreveal(app)"}) == "Starlette"


SERVICES = {"one/app/__init__.py": "", "one/app/main.py": APP, "two/app/__init__.py": "", "two/app/main.py": ROUTER}


class TestMonorepo:
    def test_each_service_imports_its_own_package(self, reveal_all: RevealAll) -> None:
        tests = {
            f"{service}/tests/test_it.py": "from app.main import app\nreveal(app)" for service in ("one", "two")
        }
        assert reveal_all({**SERVICES, **tests}) == ["Starlette", "Router"]

    def test_each_package_imports_itself(self, reveal_all: RevealAll) -> None:
        views = {f"{service}/app/views.py": "from app.main import app\nreveal(app)" for service in ("one", "two")}
        assert reveal_all({**SERVICES, **views}) == ["Starlette", "Router"]

    def test_flat_services_import_the_module_beside(self, reveal_all: RevealAll) -> None:
        files = {"one/main.py": APP, "two/main.py": ROUTER}
        tests = {f"{service}/test_it.py": "import main\nreveal(main.app)" for service in ("one", "two")}
        assert reveal_all({**files, **tests}) == ["Starlette", "Router"]

    def test_two_classes_of_one_name_stay_apart(self, reveal_all: RevealAll) -> None:
        client = "from starlette.testclient import TestClient\nclass Client(TestClient): ...\n"
        plain = "class Client: ...\n"
        use = "from lib import Client\nreveal(Client().get('/'))"
        files = {"one/lib.py": client, "two/lib.py": plain, "one/use.py": use, "two/use.py": use}
        assert reveal_all(files) == ["TestClientResponse", "?"]
