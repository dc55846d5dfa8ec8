"""Classes of installed packages are followed into their source, where the package is built on Starlette."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

USER = """\
from framework import App
# starlette
app = App()
app.add_event_handler("startup", print)
"""
APP = "from starlette.applications import Starlette\nclass App(Starlette): ...\n"
SITE = "lib/python3.11/site-packages"


def install(environment: Path, name: str, files: Mapping[str, str], *requires: str) -> None:
    """An environment with one more package, as pip leaves it."""
    site = environment / SITE
    metadata = site / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (environment / "pyvenv.cfg").write_text("version = 3.11.7\n")
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}\nAbout\n")
    (metadata / "RECORD").write_text("".join(f"{path},sha256=x,1\n" for path in files))
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(dedent(text))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "main.py").write_text(USER)
    return tmp_path / "shop"


def found(project: Path, python: Path | None = None) -> list[str]:
    """The findings: their rule, with `?` where they are only possible."""
    move = Move(Version("0.40.0"), Version("1.10.0"))
    result = pipeline.check(Options((project,), move, python=python), load_releases())
    return [f"{one.rule.code}{'' if one.confidence == 'certain' else '?'}" for one in result.findings]


def test_a_class_is_followed_into_its_source(project: Path) -> None:
    install(project / ".venv", "framework", {"framework/__init__.py": APP}, "starlette>=0.40")
    assert found(project) == ["SU102"]


@pytest.mark.parametrize("folder", [".venv", "venv", "../.venv"])
def test_in_the_projects_own_environment(folder: str, project: Path) -> None:
    (project / ".git").rename(project.parent / ".git")
    install(project / folder, "framework", {"framework.py": APP}, "starlette")
    assert found(project) == ["SU102"]


def test_in_the_environment_that_a_person_names(project: Path, tmp_path: Path) -> None:
    install(tmp_path / "elsewhere", "framework", {"framework.py": APP}, "starlette")
    assert found(project) == []
    assert found(project, python=tmp_path / "elsewhere") == ["SU102"]


def test_where_nobody_names_starlette(project: Path) -> None:
    install(project / ".venv", "framework", {"framework.py": APP}, "starlette")
    (project / "main.py").write_text(USER.replace("# starlette\n", ""))
    (project / "views.py").write_text("from main import app\napp.on_event('startup')(print)\n")
    assert found(project) == ["SU102", "SU101"]


def test_through_its_own_modules(project: Path) -> None:
    files = {
        "framework/__init__.py": "from .applications import *\n",
        "framework/applications.py": "from framework.base import Base\n__all__ = ['App']\nclass App(Base): ...\n",
        "framework/base.py": APP.replace("App(", "Base("),
    }
    install(project / ".venv", "framework", files, "starlette")
    assert found(project) == ["SU102"]


def test_a_package_that_builds_on_another(project: Path) -> None:
    install(project / ".venv", "base", {"base.py": APP}, "starlette")
    install(
        project / ".venv", "Frame_Work", {"framework.py": "import base\nclass App(base.App): ...\n"}, "Base[x]>1"
    )
    assert found(project) == ["SU102"]


def test_a_factory_of_an_installed_package(project: Path) -> None:
    made = "from starlette.applications import Starlette\ndef App():\n    return Starlette()\n"
    install(project / ".venv", "framework", {"framework.py": made}, "starlette")
    assert found(project) == ["SU102"]


def test_a_class_that_keeps_its_own_method_is_somebody_elses(project: Path) -> None:
    own = f"{APP.rstrip().removesuffix('...')}\n    def add_event_handler(self, name, function): ...\n"
    install(project / ".venv", "framework", {"framework.py": own}, "starlette")
    assert found(project) == []


def test_what_only_an_extra_needs_is_not_built_on_starlette(project: Path) -> None:
    install(project / ".venv", "framework", {"framework.py": APP}, "starlette; extra == 'web'")
    assert found(project) == []


def test_a_package_that_is_not_built_on_starlette_is_not_read(project: Path) -> None:
    install(project / ".venv", "framework", {"framework.py": APP}, "requests")
    assert found(project) == []


def test_what_it_passes_on_is_for_the_package_to_change(project: Path) -> None:
    passed = "from starlette.status import HTTP_422_UNPROCESSABLE_ENTITY\n"
    install(project / ".venv", "framework", {"framework.py": passed}, "starlette")
    (project / "main.py").write_text("# starlette\nfrom framework import HTTP_422_UNPROCESSABLE_ENTITY\n")
    assert found(project) == []


def test_the_model_goes_before_the_source(project: Path) -> None:
    (project / "main.py").write_text("from nicegui import App\napp = App()\napp.on_event('startup')\n# starlette\n")
    install(project / ".venv", "nicegui", {"nicegui/__init__.py": APP}, "starlette")
    assert found(project) == []


def test_source_that_is_no_python_is_passed_over(project: Path) -> None:
    install(project / ".venv", "framework", {"framework.py": "class App(:\n"}, "starlette")
    assert found(project) == []


def test_a_module_of_the_project_goes_before_an_installed_one(project: Path) -> None:
    install(project / ".venv", "framework", {"framework.py": APP}, "starlette")
    (project / "framework.py").write_text("class App: ...\n")
    assert found(project) == []
