"""All pairs of consecutive releases, and of every difference what covers it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from scripts.completeness.api import Api
from scripts.completeness.comparison import compare
from scripts.completeness.coverage import Coverage
from scripts.completeness.store import FOLDER, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from packaging.version import Version

    from scripts.completeness.difference import Difference
    from scripts.completeness.waivers import Waiver
    from starlette_upgrade.ruleset.rule import Release


@dataclass
class Verdict:
    """What was compared, and what came of it; `unused` tells of each pattern of a waiver that is for nothing."""

    pairs: int = 0
    by_rules: int = 0
    by_named_rules: int = 0
    by_notes: int = 0
    waived: Counter[str] = field(default_factory=Counter)
    uncovered: dict[str, list[Difference]] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The verdict for people: what is uncovered, by release, then what is unused, then the counts."""
        for release, differences in self.uncovered.items():
            yield f"{release}:"
            yield from (f"  {difference}" for difference in differences)
        yield from (f"waivers.toml, {text}" for text in self.unused)
        uncovered = sum(map(len, self.uncovered.values()))
        total = self.by_rules + self.by_named_rules + self.by_notes + self.waived.total() + uncovered
        yield f"{self.pairs} pairs of releases, {total} differences:"
        yield f"{self.by_rules:5} covered by rules"
        yield f"{self.by_named_rules:5} by rules that a waiver names"
        yield f"{self.by_notes:5} by notes that a waiver names"
        yield f"{self.waived.total():5} waived" + "".join(
            f"\n{count:11} {group}" for group, count in sorted(self.waived.items())
        )
        yield f"{uncovered:5} uncovered"


def judge(
    versions: Sequence[Version], releases: Sequence[Release], waivers: Sequence[Waiver], folder: Path = FOLDER
) -> Verdict:
    """Every difference between each release and the next, private ones left out."""
    verdict = Verdict()
    rules = [rule for release in releases for rule in release.rules]
    used: set[tuple[int, str, str]] = set()
    for (old, new), version in zip(pairwise(map(Api.read, load(versions, folder))), versions[1:], strict=True):
        verdict.pairs += 1
        coverage = Coverage(version, rules, old, new)
        release = str(version)
        for difference in filter(coverage.is_public, compare(old, new)):
            found = [(w, pattern) for w in waivers for pattern in w.matches(release, difference)]
            used |= {(waiver.number, release, pattern) for waiver, pattern in found}
            _count(verdict, release, difference, coverage, [waiver for waiver, _ in found])
    verdict.unused = list(_unused(waivers, used))
    return verdict


def _count(
    verdict: Verdict, release: str, difference: Difference, coverage: Coverage, waivers: Sequence[Waiver]
) -> None:
    if coverage.rule_for(difference):
        verdict.by_rules += 1
    elif any(waiver.rule for waiver in waivers):
        verdict.by_named_rules += 1
    elif any(waiver.note for waiver in waivers):
        verdict.by_notes += 1
    elif waivers:
        verdict.waived[waivers[0].group] += 1
    else:
        verdict.uncovered.setdefault(release, []).append(difference)


def _unused(waivers: Sequence[Waiver], used: set[tuple[int, str, str]]) -> Iterator[str]:
    for waiver in waivers:
        for release in waiver.releases:
            for pattern in waiver.patterns:
                if (waiver.number, release, pattern) not in used:
                    yield f"waiver {waiver.number}: no difference of {release} matches {pattern!r}"
