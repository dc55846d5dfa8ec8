"""Is it safe to rewrite files here? git knows whether there is a way back.

What is asked: are all tracked files of the work tree as they were committed, and are the files to be
rewritten tracked? Then `git diff` shows exactly what was done, and `git restore .` undoes it. Untracked files
that are left alone don't matter. Where there is no repository or no git, nothing is asked.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN = 3
# A hook runs with variables that point to its own repository and index.
_LOCAL = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
)


class _NoGitError(Exception):
    pass


def require_clean(files: Iterable[Path]) -> None:
    """Raises CommandError if one of the files lies in a work tree with uncommitted changes."""
    by_top: dict[str, set[str]] = {}
    for file in files:
        real = os.path.realpath(file)
        top = _top(real)
        if top:
            by_top.setdefault(top, set()).add(os.path.relpath(real, top).replace(os.sep, "/"))
    for top, names in sorted(by_top.items()):
        try:
            changed = _changed(top)
            untracked = sorted(names - _tracked(top))
        except _NoGitError:
            return
        if changed:
            raise CommandError(
                f"nothing is written: {_named(changed)} in the git work tree {_has(changed)} uncommitted "
                "changes; commit or stash them, or pass --allow-dirty"
            )
        if untracked:
            raise CommandError(
                f"nothing is written: {_named(untracked)} {_is(untracked)} not under version control, so "
                "there is no way back; add and commit, or pass --allow-dirty"
            )


def _top(file: str) -> str:
    """The work tree that the file lies in; "" if there is none."""
    return next((str(folder) for folder in Path(file).parents if (folder / ".git").exists()), "")


def _changed(top: str) -> list[str]:
    """The tracked files that differ from the last commit, staged or not."""
    entries = _git(top, "status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=all")
    names = []
    renamed = False
    for entry in entries:
        if not renamed:
            names.append(entry[3:])
        # A renamed file's old name follows as an entry of its own, without a status.
        renamed = not renamed and entry[:1] in ("R", "C")
    return names


def _tracked(top: str) -> set[str]:
    return set(_git(top, "ls-files", "-z", "--full-name"))


def _git(top: str, *arguments: str) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    try:
        done = subprocess.run(  # noqa: S603  # the arguments are ours
            ["git", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607  # the person's own git
            cwd=top,
            env={**environment, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise _NoGitError from None
    if done.returncode:
        reason = os.fsdecode(done.stderr).strip().partition("\n")[0].removeprefix("fatal: ")
        raise CommandError(
            f"nothing is written: git can't tell whether {top} is clean ({reason}); "
            "pass --allow-dirty to write anyway"
        )
    return [os.fsdecode(entry) for entry in done.stdout.split(b"\0") if entry]


def _named(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {count(more, 'other file')}" if more > 0 else shown


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
