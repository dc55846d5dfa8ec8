"""Lines of one or a few statements through libcst and back: only these are parsed, and only these can change."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from starlette_upgrade.rewrite.plan import CannotApply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import libcst as cst

    from starlette_upgrade.finding import Span
    from starlette_upgrade.rewrite.plan import Edit

    Key = tuple[str, int, int, int, int]
    Changes = Mapping["Key", Sequence[Edit]]

# Compound statements are found by where they start: their end is a matter of taste.
_BY_START = frozenset({"FunctionDef", "ClassDef", "With"})
# The statement of this span stands for the whole line (or the part behind a colon) that it is on.
WHOLE_LINE = "whole line"
# What such a comment says of a line goes with the line.
_FOR_TOOLS = re.compile(r"#\s*(?:noqa|nosec|type:|mypy:|pyright:|pylint:|pragma:|fmt:|isort:|ruff:)", re.IGNORECASE)


def key_of(kind: str, span: Span, line_offset: int) -> Key:
    """How a node is found in a statement's tree whose first line is `line_offset` lines into the file."""
    if kind == WHOLE_LINE:
        return (kind, span.line - line_offset, span.column - 1, 0, 0)
    end = (0, 0) if kind in _BY_START else (span.end_line - line_offset, span.end_column - 1)
    return (kind, span.line - line_offset, span.column - 1, *end)


def rewrite_statement(source: str, changes: Changes) -> str:
    """The statements' text with each found node changed. Raises CannotApply.

    `source` holds whole lines; spans in `changes` count lines from 1 in it.
    """
    import libcst as cst

    text = _readable(source)
    newline = "\r\n" if "\r\n" in text else "\n"
    head = f"if 1:{newline}" if text[:1] in (" ", "\t") else ""
    try:
        module = cst.parse_module(head + text)
        changed = module.visit(_transformer(_found(module, changes, 1 if head else 0)))
    except cst.ParserSyntaxError as error:
        raise CannotApply(f"libcst can't parse the statement: {error.message}") from None
    except cst.CSTValidationError as error:
        raise CannotApply(f"the new form is not possible here: {error}") from None
    # A module that has lost its only statement still ends its (empty) line.
    return _as_it_was(changed.code[len(head) :], source) if changed.body else ""


def _readable(source: str) -> str:
    """The text in a form that libcst reads: it does not know lone carriage returns as line ends."""
    return source if "\n" in source else source.replace("\r", "\n")


def _as_it_was(changed: str, source: str) -> str:
    return changed if "\n" in source or "\r" not in source else changed.replace("\n", "\r")


def _found(module: cst.Module, changes: Changes, offset: int) -> dict[cst.CSTNode, Sequence[Edit]]:
    """The nodes that the keys mean; for a whole line, the small statement on it."""
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    found: dict[cst.CSTNode, Sequence[Edit]] = {}
    missing = set(changes)
    for node, place in positions.items():
        kind = WHOLE_LINE if isinstance(node, cst.BaseSmallStatement) else type(node).__name__
        start = (kind, place.start.line - offset, place.start.column)
        key = (*start, place.end.line - offset, place.end.column)
        if kind in _BY_START or kind == WHOLE_LINE:
            key = (*start, 0, 0)
        if key in missing:
            found[node] = changes[key]
            missing.discard(key)
    if missing:
        raise CannotApply("the code to change was not found again")
    return found


def _transformer(found: Mapping[cst.CSTNode, Sequence[Edit]]) -> cst.CSTTransformer:
    import libcst as cst

    class Transformer(cst.CSTTransformer):
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            updated = super().on_leave(original_node, updated_node)
            if isinstance(original_node, cst.SimpleStatementLine | cst.SimpleStatementSuite):
                for small in original_node.body:
                    for edit in found.get(small, ()):
                        updated = _changed(updated, edit)
            elif not isinstance(original_node, cst.BaseSmallStatement):
                for edit in found.get(original_node, ()):
                    updated = _changed(updated, edit)
            return updated

    return Transformer()


def _changed(node: Any, edit: Edit) -> Any:
    """The node after an edit. What is said of an argument may go with it; elsewhere no comment is lost."""
    import libcst as cst

    changed = edit.change(node)
    if isinstance(node, cst.Call) or edit.moves_comments:
        return changed
    if Counter(comments_in(node)) - Counter(comments_in(changed)):
        raise CannotApply("a comment stands inside of it")
    return changed


def comments_in(node: Any) -> Iterator[str]:
    """The comments for people in a node, or in what came of it."""
    import libcst as cst

    if isinstance(node, cst.Comment):
        if not _FOR_TOOLS.match(node.value):
            yield node.value
    elif isinstance(node, cst.FlattenSentinel | cst.CSTNode):  # nothing else is left of what was removed
        for inner in node if isinstance(node, cst.FlattenSentinel) else node.children:
            yield from comments_in(inner)


def replace_statement(source: str, change: Callable[[cst.SimpleStatementLine], Any]) -> str:
    """The text of one simple statement at the top level, changed as a whole."""
    import libcst as cst

    module = cst.parse_module(_readable(source))
    line = module.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    return _as_it_was(module.with_changes(body=[change(line), *module.body[1:]]).code, source)
