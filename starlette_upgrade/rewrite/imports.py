"""Adding imports to a module's text: merged into what is there, sorted in where a maintainer would put them."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.statement import replace_statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from starlette_upgrade.rewrite.plan import NewImport
    from starlette_upgrade.source.document import Document

Import = ast.Import | ast.ImportFrom


def add_imports(document: Document, wanted: Iterable[NewImport]) -> str:
    """The document's text with the imports in it; those that it has already change nothing."""
    lines = list(document.lines)
    tree = document.tree
    inserted: dict[int, list[str]] = {}
    for new in dict.fromkeys(wanted):
        if _has(tree, new):
            continue
        merge = _mergeable(tree, new)
        if merge is not None:
            _merge(lines, merge, new)
            continue
        position, before, after = _position(document, new)
        inserted.setdefault(position, []).append(before + _text(new) + document.newline + after)
    for position in sorted(inserted, reverse=True):
        if position and position <= len(lines) and not lines[position - 1].endswith(("\n", "\r")):
            lines[position - 1] += document.newline
        lines[position:position] = sorted(inserted[position])
    return "".join(lines)


def _text(new: NewImport) -> str:
    if new.name is None:
        return f"import {new.module}"
    asname = f" as {new.asname}" if new.asname else ""
    return f"from {new.module} import {new.name}{asname}"


def _has(tree: ast.Module, new: NewImport) -> bool:
    if new.name is None:
        names = [alias for s in tree.body if isinstance(s, ast.Import) for alias in s.names]
        return any(alias.name == new.module and alias.asname is None for alias in names)
    names = [alias for s in _from(tree, new.module) for alias in s.names]
    return any(alias.name == new.name and alias.asname == new.asname for alias in names)


def _mergeable(tree: ast.Module, new: NewImport) -> ast.ImportFrom | None:
    """The module's import from the same module, if it lists names."""
    if new.name is None:
        return None
    return next((s for s in _from(tree, new.module) if all(alias.name != "*" for alias in s.names)), None)


def _from(tree: ast.Module, module: str) -> list[ast.ImportFrom]:
    return [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == module and not s.level]


def _merge(lines: list[str], statement: ast.ImportFrom, new: NewImport) -> None:
    first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
    source = "".join(lines[first:last])
    changed = replace_statement(source, lambda line: _with_alias(line, new))
    # The statement keeps its number of list entries, so that positions further down stay right.
    lines[first:last] = [changed, *[""] * (last - first - 1)]


def _with_alias(line: cst.SimpleStatementLine, new: NewImport) -> cst.SimpleStatementLine:
    """The line with one more name in its import: in order, where the names are in order."""
    import libcst as cst

    body = list(line.body)
    for position, small in enumerate(body):
        if isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar):
            names = list(small.names)
            texts = [alias.evaluated_name for alias in names]
            assert new.name is not None
            asname = cst.AsName(cst.Name(new.asname)) if new.asname else None
            made = cst.ImportAlias(cst.Name(new.name), asname=asname)
            ordered = texts == sorted(texts, key=str.lower)
            index = sum(text.lower() < new.name.lower() for text in texts) if ordered else len(texts)
            body[position] = small.with_changes(names=_inserted(names, index, made))
            return line.with_changes(body=body)
    return line


def _inserted(names: list[cst.ImportAlias], index: int, made: cst.ImportAlias) -> list[cst.ImportAlias]:
    import libcst as cst

    if index < len(names):
        comma = names[index - 1].comma if index else names[0].comma
        if not isinstance(comma, cst.Comma):
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        names.insert(index, made.with_changes(comma=comma))
        return names
    last = names[-1]
    if len(names) > 1 and isinstance(names[-2].comma, cst.Comma):
        between = names[-2].comma
    else:
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    names[-1] = last.with_changes(comma=between)
    names.append(made.with_changes(comma=last.comma))
    return names


def _position(document: Document, new: NewImport) -> tuple[int, str, str]:
    """The line index for a new import, and the blank lines that it needs before and after it."""
    blocks = _blocks(document)
    if not blocks:
        return _without_imports(document)
    newline = document.newline
    section = _section(new.module)
    root = new.module.split(".")[0]
    same = next((b for b in blocks if any(_root(s) == root for s in b)), None)
    own = same or next((b for b in blocks if any(_section(_name(s)) == section for s in b)), None)
    if own is not None:
        return _within(own, new), "", ""
    if section == 0:
        first = blocks[0][0]
        return first.lineno - 1, "", newline
    last = blocks[-1][-1] if section == 1 else blocks[0][-1]
    earlier = [b for b in blocks if _section(_name(b[0])) < section]
    last = earlier[-1][-1] if earlier else last
    return last.end_lineno or last.lineno, newline, ""


def _within(block: list[Import], new: NewImport) -> int:
    """The line index inside a block: `import x` before `from x import y`, each in alphabetical order."""
    plain = new.name is None
    alike = [s for s in block if isinstance(s, ast.Import) == plain]
    before = [s for s in alike if _name(s).lower() <= new.module.lower()]
    section = _section(new.module)
    if before:
        # Behind the nearest of its own package: a block need not be sorted.
        root = new.module.split(".")[0]
        related = [s for s in before if _root(s) == root]
        anchor = (related or before)[-1]
        return anchor.end_lineno or anchor.lineno
    if alike:
        later = [s for s in alike if _section(_name(s)) >= section]
        return (later or alike)[0].lineno - 1
    if plain:
        return block[0].lineno - 1
    return block[-1].end_lineno or block[-1].lineno


def _blocks(document: Document) -> list[list[Import]]:
    """The runs of imports at the top of the module, separated by blank lines; `__future__` is not among them."""
    blocks: list[list[Import]] = []
    previous = 0
    for statement in document.tree.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and not blocks:
            continue
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            if blocks:
                break
            if isinstance(statement, ast.Expr | ast.If | ast.Try | ast.Assign):
                continue
            break
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        lines = document.lines[previous : statement.lineno - 1]
        if not blocks or any(not line.strip() for line in lines):
            blocks.append([])
        blocks[-1].append(statement)
        previous = statement.end_lineno or statement.lineno
    return blocks


def _without_imports(document: Document) -> tuple[int, str, str]:
    newline = document.newline
    position = 0
    for statement in document.tree.body:
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (docstring or future):
            break
        position = statement.end_lineno or statement.lineno
    if position:
        return position, newline, ""
    while position < len(document.lines) and document.lines[position].startswith("#"):
        position += 1
    return position, "", newline


def _name(statement: Import) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def _root(statement: Import) -> str:
    return _name(statement).split(".")[0]


def _section(module: str) -> int:
    """isort's sections: 0 standard library, 1 other packages, 2 relative imports."""
    if module.startswith("."):
        return 2
    return 0 if module.split(".")[0] in sys.stdlib_module_names else 1
