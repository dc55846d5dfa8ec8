"""Runs one package's test suite on a copy of its files, with the plugin that writes down what Starlette says."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.oracle.suites import HERE, SuiteError, environment, fetched, variables

if TYPE_CHECKING:
    from benchmarks.oracle.suites import Suite

# No option of the package's own (coverage, workers), and no filter that turns a warning into an error: the test
# would end there, and what comes after it would never run.
PYTEST = (
    *("-p", "plugin", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "xfail_strict=false"),
    *("-W", "default", "--continue-on-collection-errors"),
)
# A suite has to do without the network: what goes by these (the TestClient does not) finds nobody there
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
OFFLINE["no_proxy"] = "localhost,127.0.0.1"


def run_suite(suite: Suite) -> None:
    """Leaves what was raised in the suite's records, and pytest's words beside them."""
    tree = fetched(suite)
    python = environment(suite)
    with tempfile.TemporaryDirectory(prefix="oracle-") as tmp:
        copy = shutil.copytree(tree, Path(tmp).resolve() / suite.folder, symlinks=True)
        for part in suite.without:
            shutil.rmtree(copy / part)
        out = Path(tmp) / "records.jsonl"
        command = [str(python), "-m", "pytest", *PYTEST, *suite.args]
        command += [word for test in suite.deselect for word in ("--deselect", test)]
        said = suite.records.with_suffix(".log")
        with said.open("w", encoding="utf-8") as log:
            code = limited(command, copy, _variables(suite, copy, out), log.fileno(), suite.timeout)
        if not out.exists() or '"outcome"' not in out.read_text(encoding="utf-8"):
            raise SuiteError(f"pytest ended with {code} and did not come to its end; see {said.name}")
        shutil.copyfile(out, suite.records)


def _variables(suite: Suite, copy: Path, out: Path) -> dict[str, str]:
    return variables(
        ORACLE_TREE=str(copy),
        ORACLE_OWN=os.pathsep.join(suite.own),
        ORACLE_OUT=str(out),
        PYTHONPATH=os.pathsep.join([str(HERE), *(str(copy / part) for part in suite.pythonpath)]),
        PYTHONDONTWRITEBYTECODE="1",
        **{**OFFLINE, **{name.upper(): where for name, where in OFFLINE.items()}, **suite.env},
    )


def limited(command: list[str], folder: Path, env: dict[str, str], log: int, seconds: int) -> int:
    """Runs a command in a process group of its own, which ends with it: tests can leave servers behind."""
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired as late:
        raise SuiteError(f"it did not end within {seconds} s") from late
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
