"""What a person wants explained: the words before the paths, or what stdin holds."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.request import STDIN

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette_upgrade.cli.request import Request


@dataclass(frozen=True, slots=True)
class Subject:
    """A text, and where to look for what it is about; no `paths` where the person named none."""

    text: str
    paths: tuple[str, ...] = ()


def subject_of(request: Request, names: Collection[str]) -> Subject:
    """A traceback is pasted as one argument, on stdin, or as words that a shell has taken apart.

    `names` are the words, in lower case, that say all by themselves: what follows one of them are paths.
    Raises CommandError.
    """
    first, rest = request.rule, request.where
    if first == STDIN:
        return Subject(_from_stdin(), rest)
    if first.lower() in names:
        return Subject(first, rest)
    paths: list[str] = []
    words = list(rest)
    while words and os.path.exists(words[-1]):  # noqa: PTH110
        paths.insert(0, words.pop())
    return Subject(" ".join((first, *words)), tuple(paths))


def _from_stdin() -> str:
    stream = sys.stdin
    if stream is None:
        raise CommandError("stdin is closed, so that there is no error to read")
    if stream.isatty():
        print("Paste the error, then end the input (Ctrl-D; on Windows Ctrl-Z and Enter):", file=sys.stderr)
    text = stream.buffer.read().decode("utf-8", "replace").strip()
    if not text:
        raise CommandError("stdin is empty: paste an error, or a whole traceback")
    return text
