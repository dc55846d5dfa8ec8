"""From which Starlette to which, and FastAPI beside it: as the person, the project or the rules say."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.ruleset.rule import Release
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.finding import CheckResult, FixResult
    from starlette_upgrade.requirements import Detected, Detection
    from starlette_upgrade.ruleset.known import Known
    from starlette_upgrade.ruleset.rule import Group


@dataclass(frozen=True, slots=True)
class Journey:
    """The move, how its older end is known ("" if the person named it), and what is to be said about that."""

    move: Move
    origin: str
    notes: tuple[str, ...]


def plan(request: Request, rules: Sequence[Group]) -> Journey:
    """Where the upgrade starts and ends. Raises CommandError for versions that make no sense."""
    known = load_known()
    new = named("--to", request.new, known) if request.new else known.newest
    if request.old:
        old = named("--from", request.old, known)
        in_order(request, old, new)
        journey = Journey(Move(old, new), "", ())
        return _beside(journey, request, _detect(request, known).fastapi if request.fastapi else None)
    detection = _detect(request, known)
    journey = _detected(detection, new, request, known, rules)
    journey = replace(journey, move=replace(journey.move, multipart=detection.multipart))
    return _beside(journey, request, detection.fastapi)


def _beside(journey: Journey, request: Request, found: Detected | None) -> Journey:
    """The journey with the FastAPI beside it, where somebody speaks of one."""
    if found is None and not request.fastapi:
        return journey
    from starlette_upgrade.cli.beside import beside

    where = _origin(found.reason, found.source) if found is not None else ""
    fastapi, notes = beside(journey.move, found.version if found is not None else None, where, request.fastapi)
    return replace(journey, move=replace(journey.move, fastapi=fastapi), notes=(*journey.notes, *notes))


def untold(result: CheckResult | FixResult) -> Iterator[str]:
    """That FastAPI's own changes were not looked for, to a person whose code has them to fear."""
    if result.names_fastapi and result.move.fastapi is None:
        yield "FastAPI's own changes are not looked for: pass --fastapi with the release that you go to"


def options(request: Request, journey: Journey, text: bytes | None = None) -> Options:
    """What the pipeline has to know. `text`: what the only path holds, where it comes from stdin."""
    return Options(
        paths=tuple(map(Path, request.files)),
        move=journey.move,
        select=request.select,
        ignore=request.ignore,
        triage=request.triage,
        include_possible=request.include_possible,
        unsafe=request.unsafe,
        style="table" if request.style == "table" else "call",
        ahead=request.ahead,
        reasons=request.verbose or request.format == "json",
        python=Path(request.python) if request.python else None,
        text=text,
        # `fix` can do nothing about them.
        vulnerabilities=request.command != "fix" or Impact.VULNERABLE in request.gate(),
    )


def named(option: str, text: str, known: Known, package: str = "Starlette") -> Version:
    """The release that somebody wrote. Raises CommandError with the nearest one if there is none."""
    try:
        version = Version(text)
    except InvalidVersion:
        raise CommandError(
            f"{option} {text}: not a version; write a {package} release such as {known.newest}"
        ) from None
    if version not in known.releases:
        newer = "; a newer starlette-upgrade may know it" if version > known.newest else ""
        raise CommandError(
            f"{option} {text}: no such {package} release is known, the nearest is {known.nearest(version)}{newer}"
        )
    return version


def in_order(request: Request, old: Version, new: Version) -> None:
    """Raises CommandError for a way back."""
    if old > new:
        raise CommandError(
            f"--from {old} is newer than --to {new}{'' if request.new else ', the newest release known'}"
        )


def _detect(request: Request, known: Known) -> Detection:
    from starlette_upgrade.requirements import detect

    python = Path(request.python) if request.python else None
    if python is not None and not python.exists():
        import shutil

        if not shutil.which(request.python):
            raise CommandError(f"--python {request.python}: no such interpreter or environment")
    for folder in _folders(request.files):
        detection = detect(
            folder, python=python, releases=known.releases, compat=rules_folder(), supported=request.ahead
        )
        if detection.found is not None:
            break
    return detection


def _folders(paths: Sequence[str]) -> list[Path]:
    """Where to ask: in the folder that holds all the paths, and in those above it up to where the person is.

    Detection looks further up by itself, but within a git repository only.
    """
    here = Path.cwd()
    try:
        root = Path(os.path.commonpath([os.path.abspath(path) for path in paths]))  # noqa: PTH100
    except ValueError:  # different drives
        return [here]
    above = [folder for folder in root.parents if folder == here or here in folder.parents]
    return [root, *above]


def _detected(
    detection: Detection, new: Version, request: Request, known: Known, rules: Sequence[Group]
) -> Journey:
    found, notes = detection.found, detection.notes
    if found is None:
        first = next(group.version for group in rules if isinstance(group, Release))
        old = min(known.before(first), new)
        assumed = (
            f"nothing here says which Starlette the project runs on: assuming {old}, "
            "older than all that the rules know; pass --from to be exact"
        )
        return Journey(Move(old, new, assumed=True), "assumed", (*notes, assumed))
    origin = _origin(found.reason, found.source)
    if found.version <= new:
        return Journey(Move(found.version, new), origin, (*notes, f"from Starlette {found.version}, {origin}"))
    if request.new:
        raise CommandError(
            f"--to {new} is older than Starlette {found.version}, which the project is on already "
            f"({origin}); "
            "pass --from to look at another upgrade"
        )
    beyond = (
        f"from Starlette {found.version}, {origin}: newer than {new}, "
        "the newest release that the rules know; "
        "a newer starlette-upgrade may say more"
    )
    return Journey(Move(new, new), origin, (*notes, beyond))


def _origin(reason: str, source: str) -> str:
    """`locked in uv.lock`; `lowest that ... admits, in pyproject.toml`; `installed for --python .venv`."""
    source = source.removesuffix(f" ({reason})")
    if source.startswith("--python"):
        return f"{reason} for {source}"
    plain = reason.partition(" ")[0] in ("locked", "pinned", "installed")
    return f"{reason} in {source}" if plain else f"{reason}, in {source}"
