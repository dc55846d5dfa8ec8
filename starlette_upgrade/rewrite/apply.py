"""Carrying plans out on a document's text: the statements that they touch are rewritten, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.imports import add_imports
from starlette_upgrade.rewrite.ranges import Lines, Ranges
from starlette_upgrade.rewrite.statement import key_of, rewrite_statement
from starlette_upgrade.source.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from starlette_upgrade.rewrite.plan import Edit, Plan
    from starlette_upgrade.rewrite.statement import Key


def apply(document: Document, plans: Sequence[Plan]) -> str:
    """The document's text after all `plans`. Raises CannotApply; nothing is changed then."""
    text = _with_edits(document, [edit for plan in plans for edit in plan.edits])
    imports = [new for plan in plans for new in plan.imports]
    if imports:
        text = add_imports(Document(document.path, document.encode(text)), imports)
        if document.newline != "\n" and "\r" not in text:  # nothing was left to tell the newline by
            text = text.replace("\n", document.newline)
    ended = document.text.endswith(("\n", "\r"))
    return text if ended else text.rstrip("\r\n")


def _with_edits(document: Document, edits: Iterable[Edit]) -> str:
    rows = list(document.lines)
    for lines, inside in reversed(_by_lines(document, edits)):
        _replace(document, rows, lines, inside)
    return "".join(rows)


def _by_lines(document: Document, edits: Iterable[Edit]) -> list[tuple[Lines, list[Edit]]]:
    """Edits by the lines to rewrite, from top to bottom; lines inside others join those."""
    ranges = Ranges(document)
    found = sorted(((ranges.of(edit.statement), edit) for edit in edits), key=lambda pair: _order(pair[0]))
    grouped: list[tuple[Lines, list[Edit]]] = []
    for lines, edit in found:
        if grouped and lines.last <= grouped[-1][0].last:
            grouped[-1][1].append(edit)
        else:
            grouped.append((lines, [edit]))
    return grouped


def _order(lines: Lines) -> tuple[int, int]:
    return lines.first, -lines.last


def _replace(document: Document, rows: list[str], lines: Lines, edits: Sequence[Edit]) -> None:
    changes: dict[Key, list[Callable[[Any], Any]]] = {}
    for edit in _in_order(edits):
        changes.setdefault(key_of(edit.kind, edit.span, lines.first - 1), []).append(edit.change)
    source = "".join(rows[lines.first - 1 : lines.last])
    changed = rewrite_statement(source, changes)
    if document.newline != "\n" and "\r" not in changed:
        changed = changed.replace("\n", document.newline)
    if changed.strip():
        rows[lines.first - 1 : lines.last] = [changed]
    else:
        gap = _with_gap(rows, lines)
        del rows[gap.first - 1 : gap.last]


def _with_gap(rows: Sequence[str], lines: Lines) -> Lines:
    """Where nothing is left of a statement: its lines and the blank ones that go with it.

    Of the blank lines above and below it, the larger number stays; none, at an end of the file.
    """
    above = below = 0
    while lines.first - 2 - above >= 0 and not rows[lines.first - 2 - above].strip():
        above += 1
    while lines.last + below < len(rows) and not rows[lines.last + below].strip():
        below += 1
    if lines.last + below == len(rows):
        return Lines(lines.first - above, lines.last + below)
    return Lines(lines.first, lines.last + (below if lines.first - 1 == above else min(above, below)))


def _in_order(edits: Sequence[Edit]) -> list[Edit]:
    """In reading order: of two decorators of one definition the upper one goes first."""
    return sorted(edits, key=lambda edit: (edit.span.line, edit.span.column))
