"""The photo board, upgraded: green on its old Starlette, red on the new one, and what `fix` makes of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from tests.environments import ROOT, environment, variables

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network

APP = ROOT / "examples" / "legacy_app"
TARGET = "1.10.0" if sys.version_info >= (3, 11) else "1.7.0"  # the newest release that Python 3.10 can run
NEW = {"starlette": f"starlette=={TARGET}", "anyio": "anyio>=4,<5"}  # Starlette needs anyio 4 from 1.7.0 on
LIFECYCLE = {
    "test_startup_loads_the_saved_photos",
    "test_shutdown_saves_the_photos",
    "test_autosave_runs_until_shutdown",
    "test_health_tells_the_uptime",
}
NO_DEPRECATED_USE = (
    "-Werror::starlette.exceptions.StarletteDeprecationWarning",
    "-Wignore:Using `httpx` with `starlette.testclient`",  # which client is installed is not the code's affair
)
STARTUP_AND_SHUTDOWN = ["SU101", "SU101", "SU102", "SU102"]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A copy of the application that may be rewritten."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "data")
    return shutil.copytree(APP, tmp_path / "app", ignore=ignored)


def pins() -> dict[str, str]:
    """What the application and its tests were pinned to, by name."""
    files = (APP / "requirements.txt", APP / "requirements-dev.txt")
    lines = [line for file in files for line in file.read_text().splitlines() if "==" in line]
    return {line.partition("==")[0]: line for line in lines}


def old_python() -> Path:
    return environment("legacy-app-old", list(pins().values()))


def new_python() -> Path:
    return environment("legacy-app-new", list((pins() | NEW).values()))


def to_change(report: dict[str, Any]) -> list[Any]:
    """The findings without the vulnerabilities of the release that the application is still pinned to."""
    return [finding for finding in report["findings"] if finding["impact"] != "vulnerable"]


def run_tests(python: Path, app: Path, *options: str) -> dict[str, bool]:
    """Each test that the application's pytest got to run, and whether it passed."""
    report = app.parent / "report.xml"
    report.unlink(missing_ok=True)
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *options]
    done = subprocess.run(command, cwd=app, env=variables(), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1, 4), done.stdout + done.stderr  # 4: the application can't be imported
    if not report.exists():
        return {}
    cases = ElementTree.parse(report).iter("testcase")
    return {case.get("name", ""): case.find("failure") is None and case.find("error") is None for case in cases}


def upgrade(app: Path, *arguments: str) -> dict[str, Any]:
    """The JSON report of one command, run in the application's folder as its author would."""
    command = [sys.executable, "-m", "starlette_upgrade", *arguments, "--to", TARGET, "--format", "json"]
    done = subprocess.run(command, cwd=app, env=variables(), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["errors"] == []
    return report


def codes(report: dict[str, Any]) -> list[str]:
    return sorted(finding["code"] for finding in report["findings"])


def disable(app: Path, findings: list[dict[str, Any]]) -> None:
    """Comments out the lines that these findings point to, and no others."""
    for finding in findings:
        file = app / finding["path"]
        lines = file.read_text().splitlines(keepends=True)
        for number in range(finding["line"] - 1, finding["end_line"]):
            lines[number] = re.sub(r"^(\s*)", r"\1# ", lines[number])
        file.write_text("".join(lines))


def files(app: Path) -> dict[str, bytes]:
    return {str(path.relative_to(app)): path.read_bytes() for path in app.rglob("*.py")}


def test_it_passes_on_its_old_release(app: Path) -> None:
    results = run_tests(old_python(), app)
    assert len(results) == 36
    assert [name for name, passed in results.items() if not passed] == []


def test_it_does_not_even_start_on_the_new_release(app: Path) -> None:
    assert run_tests(new_python(), app) == {}


def test_what_is_safe_to_fix_leaves_what_is_not(app: Path) -> None:
    before = upgrade(app, "check")
    assert before["from"] == "0.27.0"
    fixed = upgrade(app, "fix")
    assert fixed["written"]
    assert codes(fixed) == [*STARTUP_AND_SHUTDOWN, "SU123"]

    # What `fix` leaves is told by `check`, word for word, and would stop the application from starting.
    remaining = to_change(upgrade(app, "check"))
    assert remaining == fixed["findings"]
    assert {f["impact"] for f in remaining} == {"break"}
    assert {f["fix"] for f in remaining} == {"unsafe"}
    assert run_tests(new_python(), app) == {}

    # A complete report names every line that stands in the way: without these, only the lifespan is missing.
    disable(app, remaining)
    results = run_tests(new_python(), app, *NO_DEPRECATED_USE)
    assert len(results) == 36
    assert {name for name, passed in results.items() if not passed} == LIFECYCLE


def test_fixed_it_passes_on_the_new_release(app: Path) -> None:
    fixed = upgrade(app, "fix", "--unsafe")
    assert codes(fixed) == []
    assert to_change(upgrade(app, "check")) == []
    results = run_tests(new_python(), app, *NO_DEPRECATED_USE)
    assert len(results) == 36
    assert [name for name, passed in results.items() if not passed] == []


def test_it_is_exposed_to_what_its_release_and_its_multipart_parser_have(app: Path) -> None:
    published = {row["code"]: row["places"] for row in upgrade(app, "check")["advisories"] if row["places"]}
    assert published == {"SU504": 3, "SU505": 3, "SU506": 3, "SU507": 3, "SU513": 3}


@pytest.mark.parametrize("options", [pytest.param([], id="safe"), pytest.param(["--unsafe"], id="unsafe")])
def test_a_second_fix_changes_nothing(app: Path, options: list[str]) -> None:
    first = upgrade(app, "fix", *options)
    once = files(app)
    second = upgrade(app, "fix", *options)
    assert second["written"] == second["fixed"] == []
    assert second["findings"] == first["findings"]
    assert files(app) == once
