"""What a project declares about itself in TOML: pyproject.toml (standard, uv, PDM, Poetry) and Pipfile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import tomli
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from starlette_upgrade.requirements.evidence import (
    NOTHING,
    SUBJECTS,
    Reading,
    joined,
    quoted,
    versions_wanted,
)
from starlette_upgrade.requirements.markers import admits_python, can_hold
from starlette_upgrade.requirements.pep508 import from_elsewhere, not_for_this_python, read_requirement
from starlette_upgrade.requirements.poetry_constraints import parse_constraint
from starlette_upgrade.requirements.setup_files import parse_setup_cfg, parse_setup_py
from starlette_upgrade.requirements.text_files import read_with
from starlette_upgrade.requirements.untrusted import string, strings, table, tables

_Versions = Callable[[str], tuple[SpecifierSet, ...]]

# Where PEP 508 requirements stand; `*` is any key. What the project runs on comes before extras and tools.
_REQUIREMENT_LISTS = (
    ("project", "dependencies"),
    ("project", "optional-dependencies", "*"),
    ("dependency-groups", "*"),
    ("tool", "uv", "override-dependencies"),
    ("tool", "uv", "constraint-dependencies"),
    ("tool", "uv", "dev-dependencies"),
    ("tool", "pdm", "dev-dependencies", "*"),
)
_POETRY_TABLES = (
    ("tool", "poetry", "dependencies"),
    ("tool", "poetry", "group", "*", "dependencies"),
    ("tool", "poetry", "dev-dependencies"),
)
_PIPFILE_TABLES = (("packages",), ("dev-packages",))


def read_project_metadata(folder: Path, root: Path, environment: Mapping[str, str]) -> Reading:
    """What pyproject.toml, Pipfile, setup.cfg and setup.py of a folder declare, in this order."""
    readers = {
        "pyproject.toml": parse_pyproject,
        "Pipfile": parse_pipfile,
        "setup.cfg": parse_setup_cfg,
        "setup.py": parse_setup_py,
    }
    return joined(
        read_with(partial(parse, environment=environment), folder / name, root) for name, parse in readers.items()
    )


def parse_pyproject(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What a pyproject.toml declares. Raises `ValueError` for invalid TOML."""
    document = tomli.loads(text)
    return joined(
        [
            *(
                read_requirement(requirement, f"{label} ({place})", environment)
                for keys in _REQUIREMENT_LISTS
                for place, value in _at(document, keys)
                for requirement in strings(value)
            ),
            *_read_tables(document, _POETRY_TABLES, label, parse_constraint, environment),
        ]
    )


def parse_pipfile(text: str, label: str, environment: Mapping[str, str]) -> Reading:
    """What a Pipfile declares. Raises `ValueError` for invalid TOML."""
    return joined(_read_tables(tomli.loads(text), _PIPFILE_TABLES, label, _pip_versions, environment))


def _at(tree: object, keys: tuple[str, ...], place: str = "") -> Iterator[tuple[str, object]]:
    """The values at a path of keys, each with the path as a person writes it."""
    if not keys:
        yield place.lstrip("."), tree
        return
    here = table(tree)
    for key in here if keys[0] == "*" else keys[:1]:
        if key in here:
            yield from _at(here[key], keys[1:], f"{place}.{key}")


def _read_tables(
    document: Mapping[str, object],
    places: tuple[tuple[str, ...], ...],
    label: str,
    versions: _Versions,
    environment: Mapping[str, str],
) -> Iterator[Reading]:
    """Requirements as tables of Poetry or Pipenv: a name, and a version or a table with more."""
    for keys in places:
        for place, dependencies in _at(document, keys):
            for name, wanted in table(dependencies).items():
                package = canonicalize_name(name)
                if package not in SUBJECTS:
                    continue
                source = f"{label} ({place})"
                for version in strings(wanted):
                    yield _read_version(package, {"version": version}, source, versions, environment)
                for entry in tables(wanted if isinstance(wanted, list) else [wanted]):
                    yield _read_version(package, entry, source, versions, environment)


def _read_version(
    package: str,
    entry: Mapping[str, object],
    source: str,
    versions: _Versions,
    environment: Mapping[str, str],
) -> Reading:
    version, markers, python = (string(entry.get(key)) for key in ("version", "markers", "python"))
    if not version:
        elsewhere = any(key in entry for key in ("git", "url", "path", "file"))
        return from_elsewhere(package, source) if elsewhere else NOTHING
    written = f"{package} {version}"
    try:
        if markers and not can_hold(markers, environment):
            return not_for_this_python(written, source)
        if python and not any(admits_python(one, environment) for one in parse_constraint(python)):
            return not_for_this_python(written, source)
        return versions_wanted(package, versions(version), source, written)
    except ValueError:
        return Reading(notes=(f"{source}: can't read the requirement {quoted(written)}",))


def _pip_versions(text: str) -> tuple[SpecifierSet, ...]:
    return (SpecifierSet("" if text.strip() == "*" else text),)
