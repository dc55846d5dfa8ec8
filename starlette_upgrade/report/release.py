"""What one release means: in short among others, and on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.explain import PULL
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph
from starlette_upgrade.report.wording import STYLES, count
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Piece
    from starlette_upgrade.ruleset.history import Chapter

_NARROWEST_SUMMARY = 36
_TITLES = {
    Impact.BREAK: "Breaks",
    Impact.SILENT: "Runs, but does something else",
    Impact.DEPRECATED: "Deprecates",
}


def section(chapter: Chapter, view: View) -> list[Line]:
    """The release in short: its line, and a row for each rule and note."""
    lines = [line(_version(chapter), (f" of {chapter.published.date}{_aside(chapter)}", "dim"))]
    lines += map(line, _wrapped(chapter.published.line, view, "  "))
    rows = [(rule.code, rule.name, impact.value, STYLES[impact], rule.summary) for rule, impact in chapter.effects]
    rows += [(rule.code, rule.name, "as before", "green", rule.summary) for rule in chapter.undone]
    rows += [("note", note.name, "to know", "", note.text) for note in chapter.notes]
    name, meaning = (max((len(row[column]) for row in rows), default=0) for column in (1, 2))
    for code, title, words, style, text in rows:
        cells = (f"  {code:5} ", (f"{title:{name}}  ", "bold"), (f"{words:{meaning}}", style))
        yield_from = _beside(cells, 2 + 5 + 1 + name + 2 + meaning + 2, text, view)
        lines += yield_from
    return lines


def page(chapter: Chapter, before: Chapter | None, meaning: str, view: View) -> list[Line]:
    """All about one release. `meaning` says where it lies on the way of the person who asks, if that is known."""
    lines = [line(_version(chapter), _aside(chapter))]
    lines += [line(row) for row in paragraph(chapter.published.line, view.prose)]
    lines += [BLANK, *_facts(chapter, before, meaning, view)]
    for impact, title in _TITLES.items():
        lines += _group(title, [(r.code, r.name, r.pulls, r.summary) for r in chapter.of(impact)], STYLES[impact], view)
    lines += _group(
        "As it was before", [(r.code, r.name, r.pulls, r.summary) for r in chapter.undone], "green", view
    )
    lines += _group("Good to know", [("", n.name, n.pulls, n.text) for n in chapter.notes], "", view)
    if chapter.effects or chapter.undone:
        lines += [BLANK, line("`starlette-upgrade explain CODE` tells all about one of these rules.")]
    elif not chapter.notes:
        lines += [BLANK, line("Nothing in it is known to break code, or to change what code does.")]
    return lines


def _version(chapter: Chapter) -> Piece:
    return str(chapter.version), "bold"


def _aside(chapter: Chapter) -> str:
    """What sets it apart from the releases that an upgrade leads to by itself."""
    if chapter.published.yanked:
        return f", yanked ({chapter.published.yanked})"
    return ", a pre-release" if chapter.version.is_prerelease else ""


def _facts(chapter: Chapter, before: Chapter | None, meaning: str, view: View) -> Iterator[Line]:
    published = chapter.published
    raised = before is not None and before.published.python != published.python
    brings = f"{count(published.fixes, 'fix', 'fixes')}, {count(published.features, 'feature')}"
    facts = [
        ("Published", published.date),
        ("Python", published.python + (f", where {before.version} had {before.published.python}" if before and raised else "")),
        ("Brings", brings + (", counted by hand" if published.by_hand else "")),
        ("For you", meaning),
    ]
    for label, value in facts:
        if value:
            rows = paragraph(value, view.prose, " " * 14, " " * 14)
            yield line((f"  {label:12}", "dim"), rows[0][14:])
            yield from map(line, rows[1:])


def _group(
    title: str, members: Sequence[tuple[str, str, tuple[int, ...], str]], style: str, view: View
) -> Iterator[Line]:
    if members:
        yield from (BLANK, line((title, f"bold {style}".strip())))
    for code, name, pulls, text in members:
        pieces = [f"  {code} " if code else "  ", (name, "bold"), *_pulls(pulls, view)]
        yield line(*pieces)
        yield from map(line, paragraph(text, view.prose, " " * 8, " " * 8))


def _pulls(pulls: tuple[int, ...], view: View) -> Iterator[Piece]:
    for pull in pulls:
        yield "  ", ""
        yield f"#{pull}", f"dim link {PULL}{pull}" if view.links else "dim"


def _wrapped(text: str, view: View, indent: str) -> list[str]:
    return paragraph(text, view.width, indent, indent) if view.width else [indent + one_line(text)]


def _beside(cells: Sequence[Piece | str], start: int, text: str, view: View) -> Iterator[Line]:
    """Cells with a text behind them, or below them where the screen is narrow."""
    if not view.width:
        yield line(*cells, f"  {one_line(text)}")
        return
    beside = view.width - start >= _NARROWEST_SUMMARY
    indent = " " * (start if beside else 8)
    first, *others = paragraph(text, view.width, indent, indent)
    if beside:
        yield line(*cells, f"  {first[start:]}")
    else:
        yield line(*cells)
        yield line((first, "dim"))
    yield from (line((row, "" if beside else "dim")) for row in others)
