"""rules/history.toml: what each published release is and brings, beside what the rules know of it.

A file of its own, since only the commands that tell the history read it: `check` needs no more than the versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.lifecycle import Impact, Move, judge
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.ruleset.schema import Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import Note, Release, Rule

_GRAVITY = tuple(Impact)


@dataclass(frozen=True, slots=True)
class Published:
    """One release on the package index.

    `yanked` is why its author withdrew it, as the index says; "" if he did not. `by_hand`: the release notes have
    no lists of fixes and features, so somebody counted them.
    """

    version: Version
    date: str
    python: str
    fixes: int
    features: int
    line: str
    yanked: str = ""
    by_hand: bool = False

    @property
    def mark(self) -> str:
        """What sets it apart from the releases that an upgrade leads to by itself; "" for those."""
        if self.yanked:
            return f"yanked ({self.yanked})"
        return "pre-release" if self.version.is_prerelease else ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A release with all that came with it.

    `effects` are the rules that begin to hold, or become worse, with what they do from there on: what is deprecated
    here and removed later stands in two chapters. They come with the gravest first. `undone` are those whose change
    is taken back.
    """

    published: Published
    effects: tuple[tuple[Rule, Impact], ...]
    undone: tuple[Rule, ...]
    notes: tuple[Note, ...]

    @property
    def version(self) -> Version:
        return self.published.version

    def of(self, impact: Impact) -> tuple[Rule, ...]:
        """The rules that have this impact from here on."""
        return tuple(rule for rule, effect in self.effects if effect is impact)


def load_history(file: Path | None = None) -> tuple[Published, ...]:
    """Every published release, oldest first. Raises RulesetError for the first mistake found."""
    file = file or rules_folder() / "history.toml"
    try:
        values = tomli.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise RulesetError(f"{file.name}: {error}") from None
    top = Table(file.name, values)
    history = tuple(_published(table) for table in top.tables("release", "release"))
    top.close()
    versions = [published.version for published in history]
    if versions != sorted(set(versions)):
        raise RulesetError(f"{file.name}: releases must be in order, oldest first, without repetition")
    return history


def _published(table: Table) -> Published:
    version = table.version("version", required=True)
    assert version is not None
    table.where = f"{table.where.split(',')[0]}, {version}"
    published = Published(
        version=version,
        date=str(table.raw("date")),
        python=table.text("python"),
        fixes=_count(table, "fixes"),
        features=_count(table, "features"),
        line=table.text("line"),
        yanked=table.text("yanked", ""),
        by_hand=table.flag("by_hand"),
    )
    table.close()
    return published


def _count(table: Table, key: str) -> int:
    number = table.number(key)
    if number is None:
        raise RulesetError(f"{table.where}: `{key}` is missing")
    return number


def tell(history: Iterable[Published], releases: Iterable[Release]) -> tuple[Chapter, ...]:
    """The history with what the rules say of each release."""
    releases = tuple(release for release in releases if release.package == "starlette")
    notes = {release.version: release.notes for release in releases}
    concerned: dict[Version, list[Rule]] = {}
    for rule in (rule for release in releases for rule in release.rules):
        for turn in dict.fromkeys((rule.deprecated, rule.removed, rule.changed, rule.reverted)):
            if turn is not None:
                concerned.setdefault(turn, []).append(rule)
    chapters: list[Chapter] = []
    for published in history:
        version = published.version
        step = Move(chapters[-1].version if chapters else version, version)
        rules = concerned.get(version, [])
        effects = [(rule, impact) for rule in rules if (impact := _begins(rule, step)) is not None]
        effects.sort(key=lambda effect: _GRAVITY.index(effect[1]))
        undone = tuple(rule for rule in rules if rule.reverted == version)
        chapters.append(Chapter(published, tuple(effects), undone, notes.get(version, ())))
    return tuple(chapters)


def _begins(rule: Rule, step: Move) -> Impact | None:
    verdict = judge(rule, step)
    return verdict.impact if verdict is not None and not verdict.already else None
