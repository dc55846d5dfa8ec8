"""Writes rules/model/starlette.toml from the sources of all Starlette releases: `python -m scripts.model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomli

from scripts.model.facts import facts_of
from scripts.model.fetch import PACKAGE, folder_of
from scripts.model.history import model_of
from scripts.model.source import Package
from scripts.model.toml import text_of
from starlette_upgrade.ruleset.loader import rules_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.version import Version

FILE = rules_folder() / "model" / "starlette.toml"
BY_HAND = rules_folder() / "model" / "starlette-by-hand.toml"


def generate(versions: Sequence[Version]) -> str:
    """The text of the file, from releases that are in the cache, oldest first."""
    by_hand = tomli.loads(BY_HAND.read_text(encoding="utf-8"))["classes"]
    releases = [facts_of(Package.read(folder_of(version), PACKAGE)) for version in versions]
    return text_of(model_of(releases, by_hand), [str(version) for version in versions])
