"""Findings in the settings of pytest: filters of warnings that no longer match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.finding import Finding
from starlette_upgrade.match.warning_filters import concern, parse
from starlette_upgrade.ruleset.rule import WarningMatch
from starlette_upgrade.source.pytest_settings import settings_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from starlette_upgrade.ruleset.selection import ActiveRule
    from starlette_upgrade.source.pytest_settings import SettingsFile


def find_in_settings(rules: Sequence[ActiveRule], paths: Sequence[Path], *, is_user: bool) -> list[Finding]:
    """The findings of rules about warnings. Only who `is_user` of Starlette can mean it with a filter for all."""
    wanted = [
        (active, match) for active in rules for match in active.rule.matches if isinstance(match, WarningMatch)
    ]
    if not wanted:
        return []
    found = [
        finding
        for file in settings_files(paths)
        for active, match in wanted
        for finding in _find(active, match, file)
    ]
    return [finding for finding in found if is_user or finding.confidence == "certain"]


def _find(active: ActiveRule, match: WarningMatch, file: SettingsFile) -> Iterator[Finding]:
    filters = [(parse(entry.text, literal=entry.is_option), entry) for entry in file.entries]
    for said, entry in filters:
        confidence = concern(said, match, [other for other, _ in filters])
        if confidence:
            yield Finding(
                path=file.path,
                span=entry.span,
                rule=active.rule,
                impact=active.verdict.impact,
                already=active.verdict.already,
                confidence=confidence,
                message=active.rule.message.replace("{name}", "filterwarnings"),
                fix="manual",
                when="hand",
                source=(file.lines[entry.span.line - 1],),
            )
