"""The decisions that a run needs, whoever took them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.lifecycle import Move

Style = Literal["call", "table"]


@dataclass(frozen=True, slots=True)
class Options:
    """What to look at and for. `include_possible`: usages whose receiver is unknown count for the gate.

    `ahead`: only rewrites that run on the older release, too.
    `reasons`: findings say how their receivers are known.
    `text`: what the only path of `paths` holds, whatever is on disk there, or nothing.
    `style`: what decorators register is written as calls, or as tables of the app's constructor.
    `vulnerabilities`: published ones that the older release has are looked for.
    `python`: the interpreter or environment whose packages the code uses; None for the project's own `.venv`.
    """

    paths: tuple[Path, ...]
    move: Move
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    triage: bool = True
    include_possible: bool = False
    unsafe: bool = False
    style: Style = "call"
    ahead: bool = False
    python: Path | None = None
    reasons: bool = False
    text: bytes | None = None
    vulnerabilities: bool = True
