"""What one release means: in short among others, and on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.columns import row
from starlette_upgrade.report.explain import facts_of, pull_request
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph
from starlette_upgrade.report.wording import STYLES, count
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.rule import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.history import Chapter
    from starlette_upgrade.ruleset.rule import Rule

_TITLES = {
    Impact.BREAK: "Breaks",
    Impact.SILENT: "Runs, but does something else",
    Impact.DEPRECATED: "Deprecates",
}
_COUNTED = {Impact.BREAK: "break", Impact.SILENT: "change silently", Impact.DEPRECATED: "deprecated"}
_UNDONE = "green"


def section(chapter: Chapter, view: View) -> list[Line]:
    """The release in short: its line, and a row for each rule and note."""
    lines = [line((str(chapter.version), "bold"), (f" of {chapter.published.date}{_aside(chapter)}", "dim"))]
    text = chapter.published.line
    lines += map(line, paragraph(text, view.width, "  ", "  ") if view.width else [f"  {one_line(text)}"])
    rows = [(rule.code, rule.name, impact.value, STYLES[impact], rule.summary) for rule, impact in chapter.effects]
    rows += [(rule.code, rule.name, "as before", _UNDONE, rule.summary) for rule in chapter.undone]
    rows += [("note", note.name, "to know", "", note.text) for note in chapter.notes]
    name, meaning = (max((len(cells[column]) for cells in rows), default=0) for column in (1, 2))
    for code, title, words, style, text in rows:
        cells = (f"  {code:5} ", (f"{title:{name}}  ", "bold"), (f"{words:{meaning}}", style))
        lines += row(cells, text, view)
    return lines


def page(history: Sequence[Chapter], place: int, meaning: str, view: View) -> list[Line]:
    """All about the release at this place. `meaning` says where it lies on the person's way, if that is known."""
    chapter, before = history[place], history[place - 1] if place else None
    trials = _trials(history, chapter)
    lines = [line((str(chapter.version), "bold"), _aside(chapter))]
    lines += [line(text) for text in paragraph(chapter.published.line, view.prose)]
    lines += [BLANK, *facts_of(_facts(chapter, before, trials, meaning), view)]
    for impact, title in _TITLES.items():
        lines += _group(title, STYLES[impact], chapter.of(impact), view)
    lines += _group("As it was before", _UNDONE, chapter.undone, view)
    lines += _group("Good to know", "", chapter.notes, view)
    if chapter.effects or chapter.undone:
        lines += [BLANK, line("`starlette-upgrade explain CODE` tells all about one of these rules.")]
    elif not chapter.notes:
        nothing = "Nothing else in it" if trials else "Nothing in it"
        lines += [BLANK, line(f"{nothing} is known to break code, or to change what code does.")]
    return lines


def _aside(chapter: Chapter) -> str:
    return f", {chapter.published.mark}" if chapter.published.mark else ""


def _trials(history: Sequence[Chapter], chapter: Chapter) -> list[Chapter]:
    """The pre-releases of a final release: who never ran them meets what they changed with it."""
    if chapter.version.is_prerelease:
        return []
    base = chapter.version.base_version
    return [other for other in history if other.version.base_version == base and other.version.is_prerelease]


def _facts(
    chapter: Chapter, before: Chapter | None, trials: Sequence[Chapter], meaning: str
) -> Iterator[tuple[str, str]]:
    published = chapter.published
    yield "Published", published.date
    raised = before is not None and before.published.python != published.python
    yield (
        "Python",
        f"{published.python} ({before.published.python} before)" if before and raised else published.python,
    )
    brings = f"{count(published.fixes, 'fix', 'fixes')}, {count(published.features, 'feature')}"
    yield "Brings", f"{brings} (counted by hand)" if published.by_hand else brings
    for trial in trials:
        rules = [f"{len(trial.of(impact))} {words}" for impact, words in _COUNTED.items() if trial.of(impact)]
        counted = f" ({', '.join(rules)})" if rules else ""
        yield "With it", f"all of {trial.version}{counted}, which `explain {trial.version}` tells"
    yield "For you", meaning


def _group(title: str, style: str, members: Sequence[Rule | Note], view: View) -> Iterator[Line]:
    if members:
        yield from (BLANK, line((title, f"bold {style}".strip())))
    for member in members:
        code, text = ("", member.text) if isinstance(member, Note) else (f"{member.code} ", member.summary)
        pulls = [piece for pull in member.pulls for piece in (("  ", ""), pull_request(pull, "dim", view))]
        yield line(f"  {code}", (member.name, "bold"), *pulls)
        yield from map(line, paragraph(text, view.prose, " " * 8, " " * 8))
