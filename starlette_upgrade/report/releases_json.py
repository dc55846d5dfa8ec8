"""The history of releases for programs; docs/json-format.md describes it and promises what stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette_upgrade.report.json_format import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.version import Version

    from starlette_upgrade.ruleset.history import Chapter
    from starlette_upgrade.ruleset.rule import Rule


def releases_json(chapters: Iterable[Chapter], old: Version | None, new: Version) -> str:
    """One JSON object in ASCII, so that no terminal or pipe can spoil it."""
    report = {
        "version": VERSION,
        "from": str(old) if old is not None else None,
        "to": str(new),
        "releases": [_release(chapter) for chapter in chapters],
    }
    return json.dumps(report, indent=2) + "\n"


def _release(chapter: Chapter) -> dict[str, object]:
    published = chapter.published
    effects = [_rule(rule, impact.value) for rule, impact in chapter.effects]
    return {
        "release": str(chapter.version),
        "date": published.date,
        "python": published.python,
        "prerelease": chapter.version.is_prerelease,
        "yanked": bool(published.yanked),
        "yanked_reason": published.yanked,
        "fixes": published.fixes,
        "features": published.features,
        "counted_by_hand": published.by_hand,
        "line": published.line,
        "rules": effects + [_rule(rule, "reverted") for rule in chapter.undone],
        "notes": [{"name": note.name, "text": note.text, "pulls": list(note.pulls)} for note in chapter.notes],
    }


def _rule(rule: Rule, effect: str) -> dict[str, object]:
    return {
        "code": rule.code,
        "rule": rule.name,
        "effect": effect,
        "summary": rule.summary,
        "pulls": list(rule.pulls),
    }
