"""Whole processes in a folder of their own, as a person, a hook or a CI job runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

ROOT = Path(__file__).parents[2]

STARTUP = """\
from starlette.applications import Starlette

app = Starlette()


@app.on_event("startup")
async def connect():
    pass
"""
# No rewrite: the event is not written out.
LEFT = STARTUP.replace('"startup"', "EVENT")
REDIRECTS = """\
from starlette.applications import Starlette
from starlette.testclient import TestClient

client = TestClient(Starlette())
client.get("/old", allow_redirects=False)
"""


def clean_environment(**extra: str) -> dict[str, str]:
    """This process's environment without what would colour or steer the child."""
    dropped = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONWARNINGS")
    kept = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith("GIT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **extra}


class Run(Protocol):
    def __call__(
        self, *arguments: str, cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder. pytest's own lies below /tmp, where no project file stands in a parent."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def run(project: Path) -> Run:
    def run(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "starlette_upgrade", *arguments],
            cwd=cwd or project,
            env=clean_environment(**environment),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run
