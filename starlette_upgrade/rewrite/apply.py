"""Carrying plans out on a document's text: the statements that they touch are rewritten, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.insertion import Inserted, Removed, removed, with_gap
from starlette_upgrade.rewrite.naming.imports import add_imports
from starlette_upgrade.rewrite.plan import CannotApply
from starlette_upgrade.rewrite.ranges import Lines, Ranges
from starlette_upgrade.rewrite.statement import key_of, rewrite_statement
from starlette_upgrade.rewrite.text.fitting import step_of, width_of
from starlette_upgrade.rewrite.text.layout import relaid
from starlette_upgrade.source.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette_upgrade.finding import Span
    from starlette_upgrade.rewrite.plan import Edit, Plan
    from starlette_upgrade.rewrite.statement import Key


def apply(document: Document, plans: Sequence[Plan]) -> str:
    """The document's text after all `plans`. Raises CannotApply; nothing is changed then."""
    once = list(dict.fromkeys(plans))  # several usages may share one
    text = _with_edits(document, once)
    imports = [new for plan in once for new in plan.imports]
    if imports:
        text = add_imports(Document(document.path, document.encode(text)), imports)
        if document.newline != "\n" and "\r" not in text:  # nothing was left to tell the newline by
            text = text.replace("\n", document.newline)
    ended = document.text.endswith(("\n", "\r"))
    return text if ended else text.rstrip("\r\n")


def _with_edits(document: Document, plans: Sequence[Plan]) -> str:
    ranges = Ranges(document)
    insertions = [insertion for plan in plans for insertion in plan.insertions]
    going = list(removed(document, ranges, [removal for plan in plans for removal in plan.removals], insertions))
    inserted = Inserted(document, ranges, insertions)
    rows = inserted.rows
    groups = _by_lines(ranges, [edit for plan in plans for edit in plan.edits])
    changes: list[tuple[Lines, Sequence[Edit] | Removed]] = [*groups]
    for lines, _ in groups:
        if any(lines.first <= gone.lines.last and gone.lines.first <= lines.last for gone in going):
            raise CannotApply("a statement would have to be changed and taken away at once")
    changes += [(gone.lines, gone) for gone in going]
    for lines, inside in sorted(changes, key=lambda change: _order(change[0]), reverse=True):
        now = inserted.moved(lines)
        if isinstance(inside, Removed):
            inside.carry_out(rows, now)
        else:
            _replace(document, rows, now, inside, inserted.moved_span)
    return "".join(rows)


def _by_lines(ranges: Ranges, edits: Iterable[Edit]) -> list[tuple[Lines, list[Edit]]]:
    """Edits by the lines to rewrite, from top to bottom; lines inside others join those."""
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


def _replace(
    document: Document, rows: list[str], lines: Lines, edits: Sequence[Edit], moved: Callable[[Span], Span]
) -> None:
    changes: dict[Key, list[Edit]] = {}
    for edit in _in_order(edits):
        changes.setdefault(key_of(edit.kind, moved(edit.span), lines.first - 1), []).append(edit)
    source = "".join(rows[lines.first - 1 : lines.last])
    changed = relaid(rewrite_statement(source, changes), source, step_of(document), width_of(document))
    if document.newline != "\n" and "\r" not in changed:
        changed = changed.replace("\n", document.newline)
    if changed.strip():
        rows[lines.first - 1 : lines.last] = [changed]
    else:
        gap = with_gap(rows, lines)
        del rows[gap.first - 1 : gap.last]


def _in_order(edits: Sequence[Edit]) -> list[Edit]:
    """In reading order: of two decorators of one definition the upper one goes first."""
    return sorted(edits, key=lambda edit: (edit.span.line, edit.span.column, edit.turn))
