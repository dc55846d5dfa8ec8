"""What it costs to understand code: binding and inference beside `ast.parse`, on files that grow and on real ones.

The made-up file repeats a block of everyday code in which each kind of receiver occurs: factories, classes that
keep an app, fixtures, handlers that only their registration tells about, functions that only their callers do.
"""

from __future__ import annotations

import argparse
import ast
import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from packaging.version import Version

from benchmarks.fetch import CACHE
from starlette_upgrade.analysis import Analyser
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases, rules_folder
from starlette_upgrade.ruleset.selection import activate
from starlette_upgrade.semantics.catalogue import Catalogue
from starlette_upgrade.semantics.project import Project
from starlette_upgrade.source.discovery import discover
from starlette_upgrade.source.document import Document, UnreadableDocument
from starlette_upgrade.source.reading import read_survivors
from starlette_upgrade.source.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette_upgrade.source.reading import Survivor

P = ParamSpec("P")
T = TypeVar("T")
HEAD = """\
import pytest
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient

templates = Jinja2Templates("templates")
"""
BLOCK = """

def make_{n}(debug=False):
    app = Starlette(debug=debug)
    return app


app_{n} = make_{n}()


@app_{n}.route("/")
async def home_{n}(request):
    return templates.TemplateResponse("home.html", {{"request": request}})


async def page_{n}(request):
    request.app.add_event_handler("startup", print)
    return templates.TemplateResponse(request, "page.html")


def register_{n}(app, name):
    app.add_event_handler("startup", name)


class Shop_{n}:
    def __init__(self, app):
        self.app = app
        self.options = {{"timeout": 5, "name": "shop"}}

    def install(self):
        if isinstance(self.app, Starlette):
            self.app.on_event("startup")(self.start)
        self.app.router.add_route("/page", page_{n})

    def start(self):
        total = 0
        for number in range(10):
            total += number
        return total


class Page_{n}(HTTPEndpoint):
    async def get(self, request):
        return templates.TemplateResponse("page.html", {{"request": request}})


@pytest.fixture
def client_{n}():
    with TestClient(app_{n}) as client:
        yield client


def test_home_{n}(client_{n}):
    response = client_{n}.get("/", allow_redirects=False)
    assert response.status_code == 200
    register_{n}(app_{n}, print)
    Shop_{n}(app_{n}).install()
"""
SIZES = (1_000, 5_000, 10_000, 25_000, 50_000)
MOVE = Move(Version("0.40.0"), Version("1.10.0"))


class Cost(NamedTuple):
    """CPU seconds for one or more files."""

    files: int
    size: float  # MB
    parse: float
    semantics: float
    analysis: float  # the semantics, the rules, and the plans of rewrites
    findings: int

    @property
    def ratio(self) -> float:
        return self.semantics / self.parse


def made_up(lines: int) -> str:
    parts, written, number = [HEAD], HEAD.count("\n"), 0
    while written < lines:
        block = BLOCK.format(n=number)
        parts.append(block)
        written += block.count("\n")
        number += 1
    return "".join(parts)


def measure(root: Path) -> Cost:
    """The cost of what a run does with the files below a folder that can hold a finding."""
    rules = activate(load_releases(), MOVE, (), ())
    catalogue = Catalogue(rules_folder() / "model", MOVE.old, MOVE.new)
    paths, _ = discover([root])
    triage = Triage(rules, catalogue.keeps)
    survivors = [one for one in read_survivors(paths, (), triage, [], triage=True) if one.can_hold]
    files = [(document, one) for one in survivors if (document := parsed(one)) is not None]
    documents = [document for document, _ in files]
    gc.collect()
    gc.disable()
    try:
        times = [time.process_time()]
        for document in documents:
            ast.parse(document.data)
        times.append(time.process_time())
        project = Project(paths, catalogue.packages, triage.root_files)
        analyser = Analyser(rules, MOVE, project, catalogue)
        clock = Clock()
        analyser.know = clock.timing(analyser.know)  # type: ignore[method-assign]
        analyser.inference.type_of = clock.timing(analyser.inference.type_of)  # type: ignore[method-assign]
        analyser.offer((document, one.rules) for document, one in files)
        findings = sum(len(analyser.analyse(document, one.named_near, one.rules)) for document, one in files)
        times.append(time.process_time())
    finally:
        gc.enable()
    size = sum(len(document.data) for document in documents) / 1e6
    return Cost(len(files), size, times[1] - times[0], clock.spent, times[2] - times[1], findings)


class Clock:
    """Adds up the time that is spent inside of some functions, however they call each other."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._depth = 0

    def timing(self, function: Callable[P, T]) -> Callable[P, T]:
        def timed(*args: P.args, **kwargs: P.kwargs) -> T:
            if self._depth:
                return function(*args, **kwargs)
            self._depth += 1
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.spent += time.process_time() - start
                self._depth -= 1

        return timed


def parsed(survivor: Survivor) -> Document | None:
    try:
        document = Document(Path(survivor.path), survivor.data)
        _ = document.tree, document.lines
    except UnreadableDocument:
        return None
    return document


def middle_of(root: Path, rounds: int) -> Cost:
    """The round with the median ratio."""
    return sorted((measure(root) for _ in range(rounds)), key=lambda cost: cost.ratio)[rounds // 2]


def growth(rounds: int) -> None:
    print("| lines | parse, ms | semantics, ms | to the parse | µs a line | with rules and plans, ms | findings |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    each = []
    with tempfile.TemporaryDirectory() as folder:
        for lines in SIZES:
            path = Path(folder) / "test_it.py"
            path.write_text(made_up(lines), encoding="utf-8")
            cost = middle_of(path.parent, rounds)
            each.append(1e6 * cost.semantics / lines)
            spent = (1e3 * cost.parse, 1e3 * cost.semantics, cost.ratio, each[-1], 1e3 * cost.analysis)
            row = "| {:,} | {:.0f} | {:.0f} | {:.2f} | {:.1f} | {:.0f} | {:,} |"
            print(row.format(lines, *spent, cost.findings))
    print(f"\nFrom {SIZES[0]:,} to {SIZES[-1]:,} lines, a line costs {each[-1] / each[0]:.2f} times as much.")


def real(root: Path, rounds: int) -> None:
    cost = middle_of(root, rounds)
    spent = (1e3 * cost.parse, 1e3 * cost.semantics, cost.ratio, 1e3 * cost.analysis)
    row = "| {} | {:,} | {:.1f} | {:.0f} | {:.0f} | {:.2f} | {:.0f} |"
    print(row.format(root.name, cost.files, cost.size, *spent))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    growth(rounds)
    print("\n| survivors of | files | MB | parse, ms | semantics, ms | to the parse | with rules and plans, ms |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for root in (CACHE / "packages", CACHE / "corpus"):
        if root.is_dir():
            real(root, rounds)
        else:
            print(f"{root.name}: fetch it with `python -m benchmarks.fetch`", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
