"""Starlette's release notes, read for what can be counted: the date of a release, and the items of its lists."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

_RELEASE = re.compile(
    r"^## (?P<version>\d\S*)(?: \((?P<date>[^)]+)\))?[ \t]*\n(?P<body>(?:(?!## ).*\n?)*)", re.MULTILINE
)
_LIST = re.compile(r"^#{3,4} (?P<title>.+)\n(?P<body>(?:(?!#{2,4} ).*\n?)*)", re.MULTILINE)
_ITEM = re.compile(r"^ ?[*-] ", re.MULTILINE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")

FEATURES = ("added",)
FIXES = ("fixed", "fix")
OTHERS = ("changed", "changes", "deprecated", "removed", "deprecated/removed", "refactor")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the notes say of one release. Without any list, nothing is counted."""

    date: datetime.date | None
    fixes: int | None
    features: int | None


def read(text: str) -> dict[Version, Entry]:
    """The notes of every release."""
    return {
        Version(release["version"]): _entry(release["date"], release["body"]) for release in _RELEASE.finditer(text)
    }


def _entry(date: str | None, body: str) -> Entry:
    lists = list(_lists(body))
    day = _date(date) if date else None
    if not lists:
        return Entry(day, None, None)
    return Entry(
        day,
        sum(items for title, items in lists if title in FIXES),
        sum(items for title, items in lists if title in FEATURES),
    )


def _lists(body: str) -> Iterator[tuple[str, int]]:
    for found in _LIST.finditer(body):
        title = found["title"].strip().lower()
        if title in (*FEATURES, *FIXES, *OTHERS):
            yield title, len(_ITEM.findall(found["body"]))


def _date(text: str) -> datetime.date:
    """`June 12, 2026`; in old notes `November 9th, 2020`."""
    return datetime.datetime.strptime(_ORDINAL.sub("", text), "%B %d, %Y").date()
