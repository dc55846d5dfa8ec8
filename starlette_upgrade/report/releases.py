"""The history of releases: a row for each, or all that is known of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.columns import row
from starlette_upgrade.report.release import section
from starlette_upgrade.report.styled import BLANK, Line, line, paragraph
from starlette_upgrade.report.wording import STYLES, count
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Piece
    from starlette_upgrade.ruleset.history import Chapter

_IMPACTS = (Impact.BREAK, Impact.SILENT, Impact.DEPRECATED)
_COLUMNS = ("release", "date", "break", "silent", "warns", "notes", "fixes", "new")


def table(chapters: Sequence[Chapter], view: View) -> list[Line]:
    """A row for each release: what it breaks, changes and deprecates, in numbers of rules, and what it brings."""
    widths = _widths(chapters)
    lines = [line(("  ".join(_padded(_COLUMNS, widths)), "dim"))]
    for chapter in chapters:
        lines += _row(chapter, widths, view)
    return lines


def sections(chapters: Sequence[Chapter], view: View) -> list[Line]:
    """Each release with its rules and notes."""
    lines: list[Line] = []
    for chapter in chapters:
        lines += [BLANK, *section(chapter, view)]
    return lines[1:]


def closing(chapters: Sequence[Chapter], next_command: str, view: View) -> list[Line]:
    """How much that was, and where to go on; the command is left whole to be copied."""
    texts = [_sum(chapters), "`starlette-upgrade explain VERSION` tells all about one of them."]
    rows = [text for each in texts for text in (paragraph(each, view.width) if view.width else [each])]
    command = [BLANK, line(("Next: ", "bold"), next_command)] if next_command else []
    return [BLANK, *map(line, rows), *command]


def nothing(version: Version) -> list[Line]:
    """For a way that ends where it starts."""
    return [line(f"No release lies between {version} and {version}.")]


def _sum(chapters: Sequence[Chapter]) -> str:
    found = {impact: sum(len(chapter.of(impact)) for chapter in chapters) for impact in _IMPACTS}
    span = " to ".join(dict.fromkeys(str(chapter.version) for chapter in (chapters[0], chapters[-1])))
    return (
        f"{count(len(chapters), 'release')}, {span}: {found[Impact.BREAK]} break, "
        f"{found[Impact.SILENT]} change silently, {found[Impact.DEPRECATED]} deprecated."
    )


def _row(chapter: Chapter, widths: Sequence[int], view: View) -> Iterator[Line]:
    published = chapter.published
    rules = [len(chapter.of(impact)) for impact in _IMPACTS]
    numbers = (*rules, len(chapter.notes), published.fixes, published.features)
    cells = _padded((str(chapter.version), published.date, *(str(number or "-") for number in numbers)), widths)
    styles = ("bold", "", *(STYLES[impact] for impact in _IMPACTS), "", "", "")
    pieces: list[Piece] = []
    for cell, style in zip(cells, styles, strict=True):
        pieces += [("  ", ""), (cell, style if cell.strip() != "-" else "dim")]
    mark = f"{published.mark[0].upper()}{published.mark[1:]}. " if published.mark else ""
    return row(pieces[1:], f"{mark}{published.line}", view, below=widths[0] + 2)


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    sides = "<<" + ">" * (len(cells) - 2)
    return [f"{cell:{side}{width}}" for cell, side, width in zip(cells, sides, widths, strict=True)]


def _widths(chapters: Sequence[Chapter]) -> list[int]:
    version = max(len(str(chapter.version)) for chapter in chapters)
    return [max(version, len("release")), len("2020-01-01"), *(len(title) for title in _COLUMNS[2:])]
