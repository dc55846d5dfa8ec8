"""The program of an advisory, tried out: it fails where the vulnerability is, and on no other release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proofs.hazards import BETWEEN, is_there
from tests.proofs.lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import Rule


def failures(rule: Rule) -> list[str]:
    """What of the range of an advisory is not true; one line each."""
    return list(_failures(rule))


def _failures(rule: Rule) -> Iterator[str]:
    assert rule.advisory is not None
    line = line_of(rule)
    for release in _tried(rule):
        error = line.run(rule.advisory.proof, release).error
        if is_there(rule, release):
            if not error.startswith("AssertionError"):
                yield f"{release} should be affected: {error or 'nothing is raised'}"
        elif error:
            yield f"{release} should not be affected: {error}"


def _tried(rule: Rule) -> list[Version]:
    line, newest = line_of(rule), line_of(rule).known.newest
    wanted = [line.known.releases[0], newest, *BETWEEN]
    for turn in (rule.since, rule.cured):
        if turn is not None:
            wanted += [found for found in (line.before(turn), line.since(turn)) if found is not None]
    return sorted(set(wanted))
