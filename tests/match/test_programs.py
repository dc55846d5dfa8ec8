"""Whole programs: what must be found, where, and — above all — what must not be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.rule import Advisories
from starlette_upgrade.settings.options import Options
from tests.conftest import Case, as_parameters, read_cases, write_files

HERE = Path(__file__).parent
# Nearly every program is exposed to something; see test_exposures.py.
RULES = [group for group in load_rules() if not isinstance(group, Advisories)]
SILENT = read_cases(HERE / "silent")
FOUND = read_cases(HERE / "found")
_MARKER = re.compile(r"# ((?:SU\d{3}\??)(?: SU\d{3}\??)*)$")


def findings(case: Case, folder: Path, *, triage: bool) -> list[str]:
    """The findings as `path:line code`, with a question mark behind the code where it is only possible."""
    result = pipeline.check(Options((folder,), case.move, triage=triage), RULES)
    assert not result.problems
    return sorted(
        f"{f.path.relative_to(folder).as_posix()}:{f.span.line} "
        f"{f.rule.code}{'' if f.confidence == 'certain' else '?'}"
        for f in result.findings
    )


def expected(case: Case) -> list[str]:
    """The findings that comments such as `# SU101` at the end of a line announce."""
    return sorted(
        f"{block.name}:{number} {code}"
        for block in case.blocks
        for number, line in enumerate(block.text.splitlines(), 1)
        if (marker := _MARKER.search(line))
        for code in marker[1].split()
    )


def test_quality_lives_in_the_negative_examples() -> None:
    assert len(SILENT) >= 80
    assert len(FOUND) >= 80
    assert len({case.title for case in SILENT + FOUND}) == len(SILENT + FOUND)


@pytest.mark.parametrize("case", as_parameters(SILENT))
def test_nothing_is_found(case: Case, tmp_path: Path) -> None:
    write_files(tmp_path, case.blocks)
    assert case.blocks
    assert findings(case, tmp_path, triage=False) == []
    assert findings(case, tmp_path, triage=True) == []


@pytest.mark.parametrize("case", as_parameters(FOUND))
def test_all_is_found_where_it_is(case: Case, tmp_path: Path) -> None:
    write_files(tmp_path, case.blocks)
    assert expected(case)
    assert findings(case, tmp_path, triage=False) == expected(case)
    assert findings(case, tmp_path, triage=True) == expected(case)
