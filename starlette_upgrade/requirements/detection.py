"""Which Starlette does a project run today, and how do we know?

The statements of a project are asked in this order, and the first that leads to a release decides:

1. What is *locked or pinned* exactly: lock files, then requirement files, then `==` in the metadata. It is
   what gets deployed, whatever happens to be installed on this machine.
2. What is installed for `--python`, if it is given. A person who names an interpreter knows better than a
   range what the code runs on, but not better than a lock, which says what it will run on (with a note).
3. A *range* with a lower bound (`starlette>=0.37`): the lowest release it admits. The project promises to
   work there, so a finding has to hold there, and an environment shows only one release of many.
4. What is installed in `.venv` or `venv`, unless `--python` told. A bare `starlette` promises nothing, so the
   environment decides.
5. The same four questions about FastAPI, whose metadata says which Starlette it runs on. They come second,
   because an implied release is a deduction.
6. A range with only an upper bound (`starlette<1`): true, but so wide that anything else is better.

Where the whole range counts that a project supports (`fix --ahead`), ranges with a lower bound come first: what a
library locks is for its own tests, but its users may have the oldest release that it admits.

The nearest folder that answers is the one that counts: the given one, else its parents up to the git root. So
a member of a monorepo speaks for itself where it can. Statements that can't be true together become notes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from starlette_upgrade.requirements.environment import environment_of, local_environment, read_environment
from starlette_upgrade.requirements.evidence import NOTHING, Pin, Range, Reading, joined, printable
from starlette_upgrade.requirements.fastapi import TABLE, load_requirements
from starlette_upgrade.requirements.locks import read_locks
from starlette_upgrade.requirements.markers import marker_environment
from starlette_upgrade.requirements.project_metadata import read_project_metadata
from starlette_upgrade.requirements.requirement_files import read_requirement_files
from starlette_upgrade.requirements.resolution import Detected, Knowledge, disagrees, fastapi_of, resolve
from starlette_upgrade.requirements.text_files import is_file, is_folder


@dataclass(frozen=True, slots=True)
class Detection:
    """The Starlette that a project runs, or None if nothing says so, and problems met on the way.

    `fastapi` and `multipart`: the FastAPI and the python-multipart beside it, where the same folder speaks of one.
    """

    found: Detected | None
    notes: tuple[str, ...]
    fastapi: Detected | None = None
    multipart: Version | None = None


@dataclass(frozen=True, slots=True)
class _Testimony:
    """All that is said about a folder, apart by how much it is trusted."""

    written: Reading
    named: Reading  # installed for --python
    local: Reading  # installed in the folder's own environment


def detect(
    root: Path,
    *,
    python: Path | None = None,
    releases: Sequence[Version],
    compat: Path,
    supported: bool = False,
) -> Detection:
    """The Starlette that the project at `root` runs today. Bad input becomes a note, never an exception.

    `python` is an interpreter or an environment that the person named, `releases` are the known Starlette
    releases, `compat` is the rules folder, which holds what FastAPI requires. `supported`: asked for the oldest
    release that the project supports, rather than for the one that it runs on.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100  # the parents that the person sees, not those of links
    root = root if is_folder(root) else root.parent
    notes: list[str] = []
    knowledge = _knowledge(releases, compat, notes)
    environment = environment_of(python) if python is not None else None
    if python is not None and environment is None:
        notes.append(f"--python {python.as_posix()}: no such interpreter or environment")
    all_named = read_environment(environment) if environment is not None else NOTHING
    named = all_named.about(multipart=False)
    notes.extend(named.notes)
    if environment is not None and not named.pins:
        notes.append(f"{environment.source}: neither Starlette nor FastAPI is there")

    set_aside: list[str] = []
    for folder in _folders(root):
        whole = _testimony(folder, root, environment.python_version if environment is not None else None)
        said = _Testimony(whole.written.about(multipart=False), NOTHING, whole.local.about(multipart=False))
        notes.extend(note for reading in (said.written, said.local) for note in reading.notes)
        set_aside.extend(said.written.set_aside)
        # Without --python: it is not the folder's word, and must not keep a lock in a parent from being seen.
        outcomes = [resolve(one, knowledge) for one in _by_trust(said, supported=supported)]
        if any(isinstance(outcome, Detected) for outcome in outcomes):
            break
        notes.extend(outcome for outcome in outcomes if isinstance(outcome, str))
    local = NOTHING if named.pins else said.local
    trusted = _Testimony(said.written, named, local)
    statements = _by_trust(trusted, supported=supported)
    found = _verdict(statements, knowledge, notes, supported=supported)
    return Detection(
        found=_shown(found),
        notes=tuple(dict.fromkeys(map(printable, notes if found is not None else [*notes, *set_aside]))),
        fastapi=_shown(_fastapi(statements, knowledge)),
        multipart=_multipart(_Testimony(whole.written, all_named, NOTHING if named.pins else whole.local)),
    )


