"""Holds what the tool finds to labels that people gave by reading real packages, and prints precision and recall.

The *.toml files of this folder name places where a rule applies (usages) and places that only look like it. The
packages are fetched into .cache/labels/. Fails with a certain finding on a look-alike, or too many usages missed.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli
from packaging.version import Version

from benchmarks.fetch import CACHE, HERE, Pin, fetch
from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from starlette_upgrade.finding import Finding

LABELS = HERE / "labels"
ROOT = CACHE / "labels"
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
LEAST_FOUND, LEAST_CERTAIN = 97.0, 95.0  # per cent of the usages


class Label(NamedTuple):
    path: str
    line: int
    what: str  # the code of a rule, or the word of a look-alike
    why: str


class Package(NamedTuple):
    pin: Pin
    usages: list[Label]
    lookalikes: list[Label]


class Judged(NamedTuple):
    """A label beside what the tool says of its place: certain, possible, or nothing ("")."""

    place: str
    label: Label
    said: str
    rule: str


def read_labels(folder: Path) -> list[Package]:
    packages: dict[str, Package] = {}
    for table in sorted(folder.glob("*.toml")):
        rows: list[dict[str, Any]] = tomli.loads(table.read_text(encoding="utf-8"))["package"]
        for row in rows:
            pin = Pin("package", row["name"], row["version"], row["sha256"])
            package = packages.setdefault(pin.folder, Package(pin, [], []))
            package.usages.extend(Label(*label) for label in row.get("usages", ()))
            package.lookalikes.extend(Label(*label) for label in row.get("lookalikes", ()))
    return list(packages.values())


def extents(path: Path) -> Iterator[range]:
    """The lines of each simple statement, of each decorator, and of each compound statement up to its body."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            yield range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1)
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            first = getattr(body[0], "lineno", node.lineno + 1) if body else 0
            yield range(node.lineno, max(first, node.lineno + 1) if body else (node.end_lineno or node.lineno) + 1)


def judge(package: Package) -> tuple[list[Judged], list[Judged]]:
    folder = ROOT / package.pin.folder
    by_path: dict[str, list[Finding]] = {}
    for finding in pipeline.check(Options((folder,), MOVE, include_possible=True), load_releases()).findings:
        by_path.setdefault(finding.path.relative_to(folder).as_posix(), []).append(finding)
    statements: dict[str, list[range]] = {}

    def spanning(label: Label) -> list[Finding]:
        return [f for f in by_path.get(label.path, ()) if f.span.line <= label.line <= f.span.end_line]

    def beginning(label: Label) -> list[Finding]:
        if label.path not in statements:
            statements[label.path] = list(extents(folder / label.path))
        around = [lines for lines in statements[label.path] if label.line in lines]
        lines = min(around, key=len, default=range(0))
        return [f for f in by_path.get(label.path, ()) if f.span.line in lines]

    exact = [[f for f in spanning(label) if f.rule.code == label.what] for label in package.usages]
    taken = {id(finding) for findings in exact for finding in findings}
    usages = []
    for label, hits in zip(package.usages, exact, strict=True):
        # what was labelled on a line of its own is no hit for its neighbour in the same statement
        near = hits or [f for f in beginning(label) if f.rule.code == label.what and id(f) not in taken]
        usages.append(judged(package.pin, label, near))
    false = [[f for f in spanning(label) if id(f) not in taken] for label in package.lookalikes]
    return usages, [judged(package.pin, *pair) for pair in zip(package.lookalikes, false, strict=True)]


def judged(pin: Pin, label: Label, findings: Sequence[Finding]) -> Judged:
    first = min(findings, key=lambda finding: finding.confidence != "certain", default=None)  # the gravest word
    said, rule = (first.confidence, first.rule.code) if first else ("", "")
    return Judged(f"{pin.folder}/{label.path}:{label.line}", label, said, rule)


def per_cent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def table(usages: Sequence[Judged], lookalikes: Sequence[Judged]) -> None:
    said = Counter((one.label.what, one.said) for one in usages)
    false = Counter((one.rule, one.said) for one in lookalikes if one.said)
    print("| rule | usages | certain | possible | missed | recall | certain false | possible false |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    rows = {code: (code,) for code in sorted({one.label.what for one in usages} | {code for code, _ in false})}
    for name, codes in {**rows, "all": tuple(rows)}.items():
        certain, possible, missed = (
            sum(said[code, word] for code in codes) for word in ("certain", "possible", "")
        )
        wrong, doubted = (sum(false[code, word] for code in codes) for word in ("certain", "possible"))
        whole = certain + possible + missed
        recall = f"{per_cent(certain + possible, whole):.1f}" if whole else ""
        print(f"| {name} | {whole} | {certain} | {possible} | {missed} | {recall} | {wrong} | {doubted} |")


def listed(title: str, rows: Sequence[Judged]) -> None:
    if rows:
        print(f"\n{title} ({len(rows)})\n")
    for row in rows:
        said = f" [{row.said} {row.rule}]" if row.said else ""
        print(f"- {row.place}: {row.label.what}{said}, {row.label.why}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold what the tool finds to the labels of this folder.")
    parser.add_argument("--show", action="store_true", help="list the usages that were found, too")
    args = parser.parse_args()
    packages = read_labels(LABELS)
    ROOT.mkdir(parents=True, exist_ok=True)
    fetched = [fetch(package.pin, ROOT) for package in packages]
    if not all(fetched):
        return 2
    start = time.process_time()
    usages: list[Judged] = []
    lookalikes: list[Judged] = []
    for package in packages:
        for rows, more in zip((usages, lookalikes), judge(package), strict=True):
            rows.extend(more)
    table(usages, lookalikes)
    said = Counter(one.said for one in usages)
    found = per_cent(len(usages) - said[""], len(usages))
    certain = per_cent(said["certain"], len(usages))
    wrong = [one for one in lookalikes if one.said == "certain"]
    print(f"\n{len(packages)} packages, {len(usages)} usages, {len(lookalikes)} look-alikes, ", end="")
    print(f"{time.process_time() - start:.1f} s of CPU time")
    print(f"Recall: {found:.1f} % found, {certain:.1f} % with certainty")
    quiet = per_cent(len(lookalikes) - len(wrong), len(lookalikes))
    print(f"Look-alikes left alone: {quiet:.1f} % but for possible findings")
    if args.show:
        listed("Found", [one for one in usages if one.said == "certain"])
    listed("Missed", [one for one in usages if not one.said])
    listed("Found without certainty", [one for one in usages if one.said == "possible"])
    listed("Accused, and innocent", wrong)
    listed("Suspected, and innocent", [one for one in lookalikes if one.said == "possible"])
    return 1 if wrong or found < LEAST_FOUND or certain < LEAST_CERTAIN else 0
