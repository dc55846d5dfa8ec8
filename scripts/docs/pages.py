"""The pages: all rules, all releases, each release that changes something, FastAPI's own changes, the hazards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.docs.rule_section import PULLS, advisory_section, anchor, rating, section, stay
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.rule import Advisories, Family, Release

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.ruleset.history import Chapter
    from starlette_upgrade.ruleset.rule import Group, Note, Package, Rule

MADE = "<!-- Made by `make docs` from rules/. Change it there. -->"
# The examples stand here as they do in the rules: for Ruff.
UNFORMATTED = "<!-- fmt: off -->"
IMPACTS = {
    Impact.BREAK: "breaks",
    Impact.SILENT: "changes silently",
    Impact.DEPRECATED: "warns",
}
_FIXES = {"safe": "`fix`", "unsafe": "`fix --unsafe`", "manual": "by hand"}


def pages(history: Sequence[Chapter], groups: Sequence[Group]) -> dict[str, str]:
    """The text of each page by its path below docs/. Of the releases among `groups`, FastAPI's are told."""
    fastapi = [group for group in groups if isinstance(group, Release) and group.package == "fastapi"]
    families = [group for group in groups if isinstance(group, Family)]
    published = [rule for group in groups if isinstance(group, Advisories) for rule in group.rules]
    told = [chapter for chapter in history if _standing(chapter) or chapter.notes]
    found = {f"releases/{chapter.version}.md": _page(_release_page(chapter)) for chapter in told}
    return {
        "rules.md": _page(_rules_page(history, fastapi, families, published)),
        "hazards.md": _page(_hazards_page(families)),
        "advisories.md": _page(_advisories_page(published)),
        "fastapi.md": _page(_fastapi_page(fastapi)),
        "releases/README.md": _page(_history_page(history)),
        **found,
    }


def _page(lines: Iterator[str]) -> str:
    return "\n".join([MADE, UNFORMATTED, "", *lines]).rstrip() + "\n"


def _standing(chapter: Chapter) -> list[Rule]:
    """The rules that stand in the file of this release."""
    return [rule for rule, _ in chapter.effects if rule.release == chapter.version]


def _rules_page(
    history: Sequence[Chapter],
    fastapi: Sequence[Release],
    families: Sequence[Family],
    published: Sequence[Rule],
) -> Iterator[str]:
    rules = sorted({rule.code: rule for chapter in history for rule, _ in chapter.effects}.values(), key=_code)
    beside = sorted((rule for release in fastapi for rule in release.rules), key=_code)
    hazards = [rule for family in families for rule in family.rules]
    examples = sum(len(rule.examples) for rule in (*rules, *beside, *hazards))
    notes = sum(len(chapter.notes) for chapter in history) + sum(len(release.notes) for release in fastapi)
    yield "# Rules"
    yield ""
    count = len(rules) + len(beside) + len(hazards) + len(published)
    yield f"{count} rules with {examples} examples, each executed on the releases that it speaks of,"
    yield f"and {notes} notes on changes that no code shows. By release: [releases/](releases/README.md)."
    areas = sorted({tag for rule in rules for tag in rule.tags if tag.startswith("area:")})
    for area in areas:
        yield from ("", f"## {area.removeprefix('area:').capitalize()}", "")
        yield "| | | since | | fix |"
        yield "|---|---|---|---|---|"
        for rule in rules:
            if area == next((tag for tag in rule.tags if tag.startswith("area:")), ""):
                yield _row(rule)
    yield from ("", "## FastAPI's own changes", "", "| | | since | | fix |", "|---|---|---|---|---|")
    yield from map(_row, beside)
    yield from (
        "",
        "## Hazards",
        "",
        "What fails while it runs, whatever the upgrade: [hazards.md](hazards.md).",
        "",
    )
    yield "| | | there | |"
    yield "|---|---|---|---|"
    for rule in hazards:
        link = f"hazards.md#{anchor(rule)}"
        yield f"| [{rule.code}]({link}) | `{rule.name}` | {stay(rule)} | {_cell(rule.summary)} |"
    yield from ("", "## Published vulnerabilities", "")
    yield "What the release in use has, and this code is exposed to: [advisories.md](advisories.md)."
    yield from ("", "| | | severity | there | |", "|---|---|---|---|---|")
    for rule in published:
        cells = (
            f"[{rule.code}](advisories.md#{anchor(rule)})",
            f"`{rule.name}`",
            rating(rule),
            stay(rule),
            _cell(rule.summary),
        )
        yield f"| {' | '.join(cells)} |"


def _code(rule: Rule) -> str:
    return rule.code


