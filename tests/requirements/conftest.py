"""A project in a temporary folder, from a table of files, and what `detect` says about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from packaging.version import Version

from starlette_upgrade.requirements import Detection, detect

RULES = Path(__file__).parents[2] / "rules"
RELEASES = tuple(
    Version(text)
    for text in [
        *("0.13.0", "0.13.4", "0.27.0", "0.35.0", "0.36.0", "0.36.3", "0.37.0", "0.37.1", "0.37.2", "0.38.0"),
        *("0.38.6", "0.40.0", "0.44.0", "0.52.1", "1.0.0rc1", "1.0.0", "1.6.0", "1.10.0"),
    ]
)


class DetectIn(Protocol):
    """Write files (path to text or bytes), then detect at `at`."""

    def __call__(
        self,
        files: Mapping[str, str | bytes],
        *,
        python: Path | None = None,
        at: str = ".",
        supported: bool = False,
    ) -> Detection: ...


@pytest.fixture
def locks() -> Path:
    """Lock files as the tools write them, cut down to a few packages (pdm.lock alone is made by hand)."""
    return Path(__file__).parent / "locks"


@pytest.fixture
def detect_in(tmp_path: Path) -> DetectIn:
    def run(
        files: Mapping[str, str | bytes],
        *,
        python: Path | None = None,
        at: str = ".",
        supported: bool = False,
    ) -> Detection:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return detect(tmp_path / at, python=python, releases=RELEASES, compat=RULES, supported=supported)

    return run
