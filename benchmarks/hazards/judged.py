"""What people said of the hazards that were found in real packages, and what a run has to say beside it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RIGHT, WRONG, UNJUDGED = VERDICTS = "right", "wrong", "unjudged"
CERTAIN, POSSIBLE, NOTHING = SAID = "certain", "possible", "nothing"
LEAST_RIGHT = 90.0  # per cent of what is said of one pattern with certainty


class Spot(NamedTuple):
    """Where a hazard is said to be. `package` is a folder's name, with the version."""

    package: str
    path: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.package}/{self.path}:{self.line} {self.code}"


class Judged(NamedTuple):
    """A spot, what the tool says of it (`certain`, `possible`, `nothing`), and what a reader of the code says."""

    spot: Spot
    said: str
    verdict: str
    reason: str


class Comparison(NamedTuple):
    """The rows as they are to be written, and how they differ from those that were given."""

    rows: tuple[Judged, ...]
    new: tuple[Judged, ...]
    gone: tuple[Judged, ...]  # as they were
    otherwise: tuple[Judged, ...]  # found as before, with another confidence: as they are


def compare(given: Iterable[Judged], found: Iterable[tuple[Spot, str]]) -> Comparison:
    """`found` are the spots that the tool names now, each with its confidence. No verdict is lost.

    The same rule on the same line twice is one spot, of which the gravest word counts.
    """
    known = {row.spot: row for row in given}
    says: dict[Spot, str] = {}
    for spot, confidence in found:
        says[spot] = CERTAIN if CERTAIN in (says.get(spot), confidence) else confidence
    rows = {spot: row._replace(said=says.get(spot, NOTHING)) for spot, row in known.items()}
    new = [Judged(spot, said, UNJUDGED, "") for spot, said in says.items() if spot not in known]
    changed = [row for row in known.values() if row.said != rows[row.spot].said]
    return Comparison(
        rows=tuple(sorted([*rows.values(), *new])),
        new=tuple(sorted(new)),
        gone=tuple(row for row in changed if row.spot not in says),
        otherwise=tuple(rows[row.spot] for row in changed if row.spot in says),
    )


def per_cent_right(rows: Sequence[Judged], said: str) -> float | None:
    """How much of what was judged is right; None where nothing was."""
    verdicts = Counter(row.verdict for row in rows if row.said == said)
    judged = verdicts[RIGHT] + verdicts[WRONG]
    return 100 * verdicts[RIGHT] / judged if judged else None


def by_code(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    parts: dict[str, list[Judged]] = {}
    for row in sorted(rows, key=lambda row: row.spot.code):
        parts.setdefault(row.spot.code, []).append(row)
    return parts


def table(rows: Sequence[Judged], names: dict[str, str]) -> Iterator[str]:
    """As Markdown: one line a rule. `names` are those of the rules, by code."""
    yield "| pattern | certain: right | wrong | unread | % | possible: right | wrong | unread | missed | spared |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for code, some in {**by_code(rows), "all": list(rows)}.items():
        count = Counter((row.said, row.verdict) for row in some)
        share = per_cent_right(some, CERTAIN)
        cells = (
            f"{code} {names.get(code, '')}".rstrip(),
            *(count[CERTAIN, verdict] for verdict in VERDICTS),
            "" if share is None else f"{share:.0f}",
            *(count[POSSIBLE, verdict] for verdict in VERDICTS),
            count[NOTHING, RIGHT],
            count[NOTHING, WRONG],
        )
        yield f"| {' | '.join(map(str, cells))} |"


def broken(rows: Sequence[Judged]) -> Iterator[str]:
    """What must not be: a finding that nobody has read, and a certain pattern that is wrong too often."""
    for row in rows:
        if row.verdict == UNJUDGED and row.said != NOTHING:
            yield f"{row.spot} ({row.said}): nobody has read it"
    for code, some in by_code(rows).items():
        share = per_cent_right(some, CERTAIN)
        if share is not None and share < LEAST_RIGHT:
            yield f"{code}: {share:.0f} % of the certain findings are right, {LEAST_RIGHT:.0f} % have to be"


class JudgedError(ValueError):
    """A mistake in the table of verdicts."""


def parse(text: str) -> list[Judged]:
    """The rows of a table of verdicts. Raises JudgedError."""
    packages: list[dict[str, Any]] = tomli.loads(text).get("package", [])
    rows = [_row(package["name"], cells) for package in packages for cells in package["findings"]]
    twice = [spot for spot, count in Counter(row.spot for row in rows).items() if count > 1]
    if twice:
        raise JudgedError(f"{twice[0]}: twice")
    return rows


def _row(package: str, cells: Sequence[Any]) -> Judged:
    path, line, code, said, verdict, reason = cells
    spot = Spot(package, path, line, code)
    if said not in SAID or verdict not in VERDICTS:
        raise JudgedError(f"{spot}: `{said}`, `{verdict}`: {', '.join(SAID)}; {', '.join(VERDICTS)} are known")
    if verdict != UNJUDGED and not reason:
        raise JudgedError(f"{spot}: {verdict} without a reason")
    return Judged(spot, said, verdict, reason)


def render(rows: Iterable[Judged], head: str) -> str:
    """The table of verdicts that says these rows: a package's by path and line, one a line."""
    packages: dict[str, list[Judged]] = {}
    for row in sorted(rows):
        packages.setdefault(row.spot.package, []).append(row)
    parts = [head]
    for package, some in packages.items():
        lines = [f"  [{', '.join(map(_value, (*row.spot[1:], *row[1:])))}],\n" for row in some]
        parts.append(f'[[package]]\nname = "{package}"\nfindings = [\n{"".join(lines)}]\n')
    return "\n".join(parts)


def _value(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
