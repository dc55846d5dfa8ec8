"""What an example of a hazard claims, tried out: on the releases where it begins and ends, and on some between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from tests.proofs.lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.ruleset.rule import Example, Rule

# Of Starlette: what many are on, with the clients, middlewares and websockets of their times.
BETWEEN = tuple(map(Version, ("0.20.4", "0.27.0", "0.38.6", "0.46.2", "1.0.0")))


def failures(rule: Rule, example: Example) -> list[str]:
    """What of an example's claims is not true; one line each."""
    return list(_failures(rule, example))


def _failures(rule: Rule, example: Example) -> Iterator[str]:
    line, errors = line_of(rule), example.errors or rule.errors
    before, after = example.before + example.probe, example.after + example.probe
    for release in _tried(rule, example):
        outcome = line.run(before, release)
        if is_there(rule, release):
            if not outcome.says(errors):
                told = outcome.error or f"it prints {outcome.output!r}"
                yield f"`before` should raise {errors} on {release}: {told}"
        elif outcome.error:
            yield f"`before` should run on {release}: {outcome.error}"
        outcome = line.run(after, release)
        if outcome.error:
            yield f"`after` should run on {release}: {outcome.error}"


def is_there(rule: Rule, release: Version) -> bool:
    """Whether a release has the hazard, or the vulnerability."""
    return (rule.since is None or release >= rule.since) and (rule.cured is None or release < rule.cured)


def _tried(rule: Rule, example: Example) -> list[Version]:
    line, program = line_of(rule), example.before + example.probe
    oldest, newest = line.known.releases[0], line.known.newest
    wanted = [line.since(oldest, program), newest]
    if example.runs is not None:
        wanted.append(line.since(example.runs, program))
    for turn in (rule.since, rule.cured):
        if turn is not None:
            wanted += [line.before(turn, program), line.since(turn, program)]
    if rule.package == "starlette":
        wanted += [line.since(release, program) for release in BETWEEN]
    runs = example.runs or oldest
    return sorted({release for release in wanted if release is not None and release >= runs})
