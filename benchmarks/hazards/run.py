"""Looks for hazards in real packages, and holds what is found to what readers of the code have said of it.

The packages are those of packages.toml and labels/, and those of hazards/packages.toml, which were chosen because
they stream, upload, and hold websockets open. judged.toml has a row for each finding. Fails with a finding that
nobody has read, and with a pattern that is certain and often wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.fetch import CACHE, HERE, Pin, fetch, read_pins
from benchmarks.hazards.judged import JudgedError, Spot, broken, compare, parse, render, table
from benchmarks.labels.score import LABELS, read_labels
from benchmarks.labels.score import ROOT as READ
from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.selection import all_rules
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.hazards.judged import Comparison, Judged

PACKAGES = CACHE / "packages"
JUDGED = HERE / "hazards" / "judged.toml"
HEAD = """\
# Hazards found in real packages, and what the code says to a reader. `make hazards` compares; --write adds rows.
# findings: path, line, rule, what the tool says (certain, possible, nothing), right, wrong or unjudged, and why.
"""
HAZARDS = ("kind:hazard",)


def whole_way() -> Move:
    """From the oldest to the newest releases that are known: every hazard means something there."""
    starlette, fastapi = load_known(), load_known(package="fastapi")
    beside = Move(fastapi.releases[0], fastapi.newest)
    return Move(starlette.releases[0], starlette.newest, beside)


def corpus() -> dict[Path, Pin]:
    """Where each package is to be, and what it is."""
    labelled = [package.pin for package in read_labels(LABELS)]
    chosen = read_pins(HERE / "hazards" / "packages.toml")
    others = [pin for pin in read_pins(HERE / "packages.toml") if pin.kind == "package"]
    folders = {READ / pin.folder: pin for pin in (*labelled, *chosen)}
    return {**folders, **{PACKAGES / pin.folder: pin for pin in others if READ / pin.folder not in folders}}


def find(folder: Path) -> list[tuple[Spot, str]]:
    options = Options((folder,), whole_way(), select=HAZARDS, include_possible=True)
    return [
        (Spot(folder.name, f.path.relative_to(folder).as_posix(), f.span.line, f.rule.code), f.confidence)
        for f in pipeline.check(options, load_rules(examples=False)).findings
    ]


def find_all(folders: Sequence[Path]) -> list[tuple[Spot, str]]:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return [found for one in pool.map(find, folders, chunksize=4) for found in one]


def listed(title: str, rows: Sequence[Judged]) -> None:
    if rows:
        print(f"\n{title} ({len(rows)})\n")
    for spot, said, verdict, reason in rows:
        print(f"- {spot} [{said}, {verdict}]{f': {reason}' if reason else ''}")


def report(comparison: Comparison, *, show: bool) -> None:
    names = {rule.code: rule.name for rule in all_rules(load_rules(examples=False))}
    print("\n".join(table(comparison.rows, names)))
    listed("New", comparison.new)
    listed("Gone", comparison.gone)
    listed("With another confidence", comparison.otherwise)
    if show:
        listed("All", comparison.rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold the hazards that are found to what was judged of them.")
    parser.add_argument("--write", action="store_true", help="write judged.toml: new rows, and what is said now")
    parser.add_argument("--only", action="append", metavar="NAME", help="this package only (repeatable)")
    parser.add_argument("--show", action="store_true", help="list every row with its verdict")
    args = parser.parse_args()
    wanted = set(args.only or ())
    packages = {at: pin for at, pin in corpus().items() if not wanted or {pin.name, pin.folder} & wanted}
    if unknown := wanted - {word for pin in packages.values() for word in (pin.name, pin.folder)}:
        parser.error(f"not pinned: {', '.join(sorted(unknown))}")
    try:
        given = parse(JUDGED.read_text(encoding="utf-8"))
    except JudgedError as error:
        print(f"error: {JUDGED.name}: {error}", file=sys.stderr)
        return 2
    for root in (READ, PACKAGES):
        root.mkdir(parents=True, exist_ok=True)
    fetched = [fetch(pin, at.parent) for at, pin in packages.items()]
    if not all(fetched):
        return 2
    names = {at.name for at in packages}
    comparison = compare([row for row in given if row.spot.package in names], find_all(list(packages)))
    report(comparison, show=args.show)
    if args.write:
        others = [row for row in given if row.spot.package not in names]
        JUDGED.write_text(render([*comparison.rows, *others], HEAD), encoding="utf-8")
    broken_promises = list(broken(comparison.rows))
    for promise in broken_promises:
        print(f"error: {promise}", file=sys.stderr)
    return 1 if broken_promises else 0
