"""Where a finding in rewritten text stands in the file that was not written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from starlette_upgrade.finding import Span
from starlette_upgrade.report.diff import matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from starlette_upgrade.finding import FileChange, Finding


def as_on_disk(findings: Iterable[Finding], changes: Iterable[FileChange]) -> tuple[Finding, ...]:
    """The findings with their places moved back to the text before the changes."""
    maps: dict[Path, Sequence[int]] = {}
    by_path = {change.path: change for change in changes}
    moved = []
    for finding in findings:
        if finding.path in by_path and finding.path not in maps:
            maps[finding.path] = _old_lines(by_path[finding.path])
        lines = maps.get(finding.path)
        moved.append(finding if lines is None else _moved(finding, lines))
    return tuple(moved)


def _moved(finding: Finding, lines: Sequence[int]) -> Finding:
    span = finding.span
    start, end = (lines[min(number, len(lines)) - 1] for number in (span.line, span.end_line))
    return dataclasses.replace(finding, span=Span(start, span.column, max(start, end), span.end_column))


def _old_lines(change: FileChange) -> list[int]:
    """For each line of the new text, from 1, the line of the old text that it was made from."""
    before, after = change.before.splitlines(), change.after.splitlines()
    lines = []
    for _, old_start, old_end, new_start, new_end in matcher(before, after).get_opcodes():
        last = max(old_end - 1, old_start, 0)
        lines += [min(old_start + index, last) + 1 for index in range(new_end - new_start)]
    return lines or [1]
