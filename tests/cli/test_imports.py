"""What a clean run must not pay for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import STARTUP, clean_environment

HEAVY = {"libcst", "rich", "typer", "click", "subprocess", "json", "shutil", "importlib.metadata"}


def loaded(project: Path, *arguments: str) -> set[str]:
    """The modules that a run has imported when it is over."""
    code = (
        "import sys; from starlette_upgrade.cli import main; code = main(sys.argv[1:])\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=project,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", ["check", "fix"])
def test_a_clean_tree_imports_nothing_heavy(project: Path, command: str) -> None:
    (project / "main.py").write_text("from starlette.applications import Starlette\n\napp = Starlette()\n")
    assert not HEAVY & loaded(project, command, "--from", "0.40.0", ".")


def test_findings_off_a_terminal_need_neither_rich_nor_libcst(project: Path) -> None:
    (project / "main.py").write_text(STARTUP)
    assert not {"libcst", "rich", "typer"} & loaded(project, "check", "--from", "0.40.0")
    assert not {"libcst", "rich", "typer"} & loaded(project, "check", "--format", "json")


def test_detection_alone_does_not_bring_them_in_either(project: Path) -> None:
    (project / "requirements.txt").write_text("starlette==0.46.0\n")
    (project / "main.py").write_text("print()\n")
    assert not {"libcst", "rich", "typer"} & loaded(project, "check")
