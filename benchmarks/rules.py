"""What the rules cost a run of `check` before it reads a file: in CPU milliseconds, with everything on disk warm.

Each number is the median over processes of their own, for all rules there are (`all`) and for one (`one`):
the difference is what the size of the rule set adds.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROCESSES = 15
_MEASURE = """
import json, sys, time
from pathlib import Path
from packaging.version import Version
from starlette_upgrade.match.matching import interest_of
from starlette_upgrade.ruleset import loader
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.selection import activate
from starlette_upgrade.source.needles import by_word, tests_of
from starlette_upgrade.source.words import scan_for

loader.rules_folder = lambda: Path(sys.argv[1])
times = {}
def lap(name, start):
    times[name] = (time.process_time() - start) * 1000
start = time.process_time()
releases = loader.load_releases(examples=False)
lap("load", start)
start = time.process_time()
active = activate(releases, Move(Version("0.12.0"), Version("1.10.0")))
lap("activate", start)
start = time.process_time()
uses = by_word(tests_of([one.rule for one in active], lambda cls, attribute: False))
scan_for(uses)
interest_of(active)
lap("needles", start)
times["rules"] = len(active)
print(json.dumps(times))
"""


def main() -> int:
    """Prints a table."""
    from starlette_upgrade.ruleset.loader import rules_folder

    with tempfile.TemporaryDirectory() as folder:
        whole, single = Path(folder, "all"), Path(folder, "one")
        for target in (whole, single):
            shutil.copytree(rules_folder(), target)
        for file in (single / "releases").glob("*.toml"):
            if file.name != "0.43.0.toml":
                file.unlink()
        laps = {name: _laps(target) for name, target in (("all", whole), ("one", single))}
    print(f"{'':10} {'all':>8} {'one':>8} {'added':>8}   CPU ms, median of {PROCESSES} processes")
    for lap in ("load", "activate", "needles", "rules"):
        every, one = laps["all"][lap], laps["one"][lap]
        print(f"{lap:10} {every:8.2f} {one:8.2f} {every - one:8.2f}")
    return 0


def _laps(rules: Path) -> dict[str, float]:
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", _MEASURE, str(rules)]
    runs = [
        json.loads(subprocess.run(command, env=kept, capture_output=True, text=True, check=True).stdout)
        for _ in range(PROCESSES + 1)
    ][1:]
    return {lap: statistics.median(run[lap] for run in runs) for lap in runs[0]}


if __name__ == "__main__":
    sys.exit(main())
