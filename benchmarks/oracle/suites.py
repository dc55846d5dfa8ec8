"""The packages of packages.toml, with what their test suites need, and the environments that these run in."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import tomli

from benchmarks.fetch import CACHE, Pin, fetch

HERE = Path(__file__).resolve().parent
ORACLE = CACHE / "oracle"
SDISTS = ORACLE / "sdists"
CONSTRAINTS = HERE / "constraints.txt"
STARLETTE = "0.52.1"


class SuiteError(Exception):
    """A suite could not be run; the text is for a person."""


class Suite(NamedTuple):
    pin: Pin
    python: str
    requires: tuple[str, ...]  # what the tests and the package need, beside Starlette and pytest
    forced: tuple[str, ...]  # installed although they say that they don't go with this Starlette
    install: bool  # the package itself too, for its metadata; the files that run are those of the tree
    pythonpath: tuple[str, ...]
    own: tuple[str, ...]  # the files whose places count
    without: tuple[str, ...]  # folders that may not run, as an old Starlette beside its tests
    args: tuple[str, ...]  # pytest's
    env: dict[str, str]
    deselect: tuple[str, ...]
    timeout: int

    @property
    def folder(self) -> str:
        return self.pin.folder

    @property
    def tree(self) -> Path:
        return SDISTS / self.folder

    @property
    def records(self) -> Path:
        return ORACLE / f"{self.folder}.jsonl"


def read_suites() -> list[Suite]:
    rows = tomli.loads((HERE / "packages.toml").read_text(encoding="utf-8"))["package"]
    return [_suite(row) for row in rows]


def _suite(row: dict[str, Any]) -> Suite:
    return Suite(
        pin=Pin("package", row["name"], row["version"], row["sha256"]),
        python=row.get("python", "3.11"),
        requires=tuple(row.get("requires", ())),
        forced=tuple(row.get("forced", ())),
        install=row.get("install", True),
        pythonpath=tuple(row.get("pythonpath", (".",))),
        own=tuple(row.get("own", (".",))),
        without=tuple(row.get("without", ())),
        args=tuple(row.get("args", ("tests",))),
        env=row.get("env", {}),
        deselect=tuple(one["test"] for one in row.get("deselect", ())),
        timeout=row.get("timeout", 900),
    )


def fetched(suite: Suite) -> Path:
    SDISTS.mkdir(parents=True, exist_ok=True)
    if not fetch(suite.pin, SDISTS):
        raise SuiteError("it could not be fetched")
    return suite.tree


def environment(suite: Suite) -> Path:
    """The Python of an environment with Starlette, what the suite requires, and the package itself; built once."""
    parts = [platform.platform(), CONSTRAINTS.read_text(encoding="utf-8"), suite.pin.sha256]
    parts += [suite.python, *suite.requires, *suite.forced, str(suite.install)]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    venv = CACHE / "venvs" / f"oracle-{suite.folder}-{digest}"
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    whole = venv / "whole"
    if whole.exists():
        return python
    shutil.rmtree(venv, ignore_errors=True)
    run(interpreter(suite.python), "-m", "venv", str(venv))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(CONSTRAINTS)]
    run(*pip, f"starlette=={STARLETTE}", "pytest", *suite.requires)
    if suite.forced:
        run(*pip[:-2], "--no-deps", *suite.forced)
    if suite.install:
        with tempfile.TemporaryDirectory() as tmp:  # a build leaves its traces
            copy = shutil.copytree(suite.tree, Path(tmp) / suite.folder, symlinks=True)
            run(*pip[:-2], "--no-deps", "--ignore-requires-python", str(copy))
    whole.touch()
    return python


def interpreter(series: str) -> str:
    if series == ".".join(map(str, sys.version_info[:2])):
        return sys.executable
    if found := shutil.which(f"python{series}"):
        return found
    raise SuiteError(f"Python {series} is not on the PATH")


def run(*command: str) -> None:
    done = subprocess.run(command, env=variables(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SuiteError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")


def variables(**extra: str) -> dict[str, str]:
    """This process's environment, without what would lead another Python astray."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST_", "VIRTUAL_ENV"))}
    return {**kept, **extra}
