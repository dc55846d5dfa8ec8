"""Triage: a scan of the bytes that tells which files can hold a finding at all.

The words come from the active rules. A file without a root word (`starlette`, `fastapi`) can still use an app
or a client that another module made: it counts if it lies beside a root file, or names a package that has one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from starlette_upgrade.source.needles import by_stem, tests_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.source.needles import Kept, Test, Uses
    from starlette_upgrade.ruleset.selection import ActiveRule

FRAMEWORK = "starlette"
# Where imports stand: a file without a root word, in a package without a root file, is judged by its head.
_HEAD = 4096


@dataclass(slots=True, eq=False)
class Unit:
    """Files that can import each other without naming a package: a top-level package, or a folder of scripts.

    `owners` are the traces of interesting classes that its root files hold, `heads` the beginnings of these.
    """

    folder: str
    owners: set[bytes] = field(default_factory=set)
    heads: list[bytes] = field(default_factory=list)
    is_root: bool = False


def is_root(data: bytes) -> bool:
    """Whether the bytes name Starlette or FastAPI."""
    return b"starlette" in data or b"fastapi" in data


class Triage:
    """Decides file by file; root files have to be shown to it (`note`) before others are asked about."""

    def __init__(self, rules: Iterable[ActiveRule], kept: Kept) -> None:
        self._rules = tuple(rules)
        self._kept = kept
        self._near_tests: dict[tuple[Unit, ...], Uses] = {}
        self._near_unit: dict[Unit, tuple[Unit, ...]] = {}
        self._units: dict[str, Unit] = {}
        self._of_folder: dict[str, Unit] = {}
        self._named: list[tuple[Unit, bytes, str]] = []

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """What the rules ask of a file. They are made for the first file that names Starlette or FastAPI."""
        rules = [active.rule for active in self._rules]
        return _merged(
            [test for rule in rules for match in rule.matches for test in _tests(rule, match, self._kept)]
        )

    @cached_property