def _row(rule: Rule) -> str:
    what = "removed" if rule.removed else "changed" if rule.changed else "deprecated"
    begun = rule.removed or rule.changed or rule.deprecated
    since = f"{what} {begun}" + (f", reverted {rule.reverted}" if rule.reverted else "")
    fixes = ", ".join(dict.fromkeys(_FIXES[fix.safety] for fix in rule.fixes))
    page = "fastapi" if rule.package == "fastapi" else f"releases/{rule.release}"
    link = f"{page}.md#{anchor(rule)}"
    return f"| [{rule.code}]({link}) | `{rule.name}` | {since} | {_cell(rule.summary)} | {fixes} |"


def _history_page(history: Sequence[Chapter]) -> Iterator[str]:
    yield "# Releases of Starlette"
    yield ""
    yield "What each breaks, changes silently and deprecates is counted from the rules; fixes and features are"
    yield "counted from Starlette's release notes (\\*: by hand, where these have no lists)."
    yield ""
    yield "| release | date | Python | breaks | silent | warns | notes | fixes | features | |"
    yield "|---|---|---|--:|--:|--:|--:|--:|--:|---|"
    for chapter in reversed(history):
        published = chapter.published
        counts = [str(len(chapter.of(impact)) or "") for impact in IMPACTS]
        name = f"{chapter.version}"
        name = f"[{name}]({name}.md)" if _standing(chapter) or chapter.notes else name
        star = "\\*" if published.by_hand else ""
        mark = f" *{published.mark}*" if published.mark else ""
        numbers = [
            *counts,
            str(len(chapter.notes) or ""),
            f"{published.fixes}{star}",
            f"{published.features}{star}",
        ]
        cells = " | ".join([name + mark, published.date, published.python, *numbers, _cell(published.line)])
        yield f"| {cells} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _release_page(chapter: Chapter) -> Iterator[str]:
    published = chapter.published
    mark = f", {published.mark}" if published.mark else ""
    yield f"# Starlette {chapter.version}"
    yield ""
    yield f"{published.date}, Python {published.python}{mark}. {published.line}"
    standing = _standing(chapter)
    for impact, verb in IMPACTS.items():
        for rule in chapter.of(impact):
            if rule in standing:
                yield from ("", *section(rule, verb))
    elsewhere = [(rule, impact) for rule, impact in chapter.effects if rule not in standing]
    if elsewhere:
        yield from ("", "## Begins to warn here", "")
        yield from (f"* [{rule.title}]({rule.release}.md#{anchor(rule)}): {rule.summary}" for rule, _ in elsewhere)
    if chapter.undone:
        yield from ("", "## As it was before", "")
        yield from (
            f"* [{rule.title}]({rule.release}.md#{anchor(rule)}): {rule.summary}" for rule in chapter.undone
        )
    if chapter.notes:
        yield from ("", "## Good to know", "")
        yield from (f"* **{note.name}**: {note.text}{_pulls(note)}" for note in chapter.notes)


def _fastapi_page(releases: Sequence[Release]) -> Iterator[str]:
    yield "# Changes of FastAPI itself"
    yield ""
    yield "What FastAPI's own releases change in what it has from Starlette. These rules are judged by the FastAPI"
    yield "that a project has and the one that it goes to (`--fastapi`); all releases here are FastAPI's."
    for release in reversed(releases):
        for rule in release.rules:
            verb = IMPACTS[Impact.BREAK if rule.removed else Impact.SILENT if rule.changed else Impact.DEPRECATED]
            yield from ("", *section(rule, verb))
    yield from ("", "## Good to know", "")
    for release in reversed(releases):
        yield from (
            f"* {release.version} **{note.name}**: {note.text}{_pulls(note, 'fastapi')}" for note in release.notes
        )


def _hazards_page(families: Sequence[Family]) -> Iterator[str]:
    yield "# Hazards"
    yield ""
    yield "Patterns that end in the errors that people report most, whatever they upgrade from and to. Each example"
    yield "was executed: the error comes with the first form, and does not with the second. `check --select"
    yield "kind:hazard` looks for these alone; `--fail-on break,hazard` lets them count."
    for family in families:
        yield from ("", f"# {family.title}")
        for rule in family.rules:
            yield from ("", *section(rule, "there"))


def _advisories_page(published: Sequence[Rule]) -> Iterator[str]:
    yield "# Published vulnerabilities"
    yield ""
    yield "Those of Starlette, and of python-multipart where Starlette asks for a release without them. `check`"
    yield "tells which of them the release in use has, and where this code uses what they expose; `--fail-on"
    yield "vulnerable` lets them count. Each range was executed: a program fails on the affected releases alone."
    for rule in published:
        yield from ("", *advisory_section(rule))


def _pulls(note: Note, package: Package = "starlette") -> str:
    links = ", ".join(f"[#{pull}]({PULLS[package]}{pull})" for pull in note.pulls)
    return f" ({links})" if links else ""
