"""The command lines that people and hooks really type, read without typer: importing it takes 80 ms.

Only what is plainly right is read here. Help, mistakes, abbreviations and rarities are left to typer, which
must come to the same Request for everything that this module accepts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette_upgrade.cli.request import STDIN, Request, split

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXTS = {
    "--from": "old",
    "--to": "new",
    "--fastapi": "fastapi",
    "--python": "python",
    "--format": "format",
    "--color": "color",
    "--stdin-filename": "stdin_filename",
}
_FIX_TEXTS = {"--style": "style"}
_LISTS = {"--select": "select", "--ignore": "ignore", "--fail-on": "fail_on"}
_FLAGS = {
    "--no-triage": ("triage", False),
    "--include-possible": ("include_possible", True),
    "--exit-zero": ("exit_zero", True),
    "--quiet": ("quiet", True),
    "-q": ("quiet", True),
    "--verbose": ("verbose", True),
    "-v": ("verbose", True),
}
_FIX_FLAGS = {
    "--diff": ("diff", True),
    "--unsafe": ("unsafe", True),
    "--ahead": ("ahead", True),
    "--allow-dirty": ("allow_dirty", True),
    "--interactive": ("interactive", True),
    "-i": ("interactive", True),
}


def parse(arguments: Sequence[str]) -> Request | None:
    """The request, or None if typer has to look at it."""
    if not arguments or arguments[0] not in ("check", "fix"):
        return None
    command = arguments[0]
    flags = _FLAGS | _FIX_FLAGS if command == "fix" else _FLAGS
    options = _TEXTS | _FIX_TEXTS if command == "fix" else _TEXTS
    paths: list[str] = []
    lists: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for word in rest:
        if word == STDIN or not word.startswith("-"):
            paths.append(word)
            continue
        if word in flags:
            name, value = flags[word]
            values[name] = value
            continue
        option, equals, text = word.partition("=")
        if not equals:
            text = next(rest, "")
        if not text or text.startswith("-"):
            return None
        if option in options:
            values[options[option]] = text
        elif option in _LISTS:
            lists.setdefault(_LISTS[option], []).append(text)
        else:
            return None
    for name, texts in lists.items():
        values[name] = split(texts)
    if paths:
        values["paths"] = tuple(paths)
    return Request(command="fix" if command == "fix" else "check", **values)
