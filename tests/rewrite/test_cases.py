"""Before and after, as a maintainer would have written it; each pair also in other dresses of the same text."""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options, Style
from tests.conftest import Block, Case, as_parameters, read_cases, write_files

RELEASES = load_releases()
CASES = read_cases(Path(__file__).parent / "cases")
_REFUSED = re.compile(r"^Refused: (.+)\.$", re.MULTILINE)
_LEFT = re.compile(r"^Left: (.+)\.$", re.MULTILINE)
_CALLS = re.compile(r"^Calls: (.+)\.$", re.MULTILINE)  # where tables are asked for

Dress = Callable[[str], bytes]


def _tabs(text: str) -> str:
    return re.sub(r"^(?: {4})+", lambda spaces: "\t" * (len(spaces[0]) // 4), text, flags=re.MULTILINE)


def _two_spaces(text: str) -> str:
    return re.sub(r"^(?: {4})+", lambda spaces: " " * (len(spaces[0]) // 2), text, flags=re.MULTILINE)


DRESSES: dict[str, Dress] = {
    "as it is": str.encode,
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: codecs.BOM_UTF8 + text.encode(),
    "no newline at the end": lambda text: text.rstrip("\n").encode(),
    "tabs": lambda text: _tabs(text).encode(),
    "two spaces": lambda text: _two_spaces(text).encode(),
}


def before_and_after(case: Case) -> tuple[dict[str, str], dict[str, str]]:
    """The files' texts by name: a name's second block is what becomes of its first."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for block in case.blocks:
        before.setdefault(block.name, block.text)
        after[block.name] = block.text
    return before, after


def style_of(case: Case) -> Style:
    return "table" if "Style: table." in case.prose else "call"


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("case", as_parameters(CASES))
def test_before_becomes_after(case: Case, dress: str, tmp_path: Path) -> None:
    if f"Not with {dress}." in case.prose:  # lines are broken elsewhere there
        return
    change = DRESSES[dress]
    before, after = before_and_after(case)
    for name, text in before.items():
        write_files(tmp_path, (Block(name, ""),))
        (tmp_path / name).write_bytes(change(text))
    options = Options(
        (tmp_path,), case.move, unsafe=True, style=style_of(case), ahead="With --ahead." in case.prose
    )
    result = pipeline.fix(options, RELEASES)
    for done in result.changes:
        done.path.write_bytes(done.after)
    assert {name: (tmp_path / name).read_bytes() for name in after} == {
        name: change(text) for name, text in after.items()
    }
    assert not result.problems
    assert sorted({f.why_not for f in result.remaining if f.fix == "none"}) == sorted(_REFUSED.findall(case.prose))
    calls = {f.no_table for change in result.changes for f in change.resolved if f.no_table}
    assert sorted(calls) == sorted(_CALLS.findall(case.prose))
    left = sorted({f.rule.code for f in result.remaining if f.fix != "none"})
    assert left == [code for codes in _LEFT.findall(case.prose) for code in codes.split(", ")]
    again = pipeline.fix(options, RELEASES)
    assert not again.changes


@pytest.mark.parametrize("case", as_parameters(CASES))
def test_a_case_is_python(case: Case) -> None:
    assert case.blocks
    for block in case.blocks:
        ast.parse(block.text)
