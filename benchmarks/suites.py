"""Runs the test suites of the packages in suites.toml three times, and prints what came of it as Markdown: on the
Starlette that the package was written for, on the newest as it is, and on the newest after `fix --unsafe`.

Each package has two environments, made once: one of its time (`uv --exclude-newer`), one of today. All of it is
measured: nothing is known here of what a suite should say. This runs the code of the packages, on copies of them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from benchmarks.fetch import CACHE, HERE, Pin, fetch
from benchmarks.oracle.running import OFFLINE, limited
from benchmarks.oracle.suites import SuiteError, variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = HERE.parent
SUITES = CACHE / "suites"
TAGS = {"error": "error", "failure": "failed", "skipped": "skipped"}  # pytest's, in its file of results
INTERNAL_ERROR = 3  # pytest's exit code
# No options of the package's own (coverage, workers), and no filter that turns a warning into an error: what is
# merely deprecated is not what is asked here
PYTEST = (
    *("-p", "no:cacheprovider", "-o", "addopts=", "-o", "xfail_strict=false", "-W", "default", "-q"),
    *("-o", "junit_family=xunit2", "--continue-on-collection-errors"),
)


class Suite(NamedTuple):
    pin: Pin
    starlette: str  # the release that it was written for
    until: str  # the day whose packages go with it
    tests: tuple[str, ...]  # pytest and its plugins: the same in both environments
    requires: tuple[str, ...]  # what the package needs, in both
    old: tuple[str, ...]  # only on the old release
    new: tuple[str, ...]  # only on the newest
    forced: tuple[str, ...]  # on the newest, although they say that they don't go with it
    install: bool  # the package too, for its metadata; the files that run are those of the copy
    pythonpath: tuple[str, ...]
    without: tuple[str, ...]  # folders that may not run, as an old Starlette beside its tests
    args: tuple[str, ...]  # pytest's
    env: dict[str, str]


class Table(NamedTuple):
    newest: str  # Starlette's
    until: str  # the day whose packages go with it
    python: str
    seconds: int  # that a suite may take
    suites: list[Suite]


class Run(NamedTuple):
    outcomes: dict[str, str]  # of each test, as pytest tells them
    messages: dict[str, str]
    problem: str = ""  # why there is no outcome

    def count(self, kind: str) -> int:
        return sum(outcome == kind for outcome in self.outcomes.values())

    @property
    def passed(self) -> dict[str, str]:
        return {test: kind for test, kind in self.outcomes.items() if kind == "passed"}


class Fixed(NamedTuple):
    fixed: int
    left: int  # certain ones
    by_rule: dict[str, int]


class Compared(NamedTuple):
    suite: Suite
    old: Run
    as_is: Run
    after: Run
    fix: Fixed

    @property
    def runs(self) -> tuple[Run, Run, Run]:
        return self.old, self.as_is, self.after

    @property
    def lost(self) -> list[str]:
        """The tests that passed on the old release, and don't on the newest after `fix`."""
        return [test for test in self.old.passed if test not in self.after.passed]

    @property
    def spoilt(self) -> list[str]:
        """The tests that pass on the newest as it is, and don't after `fix`: there should be none."""
        return [test for test in self.as_is.passed if test not in self.after.passed]


def read_table() -> Table:
    text = tomli.loads((HERE / "suites.toml").read_text(encoding="utf-8"))
    suites = [_suite(row, text) for row in text["package"]]
    return Table(text["newest"], str(text["until"]), text["python"], text["seconds"], suites)


def _suite(row: dict[str, Any], text: dict[str, Any]) -> Suite:
    return Suite(
        pin=Pin("package", row["name"], row["version"], row["sha256"]),
        starlette=row["starlette"],
        until=max(str(row["released"]), text["oldest"]),
        tests=(*text["tests"], *row.get("tests", ())),
        requires=tuple(row.get("requires", ())),
        old=tuple(row.get("old", ())),
        new=tuple(row.get("new", ())),
        forced=tuple(row.get("forced", ())),
        install=row.get("install", True),
        pythonpath=tuple(row.get("pythonpath", (".",))),
        without=tuple(row.get("without", ())),
        args=tuple(row.get("args", ("tests",))),
        env=row.get("env", {}),
    )


