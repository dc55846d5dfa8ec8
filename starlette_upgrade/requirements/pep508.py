"""One PEP 508 requirement (`starlette[full]>=0.37; python_version < "3.13"`) to what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from starlette_upgrade.requirements.evidence import NOTHING, SUBJECTS, Reading, quoted, versions_wanted
from starlette_upgrade.requirements.markers import can_hold

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")


def read_requirement(text: str, source: str, environment: Mapping[str, str]) -> Reading:
    """What a requirement says about Starlette or FastAPI; nothing if it is about another package."""
    name = _NAME.match(text)
    package = canonicalize_name(name[1]) if name else ""
    if package not in SUBJECTS:
        return NOTHING
    try:
        requirement = Requirement(text)
        written = text.split(";")[0].strip()
        if requirement.url is not None:
            return from_elsewhere(written, source)
        if requirement.marker is not None and not can_hold(str(requirement.marker), environment):
            return not_for_this_python(text, source)
        return versions_wanted(package, (requirement.specifier,), source, written)
    except (ValueError, RecursionError):
        return Reading(notes=(f"{source}: can't read the requirement {quoted(text)}",))


def from_elsewhere(written: str, source: str) -> Reading:
    """A package that comes from a URL, a repository or a folder, whose version nobody states."""
    return Reading(notes=(f"{source}: {quoted(written)} is not from a package index, its version is unknown",))


def not_for_this_python(written: str, source: str) -> Reading:
    """A statement for another Python or platform than the project's."""
    return Reading(set_aside=(f"{source}: {quoted(written)} is not meant for this Python or platform",))
