"""Carrying plans out on a document's text: the statements that they touch are rewritten, nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.imports import add_imports
from starlette_upgrade.rewrite.plan import CannotApply
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
    lines = list(document.lines)
    for statement, inside in reversed(_by_statement(document, edits)):
        first, last = _lines_of(statement)
        _replace(document, lines, first, last, inside)
    return "".join(lines)


def _replace(document: Document, lines: list[str], first: int, last: int, edits: Sequence[Edit]) -> None:
    changes: dict[Key, list[Callable[[Any], Any]]] = {}
    for edit in _in_order(edits):
        changes.setdefault(key_of(edit.kind, edit.span, first - 1), []).append(edit.change)
    source = "".join(lines[first - 1 : last])
    changed = rewrite_statement(source, changes)
    if not source.endswith(("\n", "\r")):
        changed = changed.rstrip("\r\n")
    if document.newline != "\n" and "\r" not in changed:
        changed = changed.replace("\n", document.newline)
    if not changed.strip() and _is_blank(lines, first - 2):
        while last < len(lines) and not lines[last].strip():  # nothing is left of it: its own blank lines go, too
            last += 1
    lines[first - 1 : last] = [changed]


def _is_blank(lines: Sequence[str], index: int) -> bool:
    """Whether there is nothing on a line; the file's start and end count as nothing."""
    return not 0 <= index < len(lines) or not lines[index].strip()


def _in_order(edits: Sequence[Edit]) -> list[Edit]:
    """In reading order: of two decorators of one definition the upper one goes first."""
    return sorted(edits, key=lambda edit: (edit.span.line, edit.span.column))


def _by_statement(document: Document, edits: Iterable[Edit]) -> list[tuple[ast.stmt, list[Edit]]]:
    """Edits under the outermost statements that hold them, so that no two statements overlap."""
    parents = _parsable_parents(document)
    grouped: dict[int, tuple[ast.stmt, list[Edit]]] = {}
    for edit in edits:
        statement = parents(edit.statement)
        grouped.setdefault(id(statement), (statement, []))[1].append(edit)
    ordered = sorted(grouped.values(), key=lambda pair: (_lines_of(pair[0])[0], -_lines_of(pair[0])[1]))
    merged: list[tuple[ast.stmt, list[Edit]]] = []
    for statement, inside in ordered:
        if merged and _lines_of(statement)[0] <= _lines_of(merged[-1][0])[1]:
            if _lines_of(statement)[1] > _lines_of(merged[-1][0])[1]:
                raise CannotApply("two statements share a line")
            merged[-1][1].extend(inside)
        else:
            merged.append((statement, list(inside)))
    return merged


def _parsable_parents(document: Document) -> Callable[[ast.stmt], ast.stmt]:
    """A function from a statement to the smallest one around it whose lines can be parsed alone."""
    above: dict[int, ast.stmt] = {}

    def note(parent: ast.stmt) -> None:
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.stmt):
                above[id(child)] = parent
                note(child)
            else:
                for inner in ast.walk(child):  # statements of `except` clauses and `match` cases
                    if isinstance(inner, ast.stmt) and id(inner) not in above:
                        above[id(inner)] = parent
                        note(inner)

    for statement in document.tree.body:
        note(statement)

    def find(statement: ast.stmt) -> ast.stmt:
        while id(statement) in above and not _stands_alone(document, statement):
            statement = above[id(statement)]
        return statement

    return find


def _stands_alone(document: Document, statement: ast.stmt) -> bool:
    """Whether a statement starts its line and is no `elif`."""
    first, last = _lines_of(statement)
    row = document.lines[first - 1]
    start = row[: document.column(statement.lineno, statement.col_offset) - 1] if first == statement.lineno else ""
    if start.strip():
        return False
    if isinstance(statement, ast.If) and row.lstrip().startswith("elif"):
        return False
    end_row = document.lines[last - 1]
    rest = end_row[document.column(last, statement.end_col_offset or 0) - 1 :].strip()
    return not rest or rest.startswith("#")


def _lines_of(statement: ast.stmt) -> tuple[int, int]:
    decorators = getattr(statement, "decorator_list", ())
    first = min((decorator.lineno for decorator in decorators), default=statement.lineno)
    return min(first, statement.lineno), statement.end_lineno or statement.lineno
