"""Times whole processes: starlette-upgrade, Ruff and django-upgrade on the same files, and what starting up costs.

The rounds are interleaved (A B C A B C ...), so that a busy machine is busy for all, and ratios are taken within
a round. Read CPU time (user and system, children included); elapsed time says little where cores are shared.
Prints Markdown and judges nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache"
CORPUS = CACHE / "corpus"
PEERS = CACHE / "venvs" / "bench"
OURS = str(Path(sys.executable).with_name("starlette-upgrade"))
CHECK = [OURS, "check", "--from", "0.40.0", "--to", "1.10.0"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
HEAVY = ("libcst", "rich", "typer", "pathspec", "packaging", "tomli", "json", "subprocess", "dataclasses", "ast")
CLEAN_FILE = """\
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def page(request):
    return PlainTextResponse("nothing to find")


app = Starlette(routes=[Route("/", page)])
"""


class Tool(NamedTuple):
    """A whole process. `names`: a file with the paths, for a tool that xargs has to hand them to."""

    title: str
    command: list[str]
    names: Path | None = None


class Cost(NamedTuple):
    cpu: float
    wall: float
    peak: float  # MB


def run(tool: Tool) -> Cost:
    """What one run takes; the processes that it starts are in it."""
    with (tool.names or Path(os.devnull)).open("rb") as names, open(os.devnull, "wb") as nowhere:
        start = time.perf_counter()
        process = subprocess.Popen(tool.command, stdin=names, stdout=nowhere, stderr=nowhere, env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / unit)


def measure(tools: list[Tool], rounds: int) -> list[list[Cost]]:
    """The costs of each tool, round by round, after a run of each that warms the caches and does not count."""
    for tool in tools:
        run(tool)
    table = [[run(tool) for tool in tools] for _ in range(rounds)]
    return [list(costs) for costs in zip(*table, strict=True)]


def output(command: list[str], names: Path | None = None) -> str:
    """What a command prints, wherever it prints it."""
    text = names.read_text() if names else ""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT, text=True
    ) as process:
        return process.communicate(text)[0]


def spread(values: list[float], digits: int) -> str:
    """Least, median and most."""
    return " / ".join(f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))


def peer(name: str) -> str:
    """The command of a peer, from an environment that holds what peers.txt pins and nothing else."""
    binaries = PEERS / ("Scripts" if os.name == "nt" else "bin")
    pins = HERE / "peers.txt"
    wanted = f"{sys.version}\n{pins.read_text()}"
    whole = PEERS / "whole"
    if not whole.exists() or whole.read_text() != wanted:
        venv.create(PEERS, clear=True, with_pip=True)
        install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--requirement", str(pins)]
        subprocess.run(install, check=True)
        whole.write_text(wanted)
    return str(binaries / name)


def speed(rounds: int, folder: Path) -> list[str]:
    """The corpus, read by all three. Each shows that it looks at the same files."""
    ruff = [peer("ruff"), "check", "--isolated", "--no-cache"]
    # --check: it says which files it would rewrite, and writes nothing.
    django_upgrade = ["xargs", "-0", peer("django-upgrade"), "--target-version", "5.0", "--check"]
    files = sorted(str(path) for path in CORPUS.rglob("*.py"))
    names = folder / "names"
    names.write_bytes(b"\0".join(os.fsencode(file) for file in files))

    ours = json.loads(subprocess.run([*CHECK, "--format", "json", CORPUS], capture_output=True, check=False).stdout)
    place = re.compile(r":\d+:\d+: ")
    lint = [*ruff, "--select", "E9,F", str(CORPUS)]
    found = {
        "starlette-upgrade": (ours["files"], f"{len(ours['findings'])} findings"),
        "ruff": (
            len(output([*ruff, "--show-files", str(CORPUS)]).splitlines()),
            f"{len(place.findall(output([*lint, '--output-format', 'concise'])))} findings",
        ),
        "django-upgrade": (len(files), f"{len(output(django_upgrade, names).splitlines())} files to rewrite"),
    }
    tools = [
        Tool("starlette-upgrade", [*CHECK, str(CORPUS)]),
        Tool("ruff", lint),
        Tool("django-upgrade", django_upgrade, names),
    ]
    costs = measure(tools, rounds)
    size = sum(Path(file).stat().st_size for file in files) / 1e6
    lines = [
        f"## The corpus: {len(files)} files, {size:.1f} MB, {rounds} rounds\n",
        "| | files | found | CPU s: min / median / max | elapsed s: median | peak MB | ours to it, CPU | elapsed |",
        "|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for tool, column in zip(tools, costs, strict=True):
        count, what = found[tool.title]
        both = list(zip(costs[0], column, strict=True))
        row = [
            tool.title,
            str(count),
            what,
            spread([cost.cpu for cost in column], 2),
            f"{median(cost.wall for cost in column):.2f}",
            f"{max(cost.peak for cost in column):.0f}",
            spread([mine.cpu / its.cpu for mine, its in both], 3) if column is not costs[0] else "",
            f"{median(mine.wall / its.wall for mine, its in both):.3f}" if column is not costs[0] else "",
        ]
        lines.append(f"| {' | '.join(row)} |")
    return lines


def start_up(rounds: int, folder: Path) -> list[str]:
    """What a run costs before it has anything to do. `--` is a word that only the full command line reads."""
    trees = {"other": "def page():\n    return 1\n", "clean": CLEAN_FILE}
    for name, text in trees.items():
        (folder / name).mkdir()
        for number in range(20):
            (folder / name / f"page_{number}.py").write_text(text)
    other, clean = (str(folder / name) for name in trees)
    tools = [
        Tool("`python -c pass`", [sys.executable, "-c", "pass"]),
        Tool("`check`, 20 files without Starlette", [*CHECK, other]),
        Tool("`check`, 20 files with it, nothing to find", [*CHECK, clean]),
        Tool("the same, arguments read by typer", [*CHECK, "--", clean]),
        Tool("`--help`", [OURS, "--help"]),
        Tool("`ruff check`, the same files", [peer("ruff"), "check", "--isolated", "--no-cache", clean]),
    ]
    lines = [
        f"## Starting up, {rounds} rounds\n",
        "| | CPU ms: min / median / max | elapsed ms: median |",
        "|---|--:|--:|",
    ]
    for tool, column in zip(tools, measure(tools, rounds), strict=True):
        cpu = spread([1000 * cost.cpu for cost in column], 0)
        lines.append(f"| {tool.title} | {cpu} | {1000 * median(cost.wall for cost in column):.0f} |")

    def imported(*arguments: str) -> set[str]:
        said = output([sys.executable, "-X", "importtime", *arguments])
        return {line.rpartition("|")[2].strip() for line in said.splitlines() if line.startswith("import time:")}

    lines += ["", f"Imported beyond what `python -c pass` does (looked for: {', '.join(HEAVY)}):"]
    for what, tree in (("without Starlette", other), ("with it", clean)):
        own = imported("-m", "starlette_upgrade", *CHECK[1:], tree) - imported("-c", "pass")
        heavy = [name for name in HEAVY if name in own]
        lines.append(f"- {what}: {len(own)} modules, of these {', '.join(heavy) or 'none'}")
    return lines


def machine() -> list[str]:
    versions = [output([peer(name), "--version"]).strip() for name in ("ruff", "django-upgrade")]
    ours = output([OURS, "--version"]).strip()
    return [
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {ours},",
        f"{versions[0]}, django-upgrade {versions[1].split()[-1]}.",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Time starlette-upgrade, Ruff and django-upgrade; prints Markdown."
    )
    parser.add_argument("--rounds", type=int, default=5, help="over the corpus (default: 5)")
    parser.add_argument("--starts", type=int, default=15, help="of the start-up table (default: 15)")
    args = parser.parse_args()
    if not CORPUS.is_dir():
        parser.error("the corpus is not there: run `python -m benchmarks.fetch --corpus` first")
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join([*machine(), ""]), flush=True)
        if args.rounds:
            print("\n".join([*speed(args.rounds, Path(folder)), ""]), flush=True)
        if args.starts:
            print("\n".join(start_up(args.starts, Path(folder))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
