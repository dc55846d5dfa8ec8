"""Elements of lists separated by commas (arguments, dict entries, names): taken out and put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst


def without(elements: Sequence[Any], index: int) -> list[Any]:
    """The elements but one; the layout of the others (line breaks, trailing comma) stays."""
    import libcst as cst

    kept = list(elements)
    removed = kept.pop(index)
    if index < len(kept) or not kept:
        return kept
    last, comma = kept[-1], removed.comma
    if isinstance(comma, cst.Comma) and isinstance(last.comma, cst.Comma):
        comma = last.comma.with_changes(
            whitespace_after=_closing(last.comma.whitespace_after, comma.whitespace_after)
        )
    kept[-1] = last.with_changes(comma=comma)
    if isinstance(removed, cst.Arg):  # the white space before the closing bracket is the last argument's
        kept[-1] = kept[-1].with_changes(whitespace_after_arg=removed.whitespace_after_arg)
    return kept


def _closing(before: Any, after: Any) -> Any:
    """The white space behind the new last element: its own comment, then the break that closed the list."""
    import libcst as cst

    if isinstance(before, cst.ParenthesizedWhitespace) and isinstance(after, cst.ParenthesizedWhitespace):
        return before.with_changes(indent=after.indent, last_line=after.last_line)
    return after


def with_first(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """The call with one more argument in front, on a line of its own where each of the others is on one."""
    import libcst as cst

    if not call.args:
        return call.with_changes(args=[argument])
    space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    before = call.whitespace_before_args
    if isinstance(before, cst.ParenthesizedWhitespace) and all(_ends_line(other) for other in call.args):
        space = before.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    first = argument.with_changes(comma=cst.Comma(whitespace_after=space))
    return call.with_changes(args=[first, *call.args])


def _ends_line(argument: cst.Arg) -> bool:
    import libcst as cst

    comma = argument.comma
    return isinstance(comma, cst.Comma) and isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)


def inserted_after(arguments: Sequence[cst.Arg], index: int, argument: cst.Arg) -> list[cst.Arg]:
    """The arguments with one more behind `index`, laid out like that one."""
    import libcst as cst

    found = list(arguments)
    before = found[index]
    if isinstance(before.comma, cst.Comma) and index + 1 < len(found):
        found.insert(index + 1, argument.with_changes(comma=before.comma))
        return found
    found[index] = before.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    found.insert(index + 1, argument.with_changes(comma=before.comma))
    return found


def keyword_of(argument: cst.Arg) -> str | None:
    return argument.keyword.value if argument.keyword is not None else None


def one_line_each(call: cst.Call, extra: str, *, arguments_together: bool) -> cst.Call:
    """The call broken over lines: its arguments on one line, or each on its own with a trailing comma.

    `extra` is the indentation of the call's line beyond that of its block.
    """
    import libcst as cst

    def line_break(indentation: str) -> cst.ParenthesizedWhitespace:
        return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indentation))

    inner, closing = line_break(extra + "    "), line_break(extra)
    arguments = list(call.args)
    if arguments_together:
        arguments[-1] = arguments[-1].with_changes(whitespace_after_arg=closing)
    else:
        broken = cst.Comma(whitespace_after=inner)
        arguments = [argument.with_changes(comma=broken) for argument in arguments]
        arguments[-1] = arguments[-1].with_changes(comma=cst.Comma(whitespace_after=closing))
    return call.with_changes(args=arguments, whitespace_before_args=inner)
