"""`try: from new import X`, and below `except ImportError:` what X is on releases that don't have that yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.naming import import_lines
from starlette_upgrade.rewrite.plan import CannotApply

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Sequence

    import libcst as cst

    from starlette_upgrade.rewrite.plan import NewImport
    from starlette_upgrade.rewrite.text.fitting import Margin
    from starlette_upgrade.source.document import Document


def bound(new: NewImport) -> str:
    """The name that an import binds."""
    return new.asname or new.name or new.module


def stands_alone(statement: ast.stmt, document: Document) -> bool:
    """Whether nothing but a comment shares the lines of a statement, so that a `try` can take its place."""
    span = document.span(statement)
    before = document.lines[span.line - 1][: span.column - 1]
    behind = document.lines[span.end_line - 1][span.end_column - 1 :].strip()
    return not before.strip() and (not behind or behind.startswith("#"))


def grouped(imports: Iterable[NewImport]) -> list[list[NewImport]]:
    """Imports that one `try` can hold: from one module, which has them since one release."""
    groups: dict[tuple[str, str], list[NewImport]] = {}
    for new in imports:
        since = new.otherwise.since if new.otherwise is not None else ""
        groups.setdefault((new.module, since), []).append(new)
    return list(groups.values())


def guarded(together: Sequence[NewImport], room: Margin) -> list[str]:
    """The lines of a `try` with these imports, without the indentation of the block around it."""
    names = [(new.name or "", new.asname) for new in together]
    return [
        "try:",
        *_inside(_import(together[0].module, names), room),
        "except ImportError:",
        *_handler(together, room),
    ]


def _handler(together: Sequence[NewImport], room: Margin) -> Iterator[str]:
    values = [new for new in together if new.otherwise is not None and new.otherwise.value]
    others: dict[str, list[tuple[str, str | None]]] = {}
    for new in together:
        if new.otherwise is not None and not new.otherwise.value:
            old = new.otherwise.name
            again = new.asname == new.name  # `X as X` says that the module gives it on
            asname = bound(new) if again or bound(new) != old else None
            others.setdefault(new.otherwise.module, []).append((old, asname))
    for module, names in others.items():
        yield from _inside(_import(module, names), room)
    for new in values:
        assert new.otherwise is not None
        yield f"{room.step}{bound(new)} = {new.otherwise.value}"


def _import(module: str, names: Sequence[tuple[str, str | None]]) -> tuple[str, list[str]]:
    return f"from {module} import ", [f"{name} as {asname}" if asname else name for name, asname in names]


def _inside(parts: tuple[str, list[str]], room: Margin) -> list[str]:
    """An import one step further in, with each name on a line of its own if it is too long."""
    head, names = parts
    line = f"{room.step}{head}{', '.join(names)}"
    if len((room.block + line).expandtabs(4)) <= room.width:
        return [line]
    return [f"{room.step}{head}(", *(f"{room.step * 2}{name}," for name in names), f"{room.step})"]


def replaced(
    line: cst.SimpleStatementLine, *, old: str, new: NewImport, room: Margin, below_import: bool
) -> cst.FlattenSentinel[cst.BaseStatement]:
    """The line without the name `old`, if anything is left of it, and the guarded import of the new one.

    `below_import`: another import stands right above, from which formatters set off a `try` by a blank line.
    """
    import libcst as cst

    if not isinstance(line, cst.SimpleStatementLine):
        raise CannotApply("a `try` can't stand on this line")
    made = cst.parse_statement("\n".join(guarded([new], room)))
    assert isinstance(made, cst.Try)
    handler = made.handlers[0]
    step = {"indent": room.step}
    made = made.with_changes(
        body=made.body.with_changes(**step),
        handlers=[handler.with_changes(body=handler.body.with_changes(**step))],
    )
    blank = cst.EmptyLine(indent=False)
    rest = import_lines.dropped(line, old=old)
    if isinstance(rest, cst.RemovalSentinel):
        above = line.leading_lines or ([blank] if below_import else [])
        noted = _noted(made, line.trailing_whitespace)
        return cst.FlattenSentinel([noted.with_changes(leading_lines=above)])
    assert isinstance(rest, cst.SimpleStatementLine)
    return cst.FlattenSentinel([rest, made.with_changes(leading_lines=[blank])])


def _noted(made: cst.Try, said: cst.TrailingWhitespace) -> cst.Try:
    """The `try` with what was said behind the import, a `noqa` say, behind each of its own."""
    import libcst as cst

    if said.comment is None:
        return made
    blocks = [made.body, made.handlers[0].body]
    for number, block in enumerate(blocks):
        first = block.body[0]
        assert isinstance(first, cst.SimpleStatementLine)
        if isinstance(first.body[0], cst.ImportFrom):
            blocks[number] = block.with_changes(
                body=[first.with_changes(trailing_whitespace=said), *block.body[1:]]
            )
    return made.with_changes(body=blocks[0], handlers=[made.handlers[0].with_changes(body=blocks[1])])
