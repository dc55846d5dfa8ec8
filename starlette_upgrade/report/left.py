"""What `fix` leaves as it is, by the reason why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette_upgrade.report.styled import Line, line, one_line, paragraph
from starlette_upgrade.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette_upgrade.finding import Finding

Why = Literal["unsafe", "bump", "declined", "unwritten", "refused", "hand", "upgrade"]

# What a command or an answer can still change comes first.
_ORDER: tuple[Why, ...] = ("unsafe", "bump", "declined", "unwritten", "refused", "hand", "upgrade")
_TEXTS: dict[Why, str] = {
    "unsafe": "with --unsafe",
    "bump": "with the bump, without --ahead",
    "declined": "not accepted",
    "unwritten": "could be fixed, but is not written",
    "refused": "no automatic fix here",
    "hand": "by hand",
    "upgrade": "for a newer release to close",
}
_NAMED = 5
_INDENT = " " * 6


@dataclass(frozen=True, slots=True)
class Left:
    """Findings that remain for one reason, told in `text`; their rules by code and name, counted."""

    why: Why
    text: str
    rules: tuple[tuple[str, str, int], ...]

    @property
    def number(self) -> int:
        return sum(number for _, _, number in self.rules)


def left(findings: Iterable[Finding], *, unsafe: bool, asked: bool, ahead: bool = False) -> list[Left]:
    """The findings by reason.

    `unsafe`: unsafe rewrites were wanted, too; `asked`: a person accepted each; `ahead`: only what runs today.
    """
    groups: dict[tuple[Why, str], Counter[tuple[str, str]]] = {}
    for finding in findings:
        why = why_left(finding, unsafe=unsafe, asked=asked, ahead=ahead)
        text = (why == "refused" and finding.why_not) or _TEXTS[why]
        groups.setdefault((why, text), Counter())[finding.rule.code, finding.rule.name] += 1
    every = [
        Left(why, text, tuple((code, name, number) for (code, name), number in _most_first(rules)))
        for (why, text), rules in groups.items()
    ]
    return sorted(every, key=lambda one: (_ORDER.index(one.why), -one.number, one.text))


def left_lines(groups: Sequence[Left], width: int) -> Iterator[Line]:
    """A row for each reason: how many, why, and which rules; folded where the screen ends."""
    for group in groups:
        text = f"{one_line(group.text)}: {_rules(group)}"
        first, *others = paragraph(text, width, _INDENT, _INDENT) if width else [_INDENT + one_line(text)]
        head = one_line(group.text) + ":"
        rest = first[len(_INDENT) :]
        yield line(f"{group.number:4}  ", (rest[: len(head)], "bold"), rest[len(head) :])
        yield from map(line, others)


def _rules(group: Left) -> str:
    parts = [f"{code} {name}{f' ×{number}' * (number > 1)}" for code, name, number in group.rules[:_NAMED]]
    more = len(group.rules) - _NAMED
    return ", ".join(parts) + (f" and {count(more, 'other rule')}" if more > 0 else "")


def why_left(finding: Finding, *, unsafe: bool, asked: bool, ahead: bool = False) -> Why:
    """Why a finding remains after a run in which `unsafe` rewrites were wanted, or a person was `asked`."""
    if finding.rule.advisory is not None:
        return "upgrade"
    if finding.fix == "manual":
        return "hand"
    if finding.fix == "none":
        return "refused"
    if finding.fix == "unsafe" and not unsafe:
        return "unsafe"
    if ahead and finding.when == "bump":
        return "bump"
    return "declined" if asked else "unwritten"


def _most_first(rules: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return sorted(rules.items(), key=lambda item: (-item[1], item[0]))
