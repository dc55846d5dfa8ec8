"""The hooks, run by pre-commit itself on a scratch repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import LEFT, REDIRECTS, ROOT, clean_environment

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")

SHIPPED = ("starlette_upgrade", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def pre_commit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(PRE_COMMIT_HOME=str(folder.parent / "home"))
    del environment["PYTHONPATH"]  # the hook is to run what was installed for it
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=clean_environment(), check=True)


def test_the_manifest_is_what_pre_commit_expects() -> None:
    done = pre_commit(ROOT, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    assert done.returncode == 0, done.stdout


@pytest.mark.network
def test_a_scratch_repository_is_fixed_and_then_checked(tmp_path: Path) -> None:
    hooks, project = tmp_path / "hooks", tmp_path / "project"
    hooks.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, hooks / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, hooks / name)
    git(hooks, "init", "-q")
    git(hooks, "add", ".")
    git(hooks, "commit", "-qm", "hooks")
    git(hooks, "tag", "v0")

    project.mkdir()
    git(project, "init", "-q")
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks.as_posix()}\n  rev: v0\n  hooks:\n"
        "  - id: starlette-upgrade-fix\n  - id: starlette-upgrade\n"
    )
    (project / "requirements.txt").write_text("starlette==0.40.0\n")
    (project / "main.py").write_text(LEFT)
    (project / "test_main.py").write_text(REDIRECTS)
    git(project, "add", ".")

    done = pre_commit(project, "run")
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert "follow_redirects" in (project / "test_main.py").read_text()
    assert "main.py:6:2: SU101 on-event-removed" in done.stdout

    (project / "main.py").write_text("from starlette.applications import Starlette\n\napp = Starlette()\n")
    git(project, "add", ".")
    again = pre_commit(project, "run")
    assert again.returncode == 0, again.stdout
