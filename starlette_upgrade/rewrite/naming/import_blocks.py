"""The imports at the top of a module: in which blocks they stand, how they are sorted, where one more belongs."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette_upgrade.rewrite.plan import NewImport
    from starlette_upgrade.source.document import Document

Import = ast.Import | ast.ImportFrom
_LOCAL = 2


def blocks_of(document: Document) -> list[list[Import]]:
    """The runs of imports at the top of the module, separated by blank lines; `__future__` is not among them."""
    blocks: list[list[Import]] = []
    previous = 0
    for statement in document.tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            if blocks or not isinstance(statement, ast.Expr | ast.If | ast.Try | ast.Assign):
                break
            continue
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        between = document.lines[previous : statement.lineno - 1]
        if not blocks or any(not line.strip() for line in between):
            blocks.append([])
        blocks[-1].append(statement)
        previous = statement.end_lineno or statement.lineno
    return blocks


def mergeable(document: Document, new: NewImport) -> ast.ImportFrom | None:
    """The import at the top from the same module that takes one more name."""
    if new.name is None:
        return None
    for block in blocks_of(document):
        for statement in block:
            if not isinstance(statement, ast.ImportFrom) or statement.level or statement.module != new.module:
                continue
            if any(alias.asname is None and alias.name != "*" for alias in statement.names) and not new.asname:
                return statement
    return None


def keeps_its_place(statement: ast.ImportFrom, module: str, document: Document) -> bool:
    """Whether an import may stay on its line when it comes from `module` instead.

    It has to where other code shares the line or a comment hangs on it; it may where the block is in no order,
    or stays in order.
    """
    block = next((block for block in blocks_of(document) if statement in block), None)
    if block is None or _shares_its_line(statement, document):
        return True
    if len(statement.names) > 1:
        return False
    rows = document.lines[statement.lineno - 1 : statement.end_lineno]
    if any("#" in row for row in rows):
        return True
    same = [s for s in document.tree.body if isinstance(s, ast.ImportFrom) and s.module == module and not s.level]
    if same or section_of(module) != section_of(_name(statement)):
        return False
    alike = [other for other in block if isinstance(other, ast.ImportFrom)]
    before = [_order(_name(other)) for other in alike]
    after = [_order(module if other is statement else _name(other)) for other in alike]
    return before != sorted(before) or after == sorted(after)


def _shares_its_line(statement: ast.stmt, document: Document) -> bool:
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    return any(
        other is not statement and other.lineno <= last and (other.end_lineno or other.lineno) >= first
        for other in document.tree.body
    )


def place_for(document: Document, new: NewImport) -> tuple[int, str, str]:
    """The line index for a new import, and the blank lines that it needs before and after it."""
    blocks = blocks_of(document)
    if not blocks:
        return _without_imports(document)
    newline = document.newline
    section = section_of(new.module)
    root = new.module.split(".")[0]
    same = next((block for block in blocks if any(_root(other) == root for other in block)), None)
    own = same or next((b for b in blocks if any(section_of(_name(other)) == section for other in b)), None)
    if own is not None:
        return _within(own, new), "", ""
    earlier = [block for block in blocks if section_of(_name(block[0])) < section]
    if earlier:
        return _end(earlier[-1][-1]), newline, ""
    return blocks[0][0].lineno - 1, "", newline


def _within(block: list[Import], new: NewImport) -> int:
    """The line index inside a block: `import x` before `from x import y`, each in alphabetical order."""
    alike = [other for other in block if isinstance(other, ast.Import) == (new.name is None)]
    order = _order(new.module)
    before = [
        other for other in alike if _order(_name(other)) < order or (new.asname and _name(other) == new.module)
    ]
    if before:
        # Behind the nearest of its own package: a block need not be sorted.
        root = new.module.split(".")[0]
        related = [other for other in before if _root(other) == root]
        return _end((related or before)[-1])
    if alike:
        later = [other for other in alike if section_of(_name(other)) >= section_of(new.module)]
        return (later or alike)[0].lineno - 1
    return block[0].lineno - 1 if new.name is None else _end(block[-1])


def place_below(document: Document, names: Collection[str]) -> tuple[int, str, str]:
    """The line index behind all imports at the top, and the blank lines needed there, for what binds `names`."""
    blocks = blocks_of(document)
    if not blocks:
        return _without_imports(document)
    position = _end(blocks[-1][-1])
    above = (statement for statement in document.tree.body if statement.lineno <= position)
    if any(isinstance(node, ast.Name) and node.id in names for code in above for node in ast.walk(code)):
        return _without_imports(document)  # what is used there needs the names already
    close = position < len(document.lines) and document.lines[position].strip()
    return position, document.newline, document.newline if close else ""


def _without_imports(document: Document) -> tuple[int, str, str]:
    """Below the docstring and `__future__`, or below the comments that open the file."""
    newline, rows = document.newline, document.lines
    position = 0
    following: ast.stmt | None = None
    for statement in document.tree.body:
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (docstring or future):
            following = statement
            break
        position = _end(statement)
    if not position:
        position = _end_of_header(rows)
    before = newline if position else ""
    if position == len(rows) or not rows[position].strip():
        return position, before, ""
    definition = isinstance(following, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return position, before, newline * 2 if definition else newline


def _end_of_header(rows: list[str]) -> int:
    """The index below `#!`, the encoding, and further comments if a blank line sets them off from the code."""
    comments = 0
    while comments < len(rows) and rows[comments].startswith("#"):
        comments += 1
    if comments == len(rows) or not rows[comments].strip():
        return comments
    return sum(1 for row in rows[: min(2, comments)] if row.startswith("#!") or "coding" in row)


def section_of(module: str) -> int:
    """isort's sections: 0 standard library, 1 other packages, 2 relative imports."""
    if module.startswith("."):
        return _LOCAL
    return 0 if module.split(".")[0] in sys.stdlib_module_names else 1


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _order(module: str) -> str:
    return module.lower()


def _name(statement: Import) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def _root(statement: Import) -> str:
    return _name(statement).split(".")[0]
