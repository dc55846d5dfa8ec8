"""Which releases of Starlette, and of FastAPI, there are, so that a wrong version is named as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli
from packaging.version import Version

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.ruleset.schema import Table

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.rule import Package


@dataclass(frozen=True, slots=True)
class Known:
    """The published releases, oldest first, and those of them that were withdrawn."""

    releases: tuple[Version, ...]
    yanked: frozenset[Version]

    @property
    def newest(self) -> Version:
        """What an upgrade leads to unless told otherwise: never a pre-release, never a withdrawn one."""
        return next(v for v in reversed(self.releases) if self._is_final(v))

    def before(self, version: Version) -> Version:
        """The last final release that is older than `version`; the oldest of all if there is none."""
        return next((v for v in reversed(self.releases) if v < version and self._is_final(v)), self.releases[0])

    def nearest(self, version: Version) -> Version:
        """The release that someone who typed `version` can have meant: the last one up to it."""
        return next((v for v in reversed(self.releases) if v <= version), self.releases[0])

    def _is_final(self, version: Version) -> bool:
        return not version.is_prerelease and version not in self.yanked


_FILES: dict[Package, str] = {"starlette": "releases.toml", "fastapi": "fastapi-releases.toml"}


def load_known(file: Path | None = None, *, package: Package = "starlette") -> Known:
    """The releases that the rules know. Raises RulesetError."""
    file = file or rules_folder() / _FILES[package]
    try:
        values = tomli.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise RulesetError(f"{file.name}: {error}") from None
    table = Table(file.name, values)
    try:
        releases = tuple(Version(text) for text in table.texts("releases"))
        yanked = frozenset(Version(text) for text in table.texts("yanked", ()))
    except ValueError as error:
        raise RulesetError(f"{file.name}: {error}") from None
    table.close()
    if list(releases) != sorted(set(releases)):
        raise RulesetError(f"{file.name}: `releases` must be in order, oldest first, without repetition")
    if not yanked <= set(releases):
        raise RulesetError(f"{file.name}: `yanked` names a release that is not in `releases`")
    if all(v.is_prerelease or v in yanked for v in releases):
        raise RulesetError(f"{file.name}: `releases` holds no final release")
    return Known(releases, yanked)


def load_built_on() -> tuple[str, ...]:
    """The packages of the model that are built on Starlette under another name. Raises RulesetError."""
    path = rules_folder() / "built_on.toml"
    try:
        return tuple(tomli.loads(path.read_text(encoding="utf-8"))["packages"])
    except (OSError, KeyError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise RulesetError(f"{path.name}: {error}") from None
