"""Triage: a scan of the bytes that tells which files can hold a finding at all.

The words come from the active rules. A file without a root word (`starlette`, `fastapi`) can still use an app
or a client that another module made: it counts if it lies beside a root file, or names a package that has one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.rule import (
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    SymbolMatch,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.ruleset.selection import ActiveRule

ROOT_WORDS = (b"starlette", b"fastapi")


def is_root(data: bytes) -> bool:
    """Whether the bytes name Starlette or FastAPI."""
    return b"starlette" in data or b"fastapi" in data


def words_of(rules: Iterable[ActiveRule]) -> tuple[bytes, ...]:
    """Byte strings of which a file must hold one to have a finding of these rules."""
    words: set[str] = set()
    for match in (match for active in rules for match in active.rule.matches):
        if isinstance(match, SymbolMatch):
            words.update(symbol.rpartition(".")[2] for symbol in match.symbols)
        elif isinstance(match, AttributeMatch):
            for name in match.names:
                words.update((name,) if _is_rare(name) else (f".{name}", f'"{name}"', f"'{name}'"))
        elif isinstance(match, ArgumentMatch):
            for name in match.keywords:
                words.update((name,) if _is_rare(name) else (f"{name}=", f"{name} ="))
            if match.position is not None or match.known:
                words.update(name.rpartition(".")[2] for name in match.callables)
        elif isinstance(match, OverrideMatch | BehaviourMatch):
            words.update(match.names)
    covered = {word for word in words if any(other != word and other in word for other in words)}
    return tuple(sorted(word.encode() for word in words - covered))


def _is_rare(name: str) -> bool:
    """Whether a bare name is telling enough; `route` and `timeout` are everywhere, `on_event` is not."""
    return "_" in name


class Units:
    """Groups files by what they can import without naming it: a top-level package, or a folder of scripts."""

    def __init__(self) -> None:
        self._of_folder: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The topmost package around the file, or else its folder."""
        folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - once a file, in the hot loop
        known = self._of_folder.get(folder)
        if known is None:
            top = folder
            while os.path.exists(f"{top}/__init__.py"):  # noqa: PTH110
                known = top
                top = os.path.dirname(top)  # noqa: PTH120
            known = self._of_folder[folder] = known or folder
        return known


def connected(data: bytes, unit: str, root_units: Sequence[str]) -> bool:
    """Whether a file without a root word may get hold of an object from a file with one."""
    for root in root_units:
        if unit == root or unit.startswith(f"{root}/"):
            return True
        if os.path.basename(root).encode() in data:  # noqa: PTH119
            return True
    return False
