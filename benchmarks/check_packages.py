"""Runs `check` and `fix --unsafe` on the real packages of packages.toml, and prints what came of it as Markdown.

Fails where a promise is broken: what `fix` writes has to parse, a second run has nothing to change, and a package
that only looks like Starlette's kin has no certain finding. `fix` works on a copy; the packages stay as they are.
"""

from __future__ import annotations

import argparse
import ast
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from benchmarks.fetch import CACHE, HERE, Pin, read_pins
from starlette_upgrade import pipeline
from starlette_upgrade.rewrite.disk import write
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette_upgrade.finding import FileChange, Finding, Problem

PACKAGES = CACHE / "packages"
RELEASES = load_releases()
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
COUNTS = (
    *(impact.value for impact in Impact),
    *("possible", "fixed", "left", "errors", "unparsable", "changed again"),
)


class Outcome(NamedTuple):
    """What came of one package. `unparsable` and `again` count rewritten files, and have to be 0."""

    files: int
    findings: tuple[Finding, ...]
    left: int
    problems: tuple[str, ...]
    unparsable: int
    again: int
    seconds: float

    @property
    def certain(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.confidence == "certain"]

    @property
    def counts(self) -> list[int]:
        """In the order of COUNTS."""
        impacts = [finding.impact for finding in self.certain]
        return [
            *(impacts.count(impact) for impact in Impact),
            len(self.findings) - len(impacts),
            len(impacts) - self.left,
            self.left,
            len(self.problems),
            self.unparsable,
            self.again,
        ]


def examine(folder: Path) -> Outcome:
    start = time.process_time()
    checked = pipeline.check(options(folder), RELEASES)
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy, symlinks=True)
        fixed = pipeline.fix(options(copy), RELEASES)
        for change in fixed.changes:
            write(change)
        again = pipeline.fix(options(copy), RELEASES)
    return Outcome(
        files=checked.files,
        findings=checked.findings,
        left=sum(finding.confidence == "certain" for finding in fixed.remaining),
        problems=tuple(dict.fromkeys([*told(checked.problems, folder), *told(fixed.problems, copy)])),
        unparsable=sum(not parses(change) for change in fixed.changes),
        again=len(again.changes),
        seconds=time.process_time() - start,
    )


def options(folder: Path) -> Options:
    return Options((folder,), MOVE, unsafe=True)


def told(problems: Sequence[Problem], folder: Path) -> Iterator[str]:
    for problem in problems:
        where = problem.path.relative_to(folder).as_posix() if problem.path else ""
        yield f"{where}:{problem.line or ''} {problem.message}"


def parses(change: FileChange) -> bool:
    try:
        ast.parse(change.after)
    except (SyntaxError, ValueError):
        return False
    return True


def line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def show(folder: Path) -> None:
    """Every finding on one line, with its source, for reading against the package."""
    for finding in pipeline.check(options(folder), RELEASES).findings:
        span, source = finding.span, " ".join(text.strip() for text in finding.source)
        what = f"{finding.confidence}, {finding.impact.value}, {finding.fix}, {finding.when}"
        place = f"{finding.path.relative_to(folder).as_posix()}:{span.line}:{span.column}"
        why_not = f" (not fixed: {finding.why_not})" if finding.why_not else ""
        print(f"{place}: {finding.rule.title} [{what}] {finding.message}{why_not} | {source}")


def broken_promises(pin: Pin, outcome: Outcome) -> Iterator[str]:
    if outcome.unparsable:
        yield f"{pin.folder}: {outcome.unparsable} files do not parse after fix"
    if outcome.again:
        yield f"{pin.folder}: a second fix changes {outcome.again} files"
    if pin.kind == "lookalike" and outcome.certain:
        yield f"{pin.folder}: {len(outcome.certain)} findings, though it only looks like Starlette's kin"


def report(pins: Sequence[Pin]) -> list[str]:
    """Prints a table, row by row, and the errors below it; what it returns has to be empty."""
    print(line(["package", "files", *COUNTS, "CPU s"]))
    print(line(["---", *["--:"] * (len(COUNTS) + 2)]))
    broken: list[str] = []
    errors: list[str] = []
    files, totals, seconds = 0, [0] * len(COUNTS), 0.0
    for pin in pins:
        outcome = examine(PACKAGES / pin.folder)
        counts = outcome.counts
        cells = [number or "" for number in counts[:-2]] + counts[-2:]
        print(line([pin.folder, outcome.files, *cells, f"{outcome.seconds:.1f}"]), flush=True)
        totals = [total + number for total, number in zip(totals, counts, strict=True)]
        files, seconds = files + outcome.files, seconds + outcome.seconds
        broken += broken_promises(pin, outcome)
        errors += [f"- {pin.folder}/{problem}" for problem in outcome.problems]
    print(line(["all", files, *totals, f"{seconds:.1f}"]))
    print("\n".join(["", "Errors:", *errors] if errors else []))
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description="Check and fix real packages (see packages.toml), and count.")
    parser.add_argument("--only", action="append", metavar="NAME", help="this package only (repeatable)")
    parser.add_argument("--show", metavar="NAME", help="print the findings in this package, one a line")
    args = parser.parse_args()
    pins = read_pins(HERE / "packages.toml")
    names = [args.show] if args.show else args.only or []
    if unknown := set(names) - {pin.name for pin in pins} - {pin.folder for pin in pins}:
        parser.error(f"not in packages.toml: {', '.join(sorted(unknown))}")
    chosen = [pin for pin in pins if not names or {pin.name, pin.folder} & set(names)]
    if missing := [pin.folder for pin in chosen if not (PACKAGES / pin.folder).is_dir()]:
        parser.error(
            f"{len(missing)} of {len(chosen)} packages are not there: run `python -m benchmarks.fetch` first"
        )
    if args.show:
        for pin in chosen:
            show(PACKAGES / pin.folder)
        return 0
    broken: list[str] = []
    for title, kind in (("Packages that use Starlette", "package"), ("Packages that look alike", "lookalike")):
        if some := [pin for pin in chosen if pin.kind == kind]:
            print(f"## {title}\n")
            broken += report(some)
    for promise in broken:
        print(f"error: {promise}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
