"""What holds for any input: it parses, it settles, it brings nothing new, and it leaves alone what it should."""

from __future__ import annotations

import ast
import builtins
import codecs
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.finding import CheckResult, FixResult
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.settings.options import Options
from tests.rewrite.conftest import Program, packages, programs

RULES = load_rules()
MOVE = Move(Version("0.40.0"), Version("1.10.0"))
ANY_SPEED = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def check(path: Path) -> CheckResult:
    return pipeline.check(Options((path,), MOVE), RULES)


def fix(path: Path) -> FixResult:
    return pipeline.fix(Options((path,), MOVE, unsafe=True), RULES)


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


def names_of(module: str, trees: dict[str, ast.Module]) -> set[str]:
    """What a module binds; `*`, where a star of another package can bring anything."""
    bound: set[str] = set()
    for node in ast.walk(trees[module]):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and node.module in trees:
            bound |= names_of(node.module, trees)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            bound.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            bound.add(node.name)
    return bound


def names_asked_of(module: str, trees: dict[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """Each name that a module uses, with the module that has to have it."""
    for node in ast.walk(trees[module]):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not hasattr(builtins, node.id):
            yield module, node.id
        elif isinstance(node, ast.ImportFrom) and node.module in trees and node.names[0].name != "*":
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in trees:
            yield node.value.id, node.attr


@ANY_SPEED
@given(packages())
def test_modules_agree_on_names(package: dict[str, str]) -> None:
    """Whatever one module imports from another one of the project is there after the rewrite."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for module, text in package.items():
            (folder / f"{module}.py").write_text(text)
        result = fix(folder)
        for change in result.changes:
            change.path.write_bytes(change.after)
        second = fix(folder)
        trees = {module: ast.parse((folder / f"{module}.py").read_text()) for module in package}
    assert second.changes == ()
    assert not [finding for finding in second.remaining if finding.fix in ("safe", "unsafe")]
    for module in trees:
        for owner, name in names_asked_of(module, trees):
            assert {name, "*"} & names_of(owner, trees), (owner, name)
