"""Calls that a rewrite changed stand as Black and Ruff would have them, where the code was formatted before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from starlette_upgrade import pipeline
from starlette_upgrade.rewrite.text.layout import relaid
from starlette_upgrade.ruleset.loader import load_releases
from tests.rules.found import options_for

RELEASES = load_releases()
RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
# Lists with a call that gets too long, and the signature of a new function, are not broken.
UNBROKEN = {"SU101_4.py", "SU176_3.py"}


@pytest.mark.parametrize(
    ("source", "changed", "wanted"),
    [
        # fits
        ("x = f(a, old=1)\n", "x = f(a, new=1)\n", None),
        # too long: the arguments go below, or each on its line
        ("x = f(a, old=10)\n", "x = f(a, newer_one=10)\n", "x = f(\n    a, newer_one=10\n)\n"),
        (
            "x = f(\n    aaaaa, o=10, p=1\n)\n",
            "x = f(\n    aaaaa, newer=10, p=1\n)\n",
            "x = f(\n    aaaaa,\n    newer=10,\n    p=1,\n)\n",
        ),
        # short enough now: on one line again, but not where a comma asks for many lines
        ("x = f(\n    aaaa, b=10, p=1\n)\n", "x = f(\n    aaaa, p=1\n)\n", "x = f(aaaa, p=1)\n"),
        ("x = f(\n    a,\n    b,\n)\n", "x = f(\n    a,\n)\n", None),
        ("x = f(\n    aaaa, b=1  # why\n)\n", "x = f(\n    aaaa  # why\n)\n", None),
        # inside of a block; with tabs
        ("    func(a, old=10)\n", "    func(a, newer=10)\n", "    func(\n        a, newer=10\n    )\n"),
        ("\tfunc(a, old=10)\n", "\tfunc(a, newer=10)\n", "\tfunc(\n\t\ta, newer=10\n\t)\n"),
        ("x = f(a, old=10)\r\n", "x = f(a, newer_one=10)\r\n", "x = f(\r\n    a, newer_one=10\r\n)\r\n"),
        # who writes otherwise is left alone: lines too long before, hanging arguments, breaks without need
        ("x = function(a, b, old=10)\n", "x = function(a, b, newer=10)\n", None),
        ("x = f(a,\n      old=10)\n", "x = f(a,\n      newer_one_here=10)\n", None),
        ("x = f(\n    a, b\n)\n", "x = f(\n    a\n)\n", None),
        # arguments below the first one: in one more line
        ("f(a,\n  b, c=1)\n", "f(a,\n  b, c=100000000000)\n", None),
        ("f(a,\n  b, c=1)\n", "f(a,\n  b, c=10000000000000)\n", "f(a,\n  b,\n  c=10000000000000)\n"),
        ("f(a, b, c,\n  d)\n", "f(a, bbbbbbb, ccccccc,\n  d)\n", "f(a, bbbbbbb,\n  ccccccc,\n  d)\n"),
        ("  f(a,\n    b, c=1)\n", "  f(a,\n    b, c=100000000000)\n", "  f(a,\n    b,\n    c=100000000000)\n"),
        ("f(a,\n    b, c=1)\n", "f(a,\n    b, c=10000000000000)\n", None),
        # not the end of its line
        ("x = f(a, old=1) + 1\n", "x = f(a, newer=1) + 1\n", None),
        ("f(1); f(a, old=10)\n", "f(1); f(a, newer=10)\n", None),
        ("with f(1), f(b) as c:\n    pass\n", "with f(1), fgh(b) as c:\n    pass\n", None),
        ("with f(a, b) as c:\n    x\n", "with fghi(a, b) as c:\n    x\n", "with fghi(\n    a, b\n) as c:\n    x\n"),
    ],
)  # fmt: skip
def test_a_call_is_laid_out(source: str, changed: str, wanted: str | None) -> None:
    step = "\t" if source.startswith("\t") else "    "
    assert relaid(changed, source, step, 20) == (changed if wanted is None else wanted)


def test_lines_are_as_long_as_the_formatter_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 60\n")
    file = tmp_path / "test_app.py"
    head = "from starlette.testclient import TestClient\n\nclient = TestClient(None)\n"
    file.write_text(f'{head}client.get("/a/rather/long/path/1234", allow_redirects=True)\n')
    rule = next(rule for release in RELEASES for rule in release.rules if rule.code == "SU125")
    [change] = pipeline.fix(options_for(rule, file), RELEASES).changes
    assert change.after.decode() == (
        f'{head}client.get(\n    "/a/rather/long/path/1234", follow_redirects=True\n)\n'
    )


@pytest.mark.skipif(RUFF is None, reason="needs ruff")
def test_what_was_formatted_is_formatted_afterwards(tmp_path: Path) -> None:
    assert RUFF is not None
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 72\n[tool.ruff.format]\n")
    (tmp_path / ".git").mkdir()
    files = {
        tmp_path / f"{rule.code}_{number}.py": (rule, example)
        for release in RELEASES
        for rule in release.rules
        for number, example in enumerate(rule.examples, 1)
        if any(fix.kind != "manual" for fix in rule.fixes)
    }
    for file, (_, example) in files.items():
        file.write_text(example.before.lstrip("\n"))
    subprocess.run([RUFF, "format", "--quiet", "."], cwd=tmp_path, check=True)
    for file, (rule, _) in files.items():
        for change in pipeline.fix(options_for(rule, file), RELEASES).changes:
            file.write_bytes(change.after)
    asked = subprocess.run(
        [RUFF, "format", "--check", "."], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    told = {row.rpartition(" ")[2] for row in asked.stdout.splitlines() if row.startswith("Would reformat")}
    assert {Path(name).name for name in told} <= UNBROKEN
