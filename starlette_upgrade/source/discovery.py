"""Which files a run looks at: those below the given paths that git would not ignore."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pathspec import GitIgnoreSpec

    Ignored = tuple[tuple[str, GitIgnoreSpec], ...]

# Never looked into: version control, environments, caches and what builds leave behind (as Ruff does).
_SKIPPED = frozenset({
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d", ".pyenv",
    ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__", "__pypackages__",
    "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv",
})  # fmt: skip


def discover(paths: Iterable[Path]) -> tuple[list[str], list[Problem]]:
    """The Python files to look at, sorted, and the paths that could not be looked into.

    A file that is named itself is always taken, whatever it is called.
    """
    files: dict[str, None] = {}
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            files.update(dict.fromkeys(sorted(_walk(os.path.normpath(path), problems))))
        elif path.exists():
            files[os.path.normpath(path)] = None
        else:
            problems.append(Problem(path, "no such file or folder"))
    return list(files), problems


def _walk(top: str, problems: list[Problem]) -> Iterator[str]:
    """The files below a normalised path, as `os.path.normpath` would write them."""
    start = len(os.path.join(".", "")) if top == "." else 0
    stack: list[tuple[str, Ignored]] = [(top, _ignored_above(top))]
    while stack:
        folder, ignored = stack.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            problems.append(Problem(Path(folder), f"can't look into this folder: {error.strerror}"))
            continue
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names and folder != top:
            continue
        if ".gitignore" in names:
            ignored = (*ignored, *_read_ignore(os.path.join(folder, ".gitignore"), folder))
        for entry in entries:
            name = entry.name
            if name.endswith((".py", ".pyi")):
                if not (ignored and _is_ignored(entry.path, ignored)) and entry.is_file():
                    yield entry.path[start:]
            elif (
                name not in _SKIPPED
                and entry.is_dir(follow_symlinks=False)
                and not (ignored and _is_ignored(f"{entry.path}/", ignored))
            ):
                stack.append((entry.path, ignored))


def _ignored_above(top: str) -> Ignored:
    """What the .gitignore files between the repository's root and `top` say."""
    found: list[tuple[str, GitIgnoreSpec]] = []
    folder = os.path.abspath(top)
    if os.path.exists(os.path.join(folder, ".git")):
        return _read_ignore(os.path.join(folder, ".git", "info", "exclude"), top)
    above = os.path.dirname(folder)
    chain = []
    while above != folder:
        chain.append(above)
        if os.path.exists(os.path.join(above, ".git")):
            break
        folder, above = above, os.path.dirname(above)
    else:
        return ()
    found.extend(_read_ignore(os.path.join(chain[-1], ".git", "info", "exclude"), chain[-1]))
    for place in reversed(chain):
        found.extend(_read_ignore(os.path.join(place, ".gitignore"), place))
    # A folder that is named itself is wanted, even where git ignores it.
    return () if _is_ignored(f"{top}/", tuple(found)) else tuple(found)


def _read_ignore(file: str, base: str) -> Ignored:
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            text = lines.read()
    except OSError:
        return ()
    if not text.strip():
        return ()
    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(text.splitlines())
    except ValueError:
        spec = GitIgnoreSpec.from_lines(line for line in text.splitlines() if _is_pattern(line))
    return ((os.path.abspath(base), spec),)


def _is_pattern(line: str) -> bool:
    """Whether a line of a .gitignore is one that git would understand; git passes the others by."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _is_ignored(path: str, ignored: Ignored) -> bool:
    """Whether the nearest .gitignore that speaks of the path ignores it."""
    absolute = os.path.abspath(path) + ("/" if path.endswith("/") else "")
    for base, spec in reversed(ignored):
        verdict = spec.check_file(os.path.relpath(absolute, base) + ("/" if path.endswith("/") else "")).include
        if verdict is not None:
            return verdict
    return False
