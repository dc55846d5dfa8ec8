"""What `fix` has changed: file by file, and rule by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette_upgrade.finding import FileChange, Finding
    from starlette_upgrade.report.place import View

_WIDEST = 40
_NARROWEST = 20
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
    """The codes stand beside the names of the files if there is room, below a name that is too long for that."""
    names = [printable(view.path(change.path)) for change in changes]
    widest = min(max(map(len, names)), _WIDEST)
    for change, name in zip(changes, names, strict=True):
        codes, start = _codes(change.resolved), len("fixed ") + max(len(name), widest) + 2
        beside = not view.width or view.width - start >= _NARROWEST
        indent = " " * (start if beside else _BELOW)
        first, *others = paragraph(codes, view.width, indent, indent) if view.width else [indent + codes]
        title = (("fixed ", "green"), (f"{name:{widest}}", "bold"))
        if beside:
            yield line(*title, f"  {first[start:]}")
        else:
            yield from (line(*title), line(first))
        yield from map(line, others)


def _codes(findings: Iterable[Finding]) -> str:
    codes = Counter(finding.rule.code for finding in findings)
    return ", ".join(code if number == 1 else f"{code} ×{number}" for code, number in sorted(codes.items()))
