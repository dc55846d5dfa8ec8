"""One statement's text through libcst and back: only this statement is parsed, and only it can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette_upgrade.finding import Span
from starlette_upgrade.rewrite.plan import CannotApply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import libcst as cst

    Key = tuple[str, int, int, int, int]
    Changes = Mapping["Key", Sequence[Callable[[Any], Any]]]

# Definitions and whole lines are found by where they start: their end is a matter of taste.
_BY_START = frozenset({"FunctionDef", "ClassDef", "SimpleStatementLine"})


def key_of(kind: str, span: Span, line_offset: int) -> Key:
    """How a node is found in a statement's tree whose first line is `line_offset` lines into the file."""
    end = (0, 0) if kind in _BY_START else (span.end_line - line_offset, span.end_column - 1)
    return (kind, span.line - line_offset, span.column - 1, *end)


def rewrite_statement(source: str, changes: Changes) -> str:
    """The statement's text with each found node changed. Raises CannotApply.

    `source` holds whole lines; spans in `changes` count lines from 1 in it.
    """
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    indented = source[:1] in (" ", "\t")
    newline = "\r\n" if "\r\n" in source else "\n"
    head = f"if 1:{newline}" if indented else ""
    try:
        module = cst.parse_module(head + source)
    except cst.ParserSyntaxError as error:
        raise CannotApply(f"libcst can't parse the statement: {error.message}") from None
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    offset = 1 if indented else 0
    found: dict[cst.CSTNode, Sequence[Callable[[Any], Any]]] = {}
    missing = set(changes)
    for node, place in positions.items():
        kind = type(node).__name__
        start = (kind, place.start.line - offset, place.start.column)
        end = (0, 0) if kind in _BY_START else (place.end.line - offset, place.end.column)
        key = (*start, *end)
        if key in missing:
            found[node] = changes[key]
            missing.discard(key)
    if missing:
        raise CannotApply("the code to change was not found again")
    changed = module.visit(_transformer(found)).code
    return changed[len(head) :]


def _transformer(found: Mapping[cst.CSTNode, Sequence[Callable[[Any], Any]]]) -> cst.CSTTransformer:
    import libcst as cst

    class Transformer(cst.CSTTransformer):
        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            updated = super().on_leave(original_node, updated_node)
            for change in found.get(original_node, ()):
                updated = change(updated)
            return updated

    return Transformer()


def replace_statement(source: str, change: Callable[[cst.SimpleStatementLine], Any]) -> str:
    """The text of one simple statement at the top level, changed as a whole."""
    import libcst as cst

    module = cst.parse_module(source)
    line = module.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    return module.with_changes(body=[change(line), *module.body[1:]]).code
