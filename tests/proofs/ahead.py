"""What `fix --ahead` makes of an example runs on the release that it starts from, and up to the newest."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.rule import WarningMatch
from starlette_upgrade.settings.options import Options
from tests.proofs import fastapi_laboratory, laboratory
from tests.proofs.examples import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import Example, Rule

RELEASES = load_releases()


def failures(rule: Rule, example: Example) -> list[str]:
    """What does not run, or does something else than `before` did where it starts; one line each."""
    if rule.nature != "change":
        return []
    trial = Trial(rule, example)
    return [line for start in sorted(_starts(trial)) for line in _from(trial, start)]


def _starts(trial: Trial) -> set[Version]:
    """The last release of which the rule says nothing, and the last one without the replacement."""
    since = (fix.replacement_since for fix in trial.rule.fixes)
    found = {trial.good, *(trial.before_release(version) for version in since if version is not None)}
    return {release for release in found if release is not None}


def _from(trial: Trial, start: Version) -> Iterator[str]:
    was = trial.run(trial.before, start)
    # What a filter is there for is not to be fixed together with it.
    filtered = any(isinstance(match, WarningMatch) for match in trial.rule.matches)
    made = _fixed(trial.example.before, _move(trial, start), (trial.rule.code,) if filtered else ())
    if made is None or was.error:
        return
    text, done = made
    # Where something is left, or is so for a while, it may break later on.
    lasting = done and not trial.rule.reverted
    later = (trial.line.since(trial.begin, text), trial.last) if lasting else ()
    for release in dict.fromkeys((start, *later)):
        if release is None:
            continue
        outcome = trial.run(text + trial.example.probe, release)
        if outcome.error:
            yield f"`fix --ahead --from {start}` should run on {release}: {outcome.error}\n{text}"
        elif trial.example.probe and trial.example.keeps and outcome.output != was.output:
            yield f"`fix --ahead --from {start}` prints {outcome.output!r} on {release}, not {was.output!r}\n{text}"


def _fixed(text: str, move: Move, select: tuple[str, ...]) -> tuple[str, bool] | None:
    """What `fix --ahead --unsafe` makes of a program, and whether nothing is left; None without a change."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "example.py"
        file.write_text(text.lstrip("\n"))
        result = pipeline.fix(Options((file,), move, select, unsafe=True, ahead=True), RELEASES)
    return (result.changes[0].after.decode(), not result.remaining) if result.changes else None


def _move(trial: Trial, start: Version) -> Move:
    """From a release of the rule's package to the newest, with the other package's beside it."""
    starlette, fastapi = laboratory.KNOWN.newest, fastapi_laboratory.KNOWN.newest
    if trial.rule.package == "fastapi":
        return Move(fastapi_laboratory.starlette_for(start), starlette, Move(start, fastapi))
    beside = laboratory.fastapi_for(start) if laboratory.needs_fastapi(trial.before) else None
    return Move(start, starlette, Move(beside, fastapi) if beside is not None else None)
