"""All rules as a table, grouped by the release that brought the change; hazards by family; vulnerabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.columns import row
from starlette_upgrade.report.styled import BLANK, Line, line, paragraph
from starlette_upgrade.report.wording import STYLES, count
from starlette_upgrade.report.wording import release as named
from starlette_upgrade.ruleset.lifecycle import Impact, judge, when
from starlette_upgrade.ruleset.rule import Advisories, Release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Group, Rule


def rules(groups: Iterable[Group], chosen: Collection[str], move: Move, origin: str, view: View) -> list[Line]:
    """The rules whose codes are `chosen`, with what each means for `move` and who fixes it when."""
    shown = [(group, [rule for rule in group.rules if rule.code in chosen]) for group in groups]
    every = [rule for _, own in shown for rule in own]
    columns = _columns(every, move)
    lines: list[Line] = []
    for group, own in shown:
        if own:
            lines += [_title(group)]
            for rule in own:
                lines += _row(rule, move, columns, view)
            lines.append(BLANK)
    met = sum(judge(rule, move) is not None for rule in every)
    known = f" ({origin})" if origin else ""
    beside = f", FastAPI from {move.fastapi.old} to {move.fastapi.new}" if move.fastapi else ""
    meant = f"{met} of {count(len(every), 'rule')} mean{'s' * (met == 1)} something"
    closing = (
        f"{meant} from {move.old}{known} to {move.new}{beside}.",
        "`starlette-upgrade explain CODE` tells all about one of them.",
    )
    for text in closing:
        lines += map(line, paragraph(text, view.width) if view.width else [text])
    return lines


def _title(group: Group) -> Line:
    if isinstance(group, Release):
        return line((named(group.package, group.version), "bold"), (f" of {group.date}", "dim"))
    if isinstance(group, Advisories):
        return line(("Published vulnerabilities", "bold"))
    return line(("Hazards", "bold"), (f" {group.title}", "dim"))


def _columns(every: Iterable[Rule], move: Move) -> tuple[int, int, int]:
    cells = [(len(rule.name), len(_impact(rule, move)[0]), len(_remedy(rule, move))) for rule in every]
    name, impact, remedy = zip(*cells, strict=True) if cells else ((0,), (0,), (0,))
    return max(name), max(impact), max(remedy)


def _row(rule: Rule, move: Move, columns: tuple[int, int, int], view: View) -> Iterator[Line]:
    name, impact, remedy = columns
    words, style = _impact(rule, move)
    cells = (
        f"  {rule.code} ",
        (f"{rule.name:{name}}  ", "bold" if words else "dim"),
        (f"{words or '-':{impact}}  ", style),
        f"{_remedy(rule, move):{remedy}}",
    )
    return row(cells, rule.summary, view)


def _impact(rule: Rule, move: Move) -> tuple[str, str]:
    verdict = judge(rule, move)
    if verdict is None:
        return "", "dim"
    already = verdict.already and verdict.impact is Impact.BREAK
    return "broken already" if already else verdict.impact.value, STYLES[verdict.impact]


def _remedy(rule: Rule, move: Move) -> str:
    """The best that a finding of this rule can hope for."""
    if rule.advisory is not None:
        return f"fixed {rule.cured}"
    by_safety = {fix.safety: fix for fix in reversed(rule.fixes)}
    fix = by_safety.get("safe") or by_safety.get("unsafe")
    if fix is None:
        return "by hand"
    moment = "now" if when(fix, move.of(rule.package)) == "now" else "with bump"
    return f"{moment}, unsafe" if fix.safety == "unsafe" else moment
