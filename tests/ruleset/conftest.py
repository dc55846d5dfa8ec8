"""Rule files in a temporary folder: a good one, and what the loader says when something in it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.ruleset.rule import Rule

HEAD = 'release = "1.0.0"\ndate = 2026-03-01\n'
RULE = """
[[rule]]
code = "SU901"
name = "old-gone"
summary = "`old` was removed"
advice = "Write `new`."
removed = "1.0.0"

[rule.match]
kind = "symbol"
symbol = "starlette.routing.old"

[rule.fix]
kind = "replace-symbol"
safety = "safe"
replaces = { "starlette.routing.old" = "starlette.routing.new" }

[[rule.example]]
before = "from starlette.routing import old"
after = "from starlette.routing import new"
"""
GOOD = HEAD + RULE


class Load(Protocol):
    """Loads a folder with these files; a single text is its file `1.0.0.toml`."""

    def __call__(self, files: str | Mapping[str, str | bytes]) -> list[Rule]: ...


class Refusal(Protocol):
    """The one line that the loader refuses such a folder with."""

    def __call__(self, files: str | Mapping[str, str | bytes]) -> str: ...


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def run(files: str | Mapping[str, str | bytes]) -> list[Rule]:
        table = {"1.0.0.toml": files} if isinstance(files, str) else files
        for name, content in table.items():
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return [rule for release in load_releases(tmp_path) for rule in release.rules]

    return run


@pytest.fixture
def refusal(load: Load) -> Refusal:
    def run(files: str | Mapping[str, str | bytes]) -> str:
        with pytest.raises(RulesetError) as caught:
            load(files)
        text = str(caught.value)
        assert "\n" not in text
        return text

    return run


def changed(old: str, new: str, text: str = GOOD) -> str:
    """The good file with one thing changed."""
    assert text.count(old) == 1, f"{old!r} must stand once in the text"
    return text.replace(old, new)
