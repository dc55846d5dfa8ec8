"""Releases that are made up: a few lines of Starlette's modules each."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from scripts.completeness.api import Api
from scripts.completeness.comparison import compare
from scripts.completeness.difference import is_private
from scripts.completeness.surface import surface_of

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.completeness.difference import Difference

Modules = str | dict[str, str]
"""The module `m`, or several modules by name."""

METADATA = "Metadata-Version: 2.1\nName: starlette\nVersion: 1\nRequires-Python: >=3.8\n"


class Releases:
    """Reads made-up releases; each call is another one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def surface(self, modules: Modules, metadata: str = METADATA) -> frozenset[str]:
        self._count += 1
        root = self._folder / str(self._count)
        for name, text in ({"m": modules} if isinstance(modules, str) else modules).items():
            file = root / "starlette" / f"{name}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text))
        (root / "starlette-1.dist-info").mkdir()
        (root / "starlette-1.dist-info" / "METADATA").write_text(metadata)
        return surface_of(root)

    def api(self, modules: Modules, metadata: str = METADATA) -> Api:
        return Api.read(self.surface(modules, metadata))

    def differences(self, old: Modules, new: Modules) -> list[Difference]:
        """All public differences."""
        return [found for found in compare(self.api(old), self.api(new)) if not is_private(found.key)]

    def between(self, old: Modules, new: Modules) -> list[str]:
        """All public differences, as waivers name them, with `starlette.m:` left out."""
        found = self.differences(old, new)
        return [f"{one.kind} {one.subject}".replace("starlette.m:", "") for one in found]


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)
