"""Code that comes from stdin, as editors hand it over."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from starlette_upgrade.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.cli.output import Output
    from starlette_upgrade.cli.request import Request


def text_of(request: Request) -> bytes | None:
    """All that stdin holds, byte for byte, where the request is about that. Raises CommandError."""
    if not request.reads_stdin:
        return None
    stream: TextIO | None = sys.stdin
    if stream is None:
        raise CommandError("stdin is closed, so that there is no code to read")
    return stream.buffer.read()


@contextmanager
def given_back(request: Request, text: bytes | None, output: Output) -> Iterator[None]:
    """Where the work fails, stdout gets what stdin held: an editor that takes it for its own loses nothing."""
    try:
        yield
    except Exception:
        if text is not None and not request.diff:
            output.write_bytes(text)
        raise
