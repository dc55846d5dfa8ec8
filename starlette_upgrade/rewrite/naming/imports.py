"""Adding imports to a module's text: merged into what is there, sorted in where a maintainer would put them."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.naming.import_blocks import mergeable, place_below, place_for, section_of
from starlette_upgrade.rewrite.naming.import_fallbacks import bound, grouped, guarded
from starlette_upgrade.rewrite.naming.import_lines import merged, within
from starlette_upgrade.rewrite.statement import replace_statement
from starlette_upgrade.rewrite.text.fitting import Margin, margin_of, step_of, width_of
from starlette_upgrade.source.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.rewrite.plan import NewImport


def add_imports(document: Document, wanted: Iterable[NewImport]) -> str:
    """The document's text with the imports in it; those that it has already change nothing."""
    every = sorted(dict.fromkeys(wanted), key=_order)
    for new in every:
        if new.otherwise is None and not _has(document.tree, new):
            document = Document(document.path, document.encode(_with(document, new)))
    for together in reversed(grouped([new for new in every if new.otherwise is not None])):  # the last goes lowest
        document = Document(document.path, document.encode(_with_guarded(document, together)))
    return document.text


def _order(new: NewImport) -> tuple[int, bool, str, str]:
    return section_of(new.module), new.name is not None, new.module.lower(), new.name or ""


def _has(tree: ast.Module, new: NewImport) -> bool:
    wanted = (new.module if new.name is None else new.name, new.asname)
    return any(
        (alias.name, alias.asname) == wanted
        for statement in tree.body
        if isinstance(statement, ast.Import | ast.ImportFrom) and _is_from(statement, new)
        for alias in statement.names
    )


def _is_from(statement: ast.Import | ast.ImportFrom, new: NewImport) -> bool:
    """Whether the statement has the form of the new import, and its module."""
    if isinstance(statement, ast.Import):
        return new.name is None
    return new.name is not None and statement.module == new.module and not statement.level


def _with(document: Document, new: NewImport) -> str:
    rows = list(document.lines)
    statement = mergeable(document, new)
    if statement is not None:
        first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
        source = "".join(rows[first:last])
        add = partial(merged, module=new.module, name=new.name or "", asname=new.asname)
        fit = partial(within, change=add, margin=partial(margin_of, document, statement.lineno))
        rows[first:last] = [replace_statement(source, fit)]
        return "".join(rows)
    position, before, after = place_for(document, new)
    newline = document.newline
    if position and not rows[position - 1].endswith(("\n", "\r")):
        rows[position - 1] += newline
    rows[position:position] = [f"{before}{_text(new, document)}{newline}{after}"]
    return "".join(rows)


def _with_guarded(document: Document, together: Sequence[NewImport]) -> str:
    rows = list(document.lines)
    position, before, after = place_below(document, [bound(new) for new in together])
    newline = document.newline
    if position and not rows[position - 1].endswith(("\n", "\r")):
        rows[position - 1] += newline
    room = Margin("", step_of(document), width_of(document))
    text = newline.join(guarded(together, room))
    rows[position:position] = [f"{before}{text}{newline}{after}"]
    return "".join(rows)


def _text(new: NewImport, document: Document) -> str:
    """The import as a line, or with its name in brackets where that would be too long."""
    if new.name is None:
        return f"import {new.module}"
    name = f"{new.name} as {new.asname}" if new.asname else new.name
    head = f"from {new.module} import "
    if len(head + name) <= width_of(document):
        return head + name
    return document.newline.join((f"{head}(", f"{step_of(document)}{name},", ")"))