def _fastapi(statements: Sequence[Pin | Range], knowledge: Knowledge) -> Detected | None:
    """The first statement that leads to a FastAPI release."""
    meant = (fastapi_of(one, knowledge) for one in statements if one.package == "fastapi")
    return next((one for one in meant if one is not None), None)


def _multipart(said: _Testimony) -> Version | None:
    """The python-multipart that is locked, pinned or installed, or the oldest that is admitted."""
    written, named, local = (reading.about(multipart=True) for reading in (said.written, said.named, said.local))
    pins = [pin.version for pin in (*written.pins, *named.pins)]
    floors = [span.floor for span in written.ranges if span.floor is not None]
    return next(iter((*pins, *floors, *(pin.version for pin in local.pins))), None)


def _verdict(
    statements: Sequence[Pin | Range], knowledge: Knowledge, notes: list[str], *, supported: bool
) -> Detected | None:
    """The first statement that leads to a release; a note for each that leads nowhere or contradicts it."""
    for statement in statements:
        found = resolve(statement, knowledge)
        if isinstance(found, str):
            notes.append(found)
            continue
        if Version(found.version.public) not in knowledge.releases:
            notes.append(f"{found.source}: Starlette {found.version} is not a release that this tool knows")
        # A release beside the oldest that is supported is no contradiction.
        rest = [one for one in statements if one is not statement and not (supported and isinstance(one, Pin))]
        others = (disagrees(one, found, statement, knowledge) for one in rest)
        notes.extend(note for note in others if note is not None)
        return found
    return None


def _by_trust(said: _Testimony, *, supported: bool) -> list[Pin | Range]:
    """The order of the module's docstring."""
    with_floor = [one for one in said.written.ranges if one.has_floor]
    without_floor = [one for one in said.written.ranges if not one.has_floor]
    promised = sorted(with_floor, key=lambda one: one.package != "starlette") if supported else []
    order: list[Pin | Range] = [*said.written.pins, *said.named.pins, *with_floor, *said.local.pins]
    return [
        *promised,
        *(one for one in order if one.package == "starlette"),
        *(one for one in order if one.package == "fastapi"),
        *(one for one in without_floor if one.package == "starlette"),
        *(one for one in without_floor if one.package == "fastapi"),
    ]


def _testimony(folder: Path, root: Path, python_version: str | None) -> _Testimony:
    environment = local_environment(folder, root)
    if python_version is None and environment is not None:
        python_version = environment.python_version
    markers = marker_environment(python_version)
    readers = (read_locks, read_requirement_files, read_project_metadata)
    return _Testimony(
        written=joined(read(folder, root, markers) for read in readers),
        named=NOTHING,
        local=read_environment(environment) if environment is not None else NOTHING,
    )


def _folders(root: Path) -> Iterator[Path]:
    """The folder and its parents up to the git root; only itself outside of a repository."""
    folders = [root, *root.parents]
    tops = (i for i, folder in enumerate(folders) if is_folder(folder / ".git") or is_file(folder / ".git"))
    yield from folders[: next(tops, 0) + 1]


def _knowledge(releases: Sequence[Version], rules: Path, notes: list[str]) -> Knowledge:
    try:
        return Knowledge(tuple(releases), load_requirements(rules))
    except (OSError, ValueError):
        notes.append(f"{TABLE.as_posix()}: the requirements of FastAPI can't be read")
        return Knowledge(tuple(releases), ())


def _shown(found: Detected | None) -> Detected | None:
    if found is None:
        return None
    return Detected(found.version, printable(found.source), printable(found.reason))
