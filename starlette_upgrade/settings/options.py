"""The decisions that a run needs, whoever took them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.lifecycle import Move


@dataclass(frozen=True, slots=True)
class Options:
    """What to look at and for. `include_possible`: usages whose receiver is unknown count for the gate.

    `ahead`: only rewrites that run on the older release, too.
    `reasons`: findings say how their receivers are known.
    `python`: the interpreter or environment whose packages the code uses; None for the project's own `.venv`.
    """

    paths: tuple[Path, ...]
    move: Move
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    triage: bool = True
    include_possible: bool = False
    unsafe: bool = False
    ahead: bool = False
    python: Path | None = None
    reasons: bool = False
