"""A rule's page for the terminal: its life, what to do, and each example before and after."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from starlette_upgrade.report.styled import BLANK, Line, line, paragraph, printable
from starlette_upgrade.report.wording import STYLES, effect, release
from starlette_upgrade.ruleset.lifecycle import judge
from starlette_upgrade.ruleset.selection import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Piece
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Example, Fix, Package, Rule

_PULLS = {
    "starlette": "https://github.com/Kludex/starlette/pull/",
    "fastapi": "https://github.com/fastapi/fastapi/pull/",
}


def explain(rule: Rule, move: Move, origin: str, view: View) -> list[Line]:
    """The page of one rule, with what it means for `move`."""
    lines = [line((rule.code, "bold red"), (f" {rule.name}", "bold"))]
    lines += [line(row) for row in paragraph(rule.summary, view.prose)]
    lines += [BLANK, *_facts(rule, view), _meaning(rule, move, origin)]
    if rule.why:
        lines += [BLANK, line(("What happens", "bold"))]
        lines += [line(row) for row in paragraph(rule.why, view.prose, "  ", "  ")]
    lines += [BLANK, line(("What to do", "bold"))]
    lines += [line(row) for row in paragraph(rule.advice, view.prose, "  ", "  ")]
    for fix in rule.fixes:
        lines += _caution(fix, view)
    if rule.advisory is not None:
        lines += [BLANK, line(("Sources", "bold")), *(line(f"  {source}") for source in rule.advisory.sources)]
    for number, example in enumerate(rule.examples, 1):
        title = "Example" if len(rule.examples) == 1 else f"Example {number}"
        lines += [BLANK, line((title, "bold")), *_example(example)]
    return lines


def _facts(rule: Rule, view: View) -> Iterator[Line]:
    facts: list[tuple[str, str]] = [
        ("Deprecated", f"since {release(rule.package, rule.deprecated)}" if rule.deprecated else ""),
        ("Removed", f"in {release(rule.package, rule.removed)}" if rule.removed else ""),
        ("Changed", f"in {release(rule.package, rule.changed)}" if rule.changed else ""),
        ("Reverted", f"in {release(rule.package, rule.reverted)}" if rule.reverted else ""),
        *_published(rule),
        ("Since", release(rule.package, rule.since) if rule.since else ""),
        ("Fixed" if rule.advisory else "Cured", f"in {release(rule.package, rule.cured)}" if rule.cured else ""),
        ("Findings", "possible only: none in real code has shown yet that it is right" if rule.unseen else ""),
        ("Raises", ", or ".join(rule.errors)),
        ("Warns", ", or ".join(rule.warnings)),
        ("Fix", _fixes(rule) if rule.advisory is None else "by the upgrade"),
        ("Tags", " ".join(_tags(rule))),
    ]
    yield from facts_of(facts, view)
    if rule.pulls:
        separated = [
            piece for pull in rule.pulls for piece in ((", ", ""), pull_request(pull, "", view, rule.package))
        ][1:]
        yield line(("  Pull        ", "dim"), *separated)


def _published(rule: Rule) -> Iterator[tuple[str, str]]:
    published = rule.advisory
    if published is not None:
        yield "Known as", ", ".join(published.ids)
        yield "Severity", f"{published.severity} {published.score}".rstrip()
        yield "Exposed", published.condition


def _tags(rule: Rule) -> Iterator[str]:
    ids = {one.lower() for one in rule.advisory.ids} if rule.advisory is not None else set()
    return (label for label in labels(rule)[2:] if label not in ids)


def facts_of(facts: Iterable[tuple[str, str]], view: View) -> Iterator[Line]:
    """Labels with what is to be said of each, where there is something."""
    for label, value in facts:
        if value:
            rows = paragraph(value, view.prose, " " * 14, " " * 14)
            yield line((f"  {label:12}", "dim"), rows[0][14:])
            yield from map(line, rows[1:])


def pull_request(number: int, style: str, view: View, package: Package = "starlette") -> Piece:
    """`#3117`, which leads to it where the terminal opens links."""
    return f"#{number}", f"{style} link {_PULLS[package]}{number}".strip() if view.links else style


def _meaning(rule: Rule, move: Move, origin: str) -> Line:
    verdict, ends = judge(rule, move), move.of(rule.package)
    if ends is None:
        return line(("  For you     ", "dim"), "nobody knows: pass --fastapi, the FastAPI that you go to")
    meaning = effect(rule, verdict.impact, move, already=verdict.already) if verdict else "means nothing"
    style = STYLES[verdict.impact] if verdict else ""
    known = f" ({origin})" if origin and rule.package == "starlette" else ""
    old = release(rule.package, ends.old)
    return line(("  For you     ", "dim"), (meaning, style), f", from {old}{known} to {ends.new}")


def _fixes(rule: Rule) -> str:
    """Each kind of fix once; the same words for the same thing."""
    return "; ".join(dict.fromkeys(_fix(fix, rule.package) for fix in rule.fixes))


def _fix(fix: Fix, package: Package) -> str:
    if fix.safety == "manual":
        words = "by hand"
    else:
        words = "safe, `fix` applies it" if fix.safety == "safe" else "unsafe, `fix --unsafe` applies it"
    since = f", runs on {release(package, fix.replacement_since)} and later" if fix.replacement_since else ""
    needs = f", needs the package `{fix.requires}`" if fix.requires else ""
    receiver = f" (on a `{fix.receiver}`)" if fix.receiver else ""
    return f"{words}{since}{needs}{receiver}"


def _caution(fix: Fix, view: View) -> Iterator[Line]:
    if fix.unsafe_because:
        yield from map(line, paragraph(f"Unsafe: {fix.unsafe_because}", view.prose, "  ", "  "))


def _example(example: Example) -> Iterator[Line]:
    """Both versions in full; on a terminal the lines that differ stand out."""
    before, after = example.before.strip("\n").splitlines(), example.after.strip("\n").splitlines()
    gone, new = _differing(before, after)
    yield line(("  Before", "dim"))
    yield from _code(before, gone, "red")
    yield line(("  After", "dim"))
    yield from _code(after, new, "green")


def _differing(before: list[str], after: list[str]) -> tuple[set[int], set[int]]:
    gone: set[int] = set()
    new: set[int] = set()
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            gone.update(range(i1, i2))
            new.update(range(j1, j2))
    return gone, new


def _code(rows: Iterable[str], marked: set[int], style: str) -> Iterator[Line]:
    for number, row in enumerate(rows):
        sign = "|" if number not in marked else "-" if style == "red" else "+"
        text = f"  {sign} {printable(row.expandtabs(4))}".rstrip()
        yield line((text, style if number in marked else ""))
