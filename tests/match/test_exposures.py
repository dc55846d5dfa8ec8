"""Programs that use what a published vulnerability exposes, and programs that only look like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade import pipeline
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.rule import Advisories
from starlette_upgrade.settings.options import Options
from tests.conftest import Case, as_parameters, read_cases, write_files
from tests.match.test_programs import expected

RULES = [group for group in load_rules() if isinstance(group, Advisories)]
CASES = read_cases(Path(__file__).parent / "exposed")


def findings(case: Case, folder: Path, *, triage: bool) -> list[str]:
    result = pipeline.check(Options((folder,), case.move, triage=triage), RULES)
    assert not result.problems
    return sorted(
        f"{f.path.relative_to(folder).as_posix()}:{f.span.line} "
        f"{f.rule.code}{'' if f.confidence == 'certain' else '?'}"
        for f in result.findings
    )


@pytest.mark.parametrize("case", as_parameters(CASES))
def test_it_is_found_where_it_is_exposed_and_nowhere_else(case: Case, tmp_path: Path) -> None:
    write_files(tmp_path, case.blocks)
    assert case.blocks
    assert findings(case, tmp_path, triage=False) == expected(case)
    assert findings(case, tmp_path, triage=True) == expected(case)


def test_what_looks_like_it_is_tried_as_often() -> None:
    silent = [case for case in CASES if not expected(case)]
    assert len(silent) * 3 >= len(CASES)
