"""Where something is, in words that an editor and a terminal turn into a link."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import Piece, printable

if TYPE_CHECKING:
    from starlette_upgrade.finding import Reason

_PROSE_WIDTH = 100
_CODE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class View:
    """From where and how a person looks: the folder that paths are relative to, and the room on the screen.

    `width` 0: nobody knows how wide the screen is, and no line may depend on it. `links`: escape codes are
    welcome, so a place can carry a link.
    """

    cwd: Path
    width: int = 0
    links: bool = False

    @property
    def prose(self) -> int:
        return min(self.width or _PROSE_WIDTH, _PROSE_WIDTH + 20)

    @property
    def code(self) -> int:
        return self.width or _CODE_WIDTH

    def path(self, path: Path) -> str:
        """The path relative to the folder if it lies below it, else in full."""
        return os.path.normpath(path).removeprefix(f"{self.cwd}{os.sep}")

    def posix(self, path: Path) -> str:
        """The same with forward slashes, for machines."""
        return self.path(path).replace(os.sep, "/")

    def place(self, path: Path, line: int | None = None, column: int | None = None) -> Piece:
        """`path:line:col`."""
        text = printable(self.path(path))
        if line is not None:
            text += f":{line}"
        if line is not None and column is not None:
            text += f":{column}"
        return text, f"bold link {self._link(path, line)}" if self.links else "bold"

    def reason(self, reason: Reason) -> str:
        """A reason in one sentence, with its place."""
        if reason.path is None:
            return reason.text
        return reason.text.replace("{place}", f"in {printable(self.posix(reason.path))}:{reason.line}")

    def _link(self, path: Path, line: int | None) -> str:
        # kitty and VS Code read the fragment as a line number, GLib and KDE ignore it.
        fragment = f"#{line}" if line is not None else ""
        return Path(os.path.normpath(self.cwd / path)).as_uri() + fragment
