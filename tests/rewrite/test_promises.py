"""What holds for any input: it parses, it settles, it brings nothing new, and it leaves alone what it should."""

from __future__ import annotations

import ast
import codecs
import tempfile
import warnings
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.finding import CheckResult, FixResult
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options
from tests.rewrite.conftest import Program, programs

RELEASES = load_releases()
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
ANY_SPEED = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def check(path: Path) -> CheckResult:
    return pipeline.check(Options((path,), MOVE), RELEASES)


def fix(path: Path) -> FixResult:
    return pipeline.fix(Options((path,), MOVE, unsafe=True), RELEASES)


def is_python(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except SyntaxError:
        return False
    return True


@ANY_SPEED
@given(programs())
def test_the_promises(program: Program) -> None:
    assert is_python(program.data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "module.py"
        path.write_bytes(program.data)
        found = check(path)
        result = fix(path)
        data = result.changes[0].after if result.changes else program.data
        path.write_bytes(data)
        again, second = check(path), fix(path)

    assert is_python(data)
    assert second.changes == ()
    # What was planned was done, and what was not says why.
    assert [f for f in result.remaining if f.fix in ("safe", "unsafe") or (f.fix == "none" and not f.why_not)] == []
    refused = Counter(f.why_not for f in found.findings if f.fix not in ("safe", "unsafe"))
    assert Counter(f.why_not for f in result.remaining) == refused
    before, after = (Counter(f.rule.code for f in found.findings) for found in (found, again))
    assert after <= before
    assert sorted(f.message for f in result.remaining) == sorted(f.message for f in again.findings)

    text = data.decode()
    assert data.startswith(codecs.BOM_UTF8) == program.data.startswith(codecs.BOM_UTF8)
    assert text.endswith("\n") == program.data.decode().endswith("\n")
    assert text.count("\n") == text.count(program.newline)
    assert text.count("\r") == (text.count("\n") if program.newline == "\r\n" else 0)
    rows = iter(text.split(program.newline))
    assert [row for row in program.neutral if row not in rows] == []
