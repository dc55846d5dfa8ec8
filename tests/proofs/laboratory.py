"""Where programs are tried out: under any Starlette release, with the FastAPI and the packages of its time."""

from __future__ import annotations

import functools
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.model.fetch import fetch, folder_of
from starlette_upgrade.requirements.fastapi import load_requirements
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import rules_folder
from tests.environments import variables
from tests.proofs.stacks import Stack, fastapi, python_of, stack_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.version import Version

    Files = tuple[tuple[str, str], ...]  # names and texts

KNOWN = load_known()
WORKER = Path(__file__).with_name("worker.py")
SECONDS = 15
_IMPORTS_FASTAPI = re.compile(r"^\s*(?:from|import)\s+fastapi\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program printed, what it raised and warned of (each as `Category: text`)."""

    output: str
    error: str
    warnings: tuple[str, ...]

    def says(self, texts: tuple[str, ...]) -> bool:
        """Whether it raised one of these."""
        return bool(self.error) and any(_squeezed(text) in _squeezed(self.error) for text in texts)

    def warns(self, texts: tuple[str, ...]) -> bool:
        """Whether it warned of one of these."""
        return any(_squeezed(text) in said for text in texts for said in self.warnings)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def needs_fastapi(program: str) -> bool:
    return _IMPORTS_FASTAPI.search(program) is not None


@functools.cache
def fastapi_for(release: Version) -> Version | None:
    """The newest FastAPI that admits a Starlette release; None if there is none."""
    rows = load_requirements(rules_folder())
    admitting = (row.last for row in reversed(rows) if row.starlette.contains(release, prereleases=True))
    return next(admitting, None)


def release_before(version: Version, program: str = "") -> Version | None:
    """The last release older than `version` under which such a program can run."""
    return next((v for v in reversed(KNOWN.releases) if v < version and _runs_under(program, v)), None)


def release_from(version: Version, program: str = "") -> Version | None:
    """The first release from `version` on under which such a program can run."""
    return next((v for v in KNOWN.releases if v >= version and _runs_under(program, v)), None)


def _runs_under(program: str, release: Version) -> bool:
    return release not in KNOWN.yanked and (not needs_fastapi(program) or fastapi_for(release) is not None)


@functools.lru_cache(maxsize=4096)
def run(program: str, release: Version, files: Files = (), *, seconds: int = SECONDS) -> Outcome:
    """What comes of a program under a release; it can import the `files` that lie beside it."""
    fetch([release])
    path = [folder_of(release)]
    if any(needs_fastapi(text) for text in (program, *(text for _, text in files))):
        version = fastapi_for(release)
        assert version is not None
        path.append(fastapi(version))
    return outcome_of(program, stack_of(release), path, seconds, files)


def outcome_of(program: str, stack: Stack, path: Iterable[Path], seconds: int, files: Files = ()) -> Outcome:
    """What comes of a program with the packages of a stack, and those in the folders before them."""
    task = {"program": program, "path": list(map(str, path)), "seconds": seconds, "files": dict(files)}
    answer = _ask(_server(stack), task)
    return Outcome(answer["output"], answer["error"], tuple(answer["warnings"]))


@functools.cache
def _server(stack: Stack) -> subprocess.Popen[str]:
    command = [str(python_of(stack)), str(WORKER)]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, env=variables(), stdin=pipe, stdout=pipe, stderr=nothing, text=True)


def _ask(server: subprocess.Popen[str], task: dict[str, object]) -> dict[str, str]:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(task) + "\n")
    server.stdin.flush()
    answer: dict[str, str] = json.loads(server.stdout.readline())
    return answer
