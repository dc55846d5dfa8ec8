"""Whole programs on trial: what `fix` makes of one, and what it does under a release."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options
from tests.proofs.laboratory import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.version import Version

    from starlette_upgrade.finding import CheckResult, FixResult
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Release

Program = dict[str, bytes]  # files by name


def program_of(texts: Mapping[str, str]) -> Program:
    return {name: text.encode() for name, text in texts.items()}


def fixed(program: Program, move: Move, *, unsafe: bool = True, triage: bool = True) -> tuple[Program, FixResult]:
    """The program's files after `fix`, and what it says; the files lie in a folder that is gone by then."""
    with _written(program) as folder:
        result = pipeline.fix(Options((folder,), move, unsafe=unsafe, triage=triage), _releases())
    changed = {change.path.relative_to(folder).as_posix(): change.after for change in result.changes}
    return {**program, **changed}, result


def checked(program: Program, move: Move) -> CheckResult:
    """What `check` finds in the program, without triage."""
    with _written(program) as folder:
        return pipeline.check(Options((folder,), move, triage=False), _releases())


@contextlib.contextmanager
def _written(program: Program) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.path.realpath(temporary))
        for name, data in program.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield folder


def prints(program: Program, probe: str, release: Version) -> str:
    """What a probe prints beside the program under a release, and what it raises in the end."""
    files = tuple((name, data.decode()) for name, data in sorted(program.items()))
    outcome = run(probe, release, files)
    return outcome.output + (f"{outcome.error}\n" if outcome.error else "")


@functools.cache
def _releases() -> Sequence[Release]:
    return load_releases()