def environment(suite: Suite, tree: Path, table: Table, new: bool) -> Path:
    """The Python of an environment of that time, or of today, made once."""
    starlette = f"starlette[full]=={table.newest if new else suite.starlette}"
    until = table.until if new else suite.until
    wanted = (*suite.requires, *(suite.new if new else suite.old))
    forced = suite.forced if new else ()
    parts = [platform.platform(), table.python, table.until, until, starlette, suite.pin.sha256, str(suite.install)]
    key = "\n".join([*parts, *suite.tests, "", *wanted, "", *forced])
    folder = CACHE / "venvs" / f"suites-{suite.pin.folder}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if (folder / "whole").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    uv("venv", "--python", table.python, str(folder))
    install = ("pip", "install", "--python", str(python), "--exclude-newer")
    uv(*install, table.until, *suite.tests)
    uv(*install, until, starlette, *wanted)
    if forced:
        uv(*install, until, "--no-deps", *forced)
    if suite.install:
        with tempfile.TemporaryDirectory() as tmp:  # a build leaves its traces
            copy = shutil.copytree(tree, Path(tmp) / suite.pin.folder, symlinks=True)
            uv(*install, table.until, "--no-deps", str(copy))
    (folder / "whole").touch()
    return python


def uv(*words: str) -> None:
    beside = Path(sys.executable).parent / "uv"
    command = [str(beside) if beside.exists() else "uv", *words, "--quiet"]
    done = subprocess.run(command, cwd=ROOT, env=variables(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SuiteError(f"{' '.join(command[1:])}: {done.stderr.strip()[-3000:]}")


def compare(suite: Suite, table: Table) -> Compared:
    tree = fetched(suite.pin)
    old, new = (environment(suite, tree, table, new) for new in (False, True))
    with tempfile.TemporaryDirectory(prefix="suites-") as tmp:
        then = run(suite, copied(suite, tree, Path(tmp) / "old"), old, table)
        as_is = run(suite, copied(suite, tree, Path(tmp) / "as-is"), new, table)
        copy = copied(suite, tree, Path(tmp) / "after")
        done = fix(suite, copy, old, new, table)
        after = run(suite, copy, new, table)
    return Compared(suite, then, as_is, after, done)


def fetched(pin: Pin) -> Path:
    """The folder of the sdist; other benchmarks may have it already."""
    own = SUITES / "sdists"
    own.mkdir(parents=True, exist_ok=True)
    for root in (CACHE / "packages", CACHE / "labels"):
        if (root / pin.folder).is_dir():
            return root / pin.folder
    with contextlib.redirect_stdout(sys.stderr):  # only the table goes to stdout
        there = fetch(pin, own)
    if not there:
        raise SuiteError("it could not be fetched")
    return own / pin.folder


def copied(suite: Suite, tree: Path, folder: Path) -> Path:
    copy = shutil.copytree(tree, folder.resolve(), symlinks=True)
    for part in suite.without:
        shutil.rmtree(copy / part)
    return copy


def fix(suite: Suite, copy: Path, old: Path, new: Path, table: Table) -> Fixed:
    """As a person would run it, in the environment that the package has."""
    tool = [sys.executable, "-m", "starlette_upgrade", "fix", "--unsafe", "--allow-dirty", "--format", "json"]
    move = ["--from", suite.starlette, "--to", table.newest, "--python", str(old), *fastapi(new)]
    env = variables(PYTHONPATH=str(ROOT))
    done = subprocess.run([*tool, *move, "."], cwd=copy, env=env, capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        raise SuiteError(f"fix failed: {done.stderr[-2000:]}") from error
    by_rule: dict[str, int] = {}
    for finding in said["fixed"]:
        by_rule[finding["code"]] = by_rule.get(finding["code"], 0) + 1
    certain = [finding for finding in said["findings"] if finding["confidence"] == "certain"]
    return Fixed(len(said["fixed"]), len(certain), by_rule)


def fastapi(python: Path) -> list[str]:
    code = "import importlib.metadata as m; print(m.version('fastapi'))"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return ["--fastapi", done.stdout.strip()] if done.returncode == 0 else []


def run(suite: Suite, copy: Path, python: Path, table: Table) -> Run:
    """What pytest says of the copy; its words stay in .cache/suites/, under the name of the copy."""
    results = copy.with_suffix(".xml")
    command = [str(python), "-m", "pytest", *PYTEST, "--junitxml", str(results), *suite.args]
    env = variables(
        PYTHONPATH=os.pathsep.join(str(copy / part) for part in suite.pythonpath),
        PYTHONDONTWRITEBYTECODE="1",
        **{**OFFLINE, **{name.upper(): where for name, where in OFFLINE.items()}, **suite.env},
    )
    results.unlink(missing_ok=True)
    said = SUITES / f"{suite.pin.folder}-{copy.name}.log"
    with said.open("w", encoding="utf-8") as log:
        try:
            code = limited(command, copy, env, log.fileno(), table.seconds)
        except SuiteError as late:
            return Run({}, {}, str(late))
    if code == INTERNAL_ERROR:
        return Run({}, {}, "pytest fails")
    if not results.exists():  # as when conftest.py can't be imported
        return Run({}, {}, "does not start")
    return read(results)


def read(results: Path) -> Run:
    outcomes: dict[str, str] = {}
    messages: dict[str, str] = {}
    for case in ET.parse(results).getroot().iter("testcase"):
        test = f"{case.get('classname')}::{case.get('name')}"
        found = {part.tag: part.get("message") or "" for part in case}
        kind = next((kind for tag, kind in TAGS.items() if tag in found), "passed")
        if outcomes.get(test, "passed") == "passed":  # a failing teardown is a case of its own
            outcomes[test] = kind
            messages[test] = next((found[tag] for tag in TAGS if tag in found), "")
    return Run(outcomes, messages)


def line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def cell(run: Run) -> str:
    if run.problem:
        return run.problem
    return " / ".join(str(run.count(kind)) for kind in ("passed", "failed", "error"))


def head(newest: str) -> Iterator[str]:
    titles = ("package", "written for", "on that", f"on {newest}", "after `fix`", "fixed", "left", "lost", "spoilt")
    yield line(titles)
    yield line(["---", "---", *["--:"] * (len(titles) - 2)])


def row_of(one: Compared) -> str:
    return line([one.suite.pin.folder, one.suite.starlette, *map(cell, one.runs), *numbers(one)])


def numbers(one: Compared) -> list[int]:
    return [one.fix.fixed, one.fix.left, len(one.lost), len(one.spoilt)]


def total(rows: Sequence[Compared]) -> str:
    counts = [[*(run.count("passed") for run in row.runs), *numbers(row)] for row in rows]
    return line(["all: passed", "", *map(sum, zip(*counts, strict=True))])


def details(row: Compared) -> Iterator[str]:
    rules = ", ".join(f"{code} × {count}" for code, count in sorted(row.fix.by_rule.items()))
    yield f"\n### {row.suite.pin.folder}\n\nfixed: {rules or 'nothing'}"
    for title, tests in (("lost", row.lost), ("spoilt", row.spoilt)):
        reasons: dict[str, list[str]] = {}
        for test in tests:
            words = row.after.messages.get(test) or row.after.problem or "not collected"
            reasons.setdefault(" ".join(words.split())[:300], []).append(test)
        for words, some in sorted(reasons.items(), key=lambda one: -len(one[1])):
            yield f"- {title}, {len(some)} × {words}: {some[0]}{' …' if len(some) > 1 else ''}"


def attempt(suite: Suite, table: Table) -> Compared | None:
    try:
        done = compare(suite, table)
    except SuiteError as error:
        print(f"error: {suite.pin.folder}: {error}", file=sys.stderr, flush=True)
        return None
    print(row_of(done), flush=True)
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(", and prints")[0])
    parser.add_argument("--only", action="append", metavar="NAME", help="this package only (repeatable)")
    parser.add_argument("--show", action="store_true", help="tell which tests don't pass any more, and why")
    args = parser.parse_args()
    table = read_table()
    names = set(args.only or ())
    if unknown := names - {name for suite in table.suites for name in (suite.pin.name, suite.pin.folder)}:
        parser.error(f"not in suites.toml: {', '.join(sorted(unknown))}")
    chosen = [suite for suite in table.suites if not names or {suite.pin.name, suite.pin.folder} & names]
    print("\n".join(head(table.newest)))
    rows = [one for suite in chosen if (one := attempt(suite, table))]
    print(total(rows))
    for row in rows if args.show else ():
        print("\n".join(details(row)))
    return 0 if len(rows) == len(chosen) and not any(row.spoilt for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
