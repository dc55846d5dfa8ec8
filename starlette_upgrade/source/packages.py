"""Which folders are packages, and which package is the topmost one around a folder."""

from __future__ import annotations

import os


class Packages:
    """What the disk says of folders (absolute paths), asked once for each."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}
        self._tops: dict[str, str] = {}

    def __contains__(self, folder: str) -> bool:
        """Whether the folder is a package by its `__init__.py`."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = os.path.isfile(f"{folder}{os.sep}__init__.py")
        return known

    def top(self, folder: str) -> str:
        """The folder of the topmost package that `folder` belongs to; "" if it belongs to none."""
        if folder not in self:
            return ""
        if folder not in self._tops:
            self._tops[folder] = self.top(os.path.dirname(folder)) or folder
        return self._tops[folder]
