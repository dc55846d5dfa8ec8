"""Environment markers: does a requirement apply to the Python that the project runs on?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.markers import Marker, default_environment
from packaging.specifiers import SpecifierSet

# Extras and dependency groups are a person's choice: a marker that asks for them can hold.
_CHOICE = re.compile(r"\b(extras?|dependency_groups)\b")
_RELEASE = re.compile(r"\d+\.\d+(\.\d+)?")


def marker_environment(python_version: str | None) -> dict[str, str]:
    """The values that markers ask for: those of this machine, with the project's Python where it is known."""
    values = {name: str(value) for name, value in default_environment().items()}
    release = _RELEASE.match(python_version or "")
    if release is not None:
        values["python_full_version"] = release[0]
        values["python_version"] = ".".join(release[0].split(".")[:2])
    return values


def can_hold(marker: str, environment: Mapping[str, str]) -> bool:
    """False only where the marker can be evaluated and does not hold."""
    if _CHOICE.search(marker):
        return True
    try:
        return bool(Marker(marker).evaluate(dict(environment)))
    except (ValueError, TypeError, RecursionError):
        return True


def admits_python(specifiers: SpecifierSet, environment: Mapping[str, str]) -> bool:
    """Whether a `python = "…"` key of Poetry admits the project's Python."""
    return specifiers.contains(environment["python_full_version"], prereleases=True)
