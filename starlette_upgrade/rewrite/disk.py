"""Writing a rewritten file: all of it or nothing, and never over somebody else's change."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette_upgrade.finding import FileChange


class ChangedOnDisk(OSError):
    """The file is not what was read: somebody changed it meanwhile, and it is left alone."""


def write(change: FileChange) -> None:
    """Replaces the file's content atomically, keeping its mode. Raises ChangedOnDisk or OSError."""
    path = change.path.resolve()  # a link keeps pointing to the rewritten file
    if path.read_bytes() != change.before:
        raise ChangedOnDisk(f"{change.path}: changed on disk meanwhile; left alone, run again")
    mode = path.stat().st_mode
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode & 0o7777)  # noqa: PTH101 - mkstemp gives a name, not a Path
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        if os.path.exists(temporary):  # noqa: PTH110
            os.unlink(temporary)  # noqa: PTH108
        raise
