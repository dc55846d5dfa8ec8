"""Writing a rewritten file: all of it or nothing, and never over somebody else's change."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette_upgrade.finding import FileChange

_ANY_WRITE = 0o222


class ChangedOnDisk(OSError):
    """The file is not what was read: somebody changed it meanwhile, and it is left alone."""


def write(change: FileChange) -> None:
    """Replaces the file's content atomically, keeping its mode and owner. Raises ChangedOnDisk or OSError."""
    path = change.path.resolve()  # a link keeps pointing to the rewritten file
    if path.read_bytes() != change.before:
        raise ChangedOnDisk(f"{change.path}: changed on disk meanwhile; left alone, run again")
    status = path.stat()
    # A rename asks nobody whether the file may be written, so that we have to.
    if not status.st_mode & _ANY_WRITE or not os.access(path, os.W_OK):
        raise PermissionError(f"{change.path}: read-only; left alone")
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(temporary, status.st_uid, status.st_gid)
        os.chmod(temporary, status.st_mode & 0o7777)  # noqa: PTH101 - mkstemp gives a name, not a Path
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        if os.path.exists(temporary):  # noqa: PTH110
            os.unlink(temporary)  # noqa: PTH108
        raise
