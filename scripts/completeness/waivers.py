"""waivers.toml: why a difference needs no rule, or which rule or note is about it although no match can say so."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from scripts.completeness.coverage import boundaries
from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.schema import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.completeness.difference import Difference
    from starlette_upgrade.ruleset.rule import Release

FILE = Path(__file__).parent / "waivers.toml"


@dataclass(frozen=True, slots=True)
class Waiver:
    """Differences of these releases, by patterns for `kind subject`; all but one of the last three are empty."""

    number: int
    releases: tuple[str, ...]
    patterns: tuple[str, ...]
    reason: str
    group: str = ""
    rule: str = ""
    note: str = ""

    def matches(self, release: str, difference: Difference) -> Iterator[str]:
        """The patterns that speak of this difference of this release."""
        if release in self.releases:
            line = f"{difference.kind} {difference.subject}"
            yield from (pattern for pattern in self.patterns if fnmatchcase(line, pattern))


def load_waivers(releases: Sequence[Release], file: Path = FILE) -> list[Waiver]:
    """All waivers; of rules and notes only such as exist and are of that very release. Raises RulesetError."""
    try:
        values = tomli.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise RulesetError(f"{file.name}: {error}") from None
    top = Table(file.name, values)
    classes = dict(top.pairs("classes"))
    waivers = [_waiver(number, table, classes) for number, table in enumerate(top.tables("waiver", "waiver"), 1)]
    top.close()
    for waiver in waivers:
        _check(waiver, releases, f"{file.name}, waiver {waiver.number}")
    if unused := set(classes) - {waiver.group for waiver in waivers}:
        raise RulesetError(f"{file.name}: no waiver is of class {', '.join(sorted(unused))}")
    return waivers


def _waiver(number: int, table: Table, classes: dict[str, str]) -> Waiver:
    given = [key for key in ("class", "rule", "note") if table.text(key, "")]
    if len(given) != 1:
        raise RulesetError(f"{table.where}: needs one of `class`, `rule`, `note`")
    group = table.text("class", "")
    if group and group not in classes:
        raise RulesetError(f"{table.where}: `class = {group!r}` is not one of {', '.join(classes)}")
    waiver = Waiver(
        number,
        table.texts("release"),
        table.texts("differences"),
        table.text("reason", classes.get(group)),
        group,
        table.text("rule", ""),
        table.text("note", ""),
    )
    table.close()
    return waiver


def _check(waiver: Waiver, releases: Sequence[Release], where: str) -> None:
    if waiver.rule:
        rule = next((rule for release in releases for rule in release.rules if rule.code == waiver.rule), None)
        known = set(map(str, boundaries(rule))) if rule else set()
    elif waiver.note:
        known = {str(release.version) for release in releases for note in release.notes if note.name == waiver.note}
    else:
        return
    if not known:
        raise RulesetError(f"{where}: there is no {waiver.rule or waiver.note}")
    if wrong := set(waiver.releases) - known:
        raise RulesetError(f"{where}: {waiver.rule or waiver.note} is not of {', '.join(sorted(wrong))}")
