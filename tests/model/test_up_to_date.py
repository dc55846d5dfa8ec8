"""The committed model is what the script writes today, from the real releases."""

from __future__ import annotations

import difflib

import pytest

from scripts.model import FILE, generate
from scripts.model.fetch import CACHE, fetch, releases
from tests.environments import alone


@pytest.mark.network
def test_the_committed_model_is_what_the_releases_say() -> None:
    versions = releases()
    CACHE.mkdir(parents=True, exist_ok=True)
    with alone(CACHE / "fetch.lock"):
        fetch(versions)
    committed = FILE.read_text(encoding="utf-8").splitlines()
    difference = list(difflib.unified_diff(committed, generate(versions).splitlines(), "committed", "generated"))
    assert not difference, "\n".join(["run `make model`:", *difference])
