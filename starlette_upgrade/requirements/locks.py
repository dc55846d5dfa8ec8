"""Lock files: uv, Poetry, PDM, the standard pylock.toml (PEP 751) and Pipenv.

The TOML ones are all an array of tables with a name, a version and sometimes a marker. They are read as such,
without `packaging.pylock`: it came after packaging 23, and it refuses a file for one bad field that does not
matter here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import tomli
from packaging.utils import canonicalize_name

from starlette_upgrade.requirements.evidence import (
    NOTHING,
    SUBJECTS,
    Pin,
    Reading,
    joined,
    quoted,
    read_version,
)
from starlette_upgrade.requirements.markers import can_hold
from starlette_upgrade.requirements.pep508 import from_elsewhere, not_for_this_python
from starlette_upgrade.requirements.text_files import names_in, read_with
from starlette_upgrade.requirements.untrusted import string, strings, table, tables

# In order of trust: the tool that wrote the first one is most likely the one in use.
_TOML_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")


def read_locks(folder: Path, root: Path, environment: Mapping[str, str]) -> Reading:
    """What the lock files of a folder say, the most trusted first."""
    names = names_in(folder)
    standard = [name for name in names if name.startswith("pylock.") and name.endswith(".toml")]
    standard.sort(key=lambda name: name != "pylock.toml")
    toml = partial(parse_toml_lock, environment=environment)
    pipenv = partial(parse_pipenv_lock, environment=environment)
    return joined(
        [
            *(read_with(toml, folder / name, root) for name in _TOML_LOCKS),
            read_with(pipenv, folder / "Pipfile.lock", root),
            *(read_with(toml, folder / name, root) for name in standard),
        ]
    )


def parse_toml_lock(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What a lock of uv, Poetry or PDM, or a pylock.toml says. Raises `ValueError` for invalid TOML."""
    lock = tomli.loads(text)
    entries = [*tables(lock.get("package")), *tables(lock.get("packages"))]
    return _oldest_first(_locked(entry, label, environment) for entry in entries)


def parse_pipenv_lock(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What a Pipfile.lock says. Raises `ValueError` for invalid JSON."""
    lock = json.loads(text)
    # Sections are `default`, `develop` and a person's own categories; what is deployed comes first.
    sections = sorted(table(lock), key=lambda name: name != "default")
    beside: list[Reading] = []
    for section in sections:
        found = _oldest_first(
            _pipenv_locked(name, table(entry), label, environment) for name, entry in table(lock, section).items()
        )
        beside.append(found.about(multipart=True))
        if found.about(multipart=False) != NOTHING:
            return joined([found, *beside[:-1]])
    return joined(beside)


def _locked(entry: Mapping[str, object], label: str, environment: Mapping[str, str]) -> Reading:
    package = canonicalize_name(string(entry.get("name")))
    if package not in SUBJECTS:
        return NOTHING
    version = string(entry.get("version"))
    if not version:
        return from_elsewhere(package, label)
    markers = list(_markers(entry))
    if markers and not any(can_hold(marker, environment) for marker in markers):
        return not_for_this_python(f"{package} {version}", label)
    locked = read_version(version)
    if locked is None:
        return _not_a_version(version, package, label)
    return Reading(pins=(Pin(package, locked, label, "locked"),))


def _markers(entry: Mapping[str, object]) -> Iterator[str]:
    """Conditions of which one must hold: uv's forks, Poetry's markers (one per group), PDM's, PEP 751's."""
    for key in ("resolution-markers", "markers", "marker"):
        value = entry.get(key)
        yield from strings(list(value.values()) if isinstance(value, dict) else value)


def _pipenv_locked(name: str, entry: Mapping[str, object], label: str, environment: Mapping[str, str]) -> Reading:
    package = canonicalize_name(name)
    if package not in SUBJECTS:
        return NOTHING
    version = string(entry.get("version"))
    if not version:
        return from_elsewhere(name, label)
    markers = string(entry.get("markers"))
    if markers and not can_hold(markers, environment):
        return not_for_this_python(f"{name}{version}", label)
    locked = read_version(version.removeprefix("=="))
    if locked is None:
        return _not_a_version(version, package, label)
    return Reading(pins=(Pin(package, locked, label, "locked"),))


def _not_a_version(text: str, package: str, label: str) -> Reading:
    return Reading(notes=(f"{label}: {quoted(text)} is not a version of {package}",))


def _oldest_first(readings: Iterator[Reading]) -> Reading:
    """One lock can hold several versions of a package (forks): a finding must hold for the oldest."""
    whole = joined(readings)
    pins = tuple(sorted(set(whole.pins), key=lambda pin: pin.version))
    return Reading(pins, whole.ranges, whole.notes, whole.set_aside)
