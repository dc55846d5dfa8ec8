"""Which of the places where Starlette raised a warning does `starlette-upgrade check` find?"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from benchmarks.oracle.places import Run, read_run
from benchmarks.oracle.suites import HERE, STARLETTE, SuiteError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.oracle.places import Place
    from benchmarks.oracle.suites import Suite

# Releases between which every rule about a warning of Starlette's is active
MOVE = ("--from", "0.46", "--to", STARLETTE)
CERTAIN, POSSIBLE, LISTED, MISSED = "certain", "possible", "listed", "missed"
NO_RULE, OTHERS, HTTPX = "no rule", "through others", "httpx"
KINDS = (CERTAIN, POSSIBLE, LISTED, MISSED, NO_RULE, OTHERS, HTTPX)
COUNTED = KINDS[:4]  # those that make up the recall


class Judged(NamedTuple):
    kind: str
    place: Place
    reason: str = ""  # why it is listed; of what goes through others: as what it is found all the same


class Comparison(NamedTuple):
    suite: Suite
    run: Run
    judged: list[Judged]
    needless: list[str]  # rows of unseen.toml that list nothing

    def count(self, kind: str) -> int:
        return sum(one.kind == kind for one in self.judged)


def compare(suite: Suite) -> Comparison:
    run = read_run(suite)
    findings = check(suite.tree)
    rows = [row for row in unseen() if row["package"] == suite.folder]
    judged = [judge(place, run.places, findings, rows) for place in run.places]
    needless = [row for row in rows if not any(one.kind == LISTED and lists(row, one.place) for one in judged)]
    return Comparison(suite, run, judged, [f"{row['path']}:{row['line']} {row['rule']}" for row in needless])


def check(tree: Path) -> list[dict[str, Any]]:
    """The findings in a package, as a person gets them who runs the tool on it."""
    tool = [sys.executable, "-m", "starlette_upgrade"]
    command = [*tool, "check", *MOVE, "--include-possible", "--format", "json", "."]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    try:
        findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    except ValueError as error:
        raise SuiteError(f"check failed: {done.stderr[-2000:]}") from error
    return findings


def unseen() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomli.loads((HERE / "unseen.toml").read_text(encoding="utf-8")).get("place", [])
    return rows


def judge(
    place: Place, places: Sequence[Place], findings: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> Judged:
    if place.origin == "httpx":
        return Judged(HTTPX, place)
    if not place.rules:
        return Judged(NO_RULE, place)
    found = {finding["confidence"] for finding in findings if about(finding, place, places)}
    seen = CERTAIN if CERTAIN in found else POSSIBLE if found else ""
    if place.via:
        return Judged(OTHERS, place, seen)
    reason = next((row["reason"] for row in rows if lists(row, place)), None)
    return Judged(seen, place) if seen else Judged(LISTED if reason else MISSED, place, reason or "")


def lists(row: dict[str, Any], place: Place) -> bool:
    return (row["path"], row["line"]) == (place.path, place.line) and row["rule"] in place.rules


def about(finding: dict[str, Any], place: Place, places: Sequence[Place]) -> bool:
    """A finding inside of nested calls speaks of the innermost: an outer one needs a finding of its own."""
    if not matches(finding, place):
        return False
    inner = [other for other in places if other.rules == place.rules and matches(finding, other)]
    return lines(place) == min(map(lines, inner))


def matches(finding: dict[str, Any], place: Place) -> bool:
    return (
        finding["path"] == place.path
        and finding["code"] in place.rules
        and finding["line"] <= place.end_line
        and place.line <= finding["end_line"]
        and place.name in finding["message"]
    )


def lines(place: Place) -> int:
    return place.end_line - place.line


def source(comparison: Comparison, place: Place) -> str:
    text = (comparison.suite.tree / place.path).read_text(encoding="utf-8").splitlines()
    return " ".join(line.strip() for line in text[place.line - 1 : place.end_line])
