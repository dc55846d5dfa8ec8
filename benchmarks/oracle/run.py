"""Runs the test suites of real packages on Starlette 0.52.1, and asks of every place where Starlette raised a
warning whether `starlette-upgrade check` finds it. Prints the recall as Markdown; fails where a place is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.oracle.comparing import COUNTED, HTTPX, KINDS, LISTED, MISSED, NO_RULE, OTHERS, compare, source
from benchmarks.oracle.running import run_suite
from benchmarks.oracle.suites import SuiteError, read_suites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.oracle.comparing import Comparison, Judged
    from benchmarks.oracle.places import Place
    from benchmarks.oracle.suites import Suite

OUTCOMES = ("passed", "failed", "error", "skipped")
TITLES = {
    MISSED: "Missed",
    LISTED: "Listed: no static tool could see it",
    NO_RULE: "No rule yet",
    OTHERS: "Through other packages, which call Starlette themselves",
    HTTPX: "Raised by httpx, called through Starlette's TestClient",
}


def line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield line(["package", *OUTCOMES, "places", *KINDS])
    yield line(["---", *["--:"] * (len(OUTCOMES) + 1 + len(KINDS))])
    totals = [0] * (len(OUTCOMES) + 1 + len(KINDS))
    for one in comparisons:
        kinds = [one.count(kind) for kind in KINDS]
        cells = [*(one.run.outcome.get(outcome, 0) for outcome in OUTCOMES), sum(kinds[: len(COUNTED)]), *kinds]
        totals = [total + cell for total, cell in zip(totals, cells, strict=True)]
        yield line([one.suite.folder, *(cell or "" for cell in cells)])
    yield line(["all", *totals])


def recall(comparisons: Sequence[Comparison]) -> str:
    certain, possible, listed, missed = (sum(one.count(kind) for one in comparisons) for kind in COUNTED)
    places, seen = certain + possible + listed + missed, certain + possible
    visible = places - listed
    return (
        f"Recall: {seen} of {visible} places that a static tool could see ({percent(seen, visible)}), "
        f"{certain} of them certain; {seen} of all {places} ({percent(seen, places)})."
    )


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def details(comparisons: Sequence[Comparison]) -> Iterator[str]:
    for kind, title in TITLES.items():
        some = [(one, judged) for one in comparisons for judged in one.judged if judged.kind == kind]
        if some:
            yield f"\n### {title}\n"
        if kind == HTTPX:
            said = Counter((one.suite.folder, first_line(judged.place)) for one, judged in some)
            yield from (f"- {folder}: {count} × {words}" for (folder, words), count in said.items())
            continue
        for one, judged in some:
            yield from described(one, judged)
    if elsewhere := [(one.suite.folder, words) for one in comparisons for words in one.run.elsewhere]:
        yield "\n### With no file of the package on the stack\n"
        yield from (f"- {folder}: {words}" for folder, words in elsewhere)


def described(comparison: Comparison, judged: Judged) -> Iterator[str]:
    place = judged.place
    words = " ".join(filter(None, ["/".join(place.rules), first_line(place)]))
    if place.via:
        words += f" (through {', '.join(place.via)}; {judged.reason or 'not'} found)"
    yield f"- {comparison.suite.folder}/{place.where}: {words}"
    yield f"  `{shorten(source(comparison, place))}`"
    if judged.kind == LISTED:
        yield f"  {judged.reason}"
    elif judged.kind == MISSED and place.callers:
        yield f"  called from {', '.join(place.callers[:4])}"


def shorten(words: str, most: int = 160) -> str:
    return words if len(words) <= most else f"{words[:most]} …"


def first_line(place: Place) -> str:
    return place.message.partition("\n")[0]


def attempt(suite: Suite, rerun: bool, only_compare: bool) -> Comparison | None:
    try:
        if rerun or not (only_compare or suite.records.exists()):
            run_suite(suite)
        return compare(suite)
    except SuiteError as error:
        print(f"error: {suite.folder}: {error}", file=sys.stderr)
        return None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(". ")[0])
    parser.add_argument("--only", action="append", metavar="NAME", help="this package only (repeatable)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--compare", action="store_true", help="run no suite; compare what earlier runs recorded")
    how.add_argument("--rerun", action="store_true", help="run suites again that have been recorded")
    args = parser.parse_args()
    suites = read_suites()
    names = set(args.only or ())
    if unknown := names - {name for suite in suites for name in (suite.pin.name, suite.folder)}:
        parser.error(f"not in packages.toml: {', '.join(sorted(unknown))}")
    chosen = [suite for suite in suites if not names or {suite.pin.name, suite.folder} & names]
    comparisons = [one for suite in chosen if (one := attempt(suite, args.rerun, args.compare))]
    for words in (*table(comparisons), "", recall(comparisons), *details(comparisons)):
        print(words)
    needless = [(one.suite.folder, row) for one in comparisons for row in one.needless]
    for folder, row in needless:
        print(f"error: {folder}: unseen.toml lists {row}, which is not missed", file=sys.stderr)
    whole = len(comparisons) == len(chosen) and not needless
    return 0 if whole and not any(one.count(MISSED) for one in comparisons) else 1
