"""Poetry's own version syntax (`^0.37`, `~0.37.1`, `0.37.*`, `^0.36 || ^0.38`) in terms of PEP 440."""

from __future__ import annotations

import re

from packaging.specifiers import SpecifierSet
from packaging.version import Version

_ALTERNATIVE = re.compile(r"\s*\|\|?\s*")
_TERM = re.compile(r"(?P<operator>\^|~=|~|===|==|=|!=|<=|>=|<|>)?\s*(?P<version>v?\d[^\s,|^~=!<>]*|\*)")
_BETWEEN_TERMS = re.compile(r"[\s,]*")


def parse_constraint(text: str) -> tuple[SpecifierSet, ...]:
    """The alternatives of a constraint, of which a version must meet one. Raises `ValueError`."""
    return tuple(_alternative(part) for part in _ALTERNATIVE.split(text))


def _alternative(text: str) -> SpecifierSet:
    terms = []
    position = _end_of_gap(text, 0)
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            raise ValueError(f"not a version constraint: {text!r}")
        terms.append(_term(match["operator"] or "==", match["version"]))
        position = _end_of_gap(text, match.end())
    return SpecifierSet(",".join(term for term in terms if term))


def _term(operator: str, version: str) -> str:
    if version == "*":
        return ""
    if operator not in ("^", "~"):
        return f"{'==' if operator == '=' else operator}{version}"
    release = Version(version).release
    bumped = _caret_position(release) if operator == "^" else min(1, len(release) - 1)
    ceiling = (*release[:bumped], release[bumped] + 1)
    return f">={version},<{'.'.join(map(str, ceiling))}"


def _caret_position(release: tuple[int, ...]) -> int:
    """`^` allows changes right of the first part that is not zero: `^0.37.2` stays below 0.38."""
    return next((i for i, part in enumerate(release) if part), len(release) - 1)


def _end_of_gap(text: str, position: int) -> int:
    gap = _BETWEEN_TERMS.match(text, position)
    return gap.end() if gap else position
