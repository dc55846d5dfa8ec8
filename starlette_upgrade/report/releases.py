"""The history of releases: a row for each, or all that is known of those on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.release import section
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph
from starlette_upgrade.report.wording import STYLES, count
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Piece
    from starlette_upgrade.ruleset.history import Chapter

_IMPACTS = (Impact.BREAK, Impact.SILENT, Impact.DEPRECATED)
_COLUMNS = ("release", "date", *(impact.value for impact in _IMPACTS), "notes", "fixes", "features")
_NARROWEST_LINE = 36


def table(chapters: Sequence[Chapter], view: View) -> list[Line]:
    """A row for each release: what it breaks, changes and deprecates, by the number of rules, and what it brings."""
    widths = _widths(chapters)
    lines = [line(("  ".join(_padded(_COLUMNS, widths)).rstrip(), "dim"))]
    for chapter in chapters:
        lines += _row(chapter, widths, view)
    return lines


def sections(chapters: Sequence[Chapter], view: View) -> list[Line]:
    """Each release with its rules and notes."""
    lines: list[Line] = []
    for chapter in chapters:
        lines += [*section(chapter, view), BLANK]
    return lines


def closing(chapters: Sequence[Chapter], check: str, view: View) -> list[Line]:
    """How much that was, and where to go on. `check` is the command that holds it against code, if there is one."""
    texts = [_sum(chapters), "`starlette-upgrade explain VERSION` tells all about one of them."]
    if check:
        texts.append(f"`{check}` tells what your code meets.")
    return [line(row) for text in texts for row in (paragraph(text, view.width) if view.width else [text])]


def remark(chapter: Chapter) -> str:
    """What sets a release apart from those that an upgrade leads to; "" for the usual ones."""
    if chapter.published.yanked:
        return f"yanked ({chapter.published.yanked})"
    return "pre-release" if chapter.version.is_prerelease else ""


def _sum(chapters: Sequence[Chapter]) -> str:
    first, last = chapters[0].version, chapters[-1].version
    span = f"{first}" if first == last else f"{first} to {last}"
    rules = {impact: sum(len(chapter.of(impact)) for chapter in chapters) for impact in _IMPACTS}
    parts = (
        f"{rules[Impact.BREAK]} break",
        f"{rules[Impact.SILENT]} change silently",
        f"{rules[Impact.DEPRECATED]} deprecated",
    )
    return f"{count(len(chapters), 'release')}, {span}: {', '.join(parts)}."


def _row(chapter: Chapter, widths: Sequence[int], view: View) -> Iterator[Line]:
    published = chapter.published
    rules = [len(chapter.of(impact)) for impact in _IMPACTS]
    numbers = (*rules, len(chapter.notes), published.fixes, published.features)
    cells = _padded((str(chapter.version), published.date, *(str(number or "-") for number in numbers)), widths)
    styles = ("bold", "", *(STYLES[impact] for impact in _IMPACTS), "", "", "")
    pieces: list[Piece] = []
    for cell, style in zip(cells, styles, strict=True):
        pieces += [(cell, "dim" if cell.endswith(" -") or cell == "-" else style), ("  ", "")]
    note = remark(chapter)
    text = f"{note[:1].upper()}{note[1:]}. {published.line}" if note else published.line
    start = sum(widths) + 2 * len(widths)
    if not view.width:
        yield line(*pieces, one_line(text))
        return
    beside = view.width - start >= _NARROWEST_LINE
    indent = " " * (start if beside else widths[0] + 2)
    first, *others = paragraph(text, view.width, indent, indent)
    if beside:
        yield line(*pieces, first[start:])
    else:
        yield line(*pieces[:-1])
        yield line((first, "dim"))
    yield from (line((row, "" if beside else "dim")) for row in others)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    return [f"{cell:{'<' if n < 2 else '>'}{width}}" for n, (cell, width) in enumerate(zip(cells, widths, strict=True))]


def _widths(chapters: Sequence[Chapter]) -> list[int]:
    version = max(len(str(chapter.version)) for chapter in chapters)
    return [max(version, len("release")), len("2020-01-01"), *(len(title) for title in _COLUMNS[2:])]
