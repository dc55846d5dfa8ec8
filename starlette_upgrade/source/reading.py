"""Reading the files of a run: those that triage lets through, with their bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Problem
from starlette_upgrade.source.triage import Triage, is_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.ruleset.selection import ActiveRule


# Bytes of files without a root word that are held in memory until all root files are known.
_KEPT = 64 << 20


def read_survivors(
    paths: Sequence[str], rules: Sequence[ActiveRule], problems: list[Problem], *, triage: bool
) -> list[tuple[str, bytes]]:
    """The files that can hold a finding of these rules, with their bytes, in the order of `paths`.

    Files that can't be read are added to `problems`.
    """
    scan = Triage(rules)
    roots: dict[str, bytes] = {}
    others: list[tuple[str, bytes | None]] = []
    kept = 0
    everything: list[tuple[str, bytes]] = []
    for path in paths:
        try:
            data = _read(path)
        except OSError as error:
            problems.append(Problem(Path(path), f"can't be read: {error.strerror}"))
            continue
        if not triage:
            everything.append((path, data))
        elif is_root(data):
            scan.note(path, data)
            roots[path] = data
        else:
            kept += len(data)
            others.append((path, data if kept < _KEPT else None))
    if not triage:
        return everything
    survivors = {path: data for path, data in roots.items() if scan.can_hold(path, data, root=True)}
    if roots:
        for path, known in others:
            data = _read(path) if known is None else known
            if scan.can_hold(path, data, root=False):
                survivors[path] = data
    return [(path, survivors[path]) for path in paths if path in survivors]


def _read(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(handle, 65536)
        if len(data) < 65536:
            return data
        parts = [data]
        while data:
            data = os.read(handle, 1 << 20)
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(handle)
