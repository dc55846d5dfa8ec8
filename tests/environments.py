"""Virtual environments for the tests that run other people's packages: built once, kept under .cache/venvs/."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
VENVS = ROOT / ".cache" / "venvs"


def environment(name: str, requirements: Sequence[str]) -> Path:
    """The Python of an environment that holds exactly these requirements, and what they need."""
    text = "\n".join([sys.version, platform.platform(), *sorted(requirements)])
    folder = VENVS / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    whole = folder / "whole"
    if whole.exists():
        return python
    VENVS.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            call(sys.executable, "-m", "venv", str(folder))
            call(str(python), "-m", "pip", "install", "--quiet", *requirements)
            whole.touch()
    return python


def call(*command: str, cwd: Path = ROOT, **extra: str) -> str:
    """What a command that has to succeed writes to stdout, in an environment of its own."""
    done = subprocess.run(command, cwd=cwd, env=variables(**extra), capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def variables(**extra: str) -> dict[str, str]:
    """This process's environment, without what would lead another Python or git astray."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST_", "GIT_"))}
    return {**kept, **extra}


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time: the test workers want the same things at the same moment."""
    with lock.open("w") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
