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
    edits = [edit for plan in plans for edit in plan.edits]
    text = _with_edits(document, edits)
    imports = [new for plan in plans for new in plan.imports]
    if not imports:
        return text
    changed = Document(document.path, document.encode(text))
    return add_imports(changed, imports)


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
    if not source.endswith(("\n", "\r")):
        changed = changed.rstrip("\r\n")
    if document.newline != "\n" and "\r" not in changed:
        changed = changed.replace("\n", document.newline)
    last = lines.last if changed.strip() else _end_of_gap(rows, lines)
    rows[lines.first - 1 : last] = [changed] if changed else []


def _end_of_gap(rows: Sequence[str], lines: Lines) -> int:
    """Where nothing is left of a statement: the last of the blank lines that go with it.

    Of those above and those below it, the larger number stays.
    """
    above = below = 0
    while lines.first - 2 - above >= 0 and not rows[lines.first - 2 - above].strip():
        above += 1
    while lines.last + below < len(rows) and not rows[lines.last + below].strip():
        below += 1
    at_start = lines.first - 1 - above == 0
    return lines.last + (below if at_start else min(above, below))


def _in_order(edits: Sequence[Edit]) -> list[Edit]:
    """In reading order: of two decorators of one definition the upper one goes first."""
    return sorted(edits, key=lambda edit: (edit.span.line, edit.span.column))
