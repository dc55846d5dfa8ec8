"""The committed surfaces are what the script reads today, from real releases."""

from __future__ import annotations

import pytest
from packaging.version import Version

from scripts.completeness.store import load
from scripts.completeness.surface import surface_of
from scripts.model.fetch import CACHE, fetch, folder_of
from starlette_upgrade.ruleset.known import load_known
from tests.environments import alone

# The oldest and one more sdist, a release with a module's __getattr__, one that is withdrawn, a pre-release.
CHOSEN = ("0.12.0", "0.13.0", "0.20.1", "0.41.1", "1.0.0rc1")


@pytest.mark.network
def test_the_committed_surfaces_are_what_the_releases_say() -> None:
    known = load_known().releases
    versions = [*map(Version, CHOSEN), known[-1]]
    CACHE.mkdir(parents=True, exist_ok=True)
    with alone(CACHE / "fetch.lock"):
        fetch(versions)
    committed = dict(zip(known, load(known), strict=True))
    for version in versions:
        differing = committed[version] ^ surface_of(folder_of(version))
        assert not differing, f"{version}: run `python -m scripts.completeness --dump`: {sorted(differing)[:9]}"
