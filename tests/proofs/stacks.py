"""The packages around Starlette: each of its releases runs with the ones of its time."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from tests.environments import ROOT, VENVS, alone, variables

# The one Python on which all releases run, from the oldest to the newest.
SERIES = "3.11"
_COMMON = ("itsdangerous==2.2.0", "typing_extensions==4.15.0", "a2wsgi==1.10.8", "pyyaml==6.0.3")
_FASTAPI = (
    "annotated-doc==0.0.4",
    "typing-inspection==0.4.2",
    "opentelemetry-api==1.39.1",
    "orjson==3.11.4",
    "ujson==5.11.0",
)


@dataclass(frozen=True, slots=True)
class Stack:
    """What the releases from `oldest` on run with, up to the next stack."""

    name: str
    oldest: Version
    requirements: tuple[str, ...]


STACKS = (
    Stack(
        "requests",
        Version("0.12.0"),
        (
            *_COMMON,
            "requests==2.28.2",
            "urllib3<2",
            "anyio==3.7.1",
            "jinja2==3.0.3",
            "markupsafe==2.0.1",
            "aiofiles==22.1.0",
            "python-multipart==0.0.5",
            "graphene<3",
            "ujson==6.1.0",
            "pydantic<2",
        ),
    ),
    Stack(
        "httpx-0.23",
        Version("0.21.0"),
        (
            *_COMMON,
            "httpx==0.23.3",
            "requests==2.28.2",
            "anyio==3.7.1",
            "jinja2==3.1.6",
            "python-multipart==0.0.5",
            "pydantic<2",
        ),
    ),
    Stack(
        "httpx-0.27-pydantic-1",
        Version("0.22.0"),
        (
            *_COMMON,
            "httpx==0.27.2",
            "requests==2.32.5",
            "anyio==4.9.0",
            "jinja2==3.1.6",
            "python-multipart==0.0.9",
            "pydantic<2",
        ),
    ),
    Stack(
        "httpx-0.27",
        Version("0.27.0"),
        (
            *_COMMON,
            "httpx==0.27.2",
            "requests==2.32.5",
            "anyio==4.9.0",
            "jinja2==3.1.6",
            "python-multipart==0.0.9",
            "pydantic==2.11.10",
        ),
    ),
    Stack(
        "httpx-0.28",
        Version("0.37.2"),
        (
            *_COMMON,
            "httpx==0.28.1",
            "requests==2.32.5",
            "anyio==4.9.0",
            "jinja2==3.1.6",
            "python-multipart==0.0.20",
            "pydantic==2.11.10",
            *_FASTAPI,
        ),
    ),
    Stack(
        "httpx2",
        Version("1.2.0"),
        (
            *_COMMON,
            "httpx==0.28.1",
            "httpx2",
            "requests==2.32.5",
            "anyio==4.9.0",
            "jinja2==3.1.6",
            "python-multipart==0.0.20",
            "pydantic==2.11.10",
            *_FASTAPI,
        ),
    ),
)

# What serves an application to real connections, for what only a server says.
SERVER = Stack(
    "uvicorn",
    Version("0.41.0"),
    ("anyio==4.9.0", "typing_extensions==4.15.0", "uvicorn==0.38.0", "h11==0.16.0", "websockets==15.0.1"),
)


def stack_of(release: Version) -> Stack:
    return next(stack for stack in reversed(STACKS) if stack.oldest <= release)


@functools.cache
def interpreter() -> str | None:
    """A Python of the series that all releases run on; None if the machine has none."""
    if sys.version_info[:2] == tuple(map(int, SERIES.split("."))):
        return sys.executable
    found = _uv("python", "find", "--no-python-downloads", SERIES, check=False)
    return found.stdout.strip() or None


@functools.cache
def python_of(stack: Stack) -> Path:
    """The Python of a stack's environment, which is made once and kept."""
    python = interpreter()
    assert python is not None
    folder = VENVS / f"proofs-{stack.name}-{_digest((SERIES, *stack.requirements))}"
    whole = folder / "whole"
    VENVS.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _uv("venv", "--python", python, str(folder))
            _uv("pip", "install", "--python", str(folder / "bin/python"), *stack.requirements)
            whole.touch()
    return folder / "bin/python"


@functools.cache
def fastapi(version: Version) -> Path:
    """A folder with one FastAPI release and nothing that it needs."""
    folder = ROOT / ".cache" / "fastapi" / str(version)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.parent / f"{version}.lock"):
        if not folder.is_dir():
            unfinished = folder.with_name(f".{version}")
            shutil.rmtree(unfinished, ignore_errors=True)
            wanted = ["--no-deps", "--target", str(unfinished), f"fastapi=={version}"]
            _uv("pip", "install", "--python", interpreter() or "", *wanted)
            unfinished.rename(folder)
    return folder


def _digest(texts: tuple[str, ...]) -> str:
    import hashlib

    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def _uv(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    done = subprocess.run(command, env=variables(), capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"uv {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return done
