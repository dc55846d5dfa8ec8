"""What is published: the sdist, the wheel that is built from it, and that wheel at work away from the checkout."""

from __future__ import annotations

import os
import subprocess
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
import tomli

from tests.environments import ROOT, call, environment, variables

pytestmark = pytest.mark.network

PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text())
RULES = {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*.toml")}
SMALL_APP = """\
from starlette.applications import Starlette

app = Starlette()


@app.route("/")
async def home(request):
    ...
"""


@pytest.fixture(scope="module")
def builder() -> Path:
    """A Python with the build backend and nothing of this project."""
    return environment("build", PROJECT["build-system"]["requires"])


@pytest.fixture(scope="module")
def sdist(builder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    call(str(builder), "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder))
    (archive,) = folder.glob("*.tar.gz")
    call(str(builder), "-m", "tarfile", "--extract", str(archive), str(folder))
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


@pytest.fixture(scope="module")
def wheel(builder: Path, sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist: what the sdist lacks, it lacks too."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (str(builder), "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    call(*pip, "--wheel-dir", str(folder), str(sdist))
    (built,) = folder.glob("*.whl")
    return built


class Installed:
    """The wheel in a folder of its own, next to its declared dependencies and nothing else."""

    def __init__(self, wheel: Path, site: Path) -> None:
        self.python = environment("dependencies", PROJECT["project"]["dependencies"])
        self.site = site
        pip = (str(self.python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
        call(*pip, "--target", str(site), str(wheel))

    def run(self, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        (command,) = (path for path in self.site.glob("*/starlette-upgrade*") if os.access(path, os.X_OK))
        environment = variables(PYTHONPATH=str(self.site), PYTHONUTF8="1")
        run = [str(command), *arguments]
        return subprocess.run(run, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(wheel, tmp_path_factory.mktemp("site"))


def test_the_sdist_holds_what_a_packager_needs(sdist: Path) -> None:
    held = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    assert {f"rules/{rule}" for rule in RULES} <= held
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    assert tests <= held
    assert {"pyproject.toml", "README.md", "LICENSE", "examples/legacy_app/board/app.py"} <= held
    assert not [name for name in held if name.startswith((".cache", ".venv")) or "__pycache__" in name]


def test_the_wheel_holds_the_package_and_the_rules(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "starlette_upgrade").rglob("*.py")}
    assert held == sources | {f"starlette_upgrade/_rules/{rule}" for rule in RULES} | {"starlette_upgrade/py.typed"}


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
    assert metadata["Name"] == "starlette-upgrade"
    assert metadata["Requires-Python"] == PROJECT["project"]["requires-python"]
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("Requires-Dist") is not None
    assert wheel.name.endswith("-py3-none-any.whl")


def test_an_installed_wheel_lists_its_rules(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(tmp_path, "rules", "--from", "0.40.0")
    assert done.returncode == 0, done.stderr
    assert "SU101" in done.stdout


def test_an_installed_wheel_checks_and_fixes(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SMALL_APP)
    found = installed.run(tmp_path, "check", "--from", "0.40.0")
    assert found.returncode == 1, found.stderr
    assert "SU104" in found.stdout
    fixed = installed.run(tmp_path, "fix", "--from", "0.40.0")
    assert fixed.returncode == 0, fixed.stderr
    assert 'app.add_route("/", home)' in (tmp_path / "main.py").read_text()


def test_what_runs_is_the_wheel(installed: Installed, tmp_path: Path) -> None:
    where = "import starlette_upgrade.ruleset.loader as it; print(it.__file__); print(it.rules_folder())"
    said = call(str(installed.python), "-c", where, cwd=tmp_path, PYTHONPATH=str(installed.site))
    module, rules = said.splitlines()
    assert Path(module).is_relative_to(installed.site)
    assert Path(rules).is_relative_to(installed.site)
