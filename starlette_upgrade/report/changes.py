"""What `fix` has changed: file by file, and rule by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from starlette_upgrade.report.columns import row
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette_upgrade.finding import FileChange, Finding
    from starlette_upgrade.report.place import View

_WIDEST = 40
_BELOW = 6


def changed(changes: Sequence[FileChange], view: View) -> list[Line]:
    """A line for each rewritten file with the codes of what was fixed in it, then a line for each rule.

    Of a single file the rules say all.
    """
    if len(changes) == 1:
        [change] = changes
        return [line(("fixed ", "green"), (printable(view.path(change.path)), "bold")), *changed_rules(changes)]
    return [*_files(changes, view), BLANK, *changed_rules(changes)]


def changed_rules(changes: Iterable[FileChange]) -> Iterator[Line]:
    """How often each rule was resolved, the most frequent first."""
    rules = Counter((f.rule.code, f.rule.name) for change in changes for f in change.resolved)
    for (code, name), number in sorted(rules.items(), key=lambda item: (-item[1], item[0])):
        yield line(f"{number:4}  ", (code, "green"), f" {one_line(name)}")


def _files(changes: Sequence[FileChange], view: View) -> Iterator[Line]:
    names = [printable(view.path(change.path)) for change in changes]
    widest = min(max(map(len, names)), _WIDEST)
    for change, name in zip(changes, names, strict=True):
        yield from row(
            [("fixed ", "green"), (f"{name:{widest}}", "bold")], _codes(change.resolved), view, below=_BELOW
        )


def _codes(findings: Iterable[Finding]) -> str:
    codes = Counter(finding.rule.code for finding in findings)
    return ", ".join(code if number == 1 else f"{code} ×{number}" for code, number in sorted(codes.items()))
