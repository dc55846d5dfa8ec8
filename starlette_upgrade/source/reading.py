"""Reading the files of a run: those that triage lets through, with their bytes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from starlette_upgrade.source.triage import Triage

# Bytes of files without a root word that are held in memory until all root files are known.
_KEPT = 64 << 20
# Bytes of files that name Starlette, but can't hold a finding, of which a run says whether they are sound.
_CHECKED = 64 << 10


@dataclass(frozen=True, slots=True)
class Survivor:
    """A file to be parsed: its bytes, and the classes that it or a file near it names.

    `rules` are those that it can hold a finding of, None stands for all. One without any is only asked whether
    it is sound.
    """

    path: str
    data: bytes
    named_near: frozenset[str]
    rules: frozenset[str] | None = None

    @property
    def can_hold(self) -> bool:
        return self.rules is None or bool(self.rules)


def read_survivors(
    paths: Sequence[str],
    named: Collection[str],
    scan: Triage,
    problems: list[Problem],
    *,
    triage: bool,
    texts: Mapping[str, bytes] | None = None,
) -> list[Survivor]:
    """The files that can hold a finding, in the order of `paths`; all files without `triage`.

    Of a file that is `named` itself the surroundings are not known. Files that can't be read are added to
    `problems`. What `texts` holds under an absolute path is not read.
    """
    given = texts or {}
    roots: dict[str, bytes] = {}
    others: list[tuple[str, bytes | None]] = []
    size = 0
    for path in paths:
        try:
            data = given[os.path.abspath(path)] if given else _read(path)  # noqa: PTH100
        except OSError as error:
            problems.append(Problem(Path(path), f"can't be read: {error.strerror}"))
            continue
        if scan.is_root(data):
            scan.note(path, data)
            roots[path] = data
        else:
            size += len(data)
            others.append((path, data if given or size < _KEPT else None))
    if triage and not roots and not named:
        return []
    for path, kept in others if roots else ():
        if _is_conftest(path):
            scan.adopt(path, _read(path) if kept is None else kept)
    survivors: dict[str, Survivor] = {}
    sound = 0
    for path, kept in (*roots.items(), *others):
        data = _read(path) if kept is None else kept
        alone = path in named
        rules = None
        if triage:
            rules = scan.rules_for_lone(data) if alone else scan.rules_for(path, data)
        if rules is None or rules:
            near = scan.everything if alone else scan.named_near(path, data)
            survivors[path] = Survivor(path, data, near, rules)
        elif path in roots and (alone or sound + len(data) < _CHECKED):
            sound += len(data)
            survivors[path] = Survivor(path, data, frozenset(), rules)
    return [survivors[path] for path in paths if path in survivors]


def _is_conftest(path: str) -> bool:
    return path.rpartition(os.sep)[2] == "conftest.py"


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
