from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from starlette_upgrade.cli.gate import exit_code
from starlette_upgrade.cli.request import Request
from starlette_upgrade.finding import Finding, Problem, Span
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.loader import load_releases

RULE = next(rule for release in load_releases() for rule in release.rules)
FATAL, ODD = Problem(Path("a.py"), "syntax error"), Problem(None, "odd", fatal=False)


def found(impact: Impact, confidence: Any = "certain") -> Finding:
    return Finding(Path("a.py"), Span(1, 1, 1, 2), RULE, impact, False, confidence, "m", "manual", "hand")


@pytest.mark.parametrize(
    ("options", "findings", "problems", "code"),
    [
        ({}, [], [], 0),
        ({}, [], [ODD], 0),
        ({}, [found(Impact.BREAK)], [], 1),
        ({}, [found(Impact.BREAK)], [FATAL], 2),
        ({}, [], [FATAL], 2),
        ({}, [found(Impact.SILENT), found(Impact.DEPRECATED)], [], 0),
        ({"fail_on": ("deprecated",)}, [found(Impact.DEPRECATED)], [], 1),
        ({"fail_on": ("deprecated",)}, [found(Impact.BREAK)], [], 0),
        ({"fail_on": ("never",)}, [found(Impact.BREAK)], [], 0),
        ({"exit_zero": True}, [found(Impact.BREAK)], [], 0),
        ({"exit_zero": True}, [], [FATAL], 2),
        ({}, [found(Impact.BREAK, "possible")], [], 0),
        ({"include_possible": True}, [found(Impact.BREAK, "possible")], [], 1),
    ],
)
def test_exit_codes(options: dict[str, Any], findings: list[Finding], problems: list[Problem], code: int) -> None:
    assert exit_code(Request("check", **options), findings, problems) == code


def test_a_diff_that_shows_something_fails() -> None:
    assert exit_code(Request("fix", diff=True), [], [], changes=True) == 1
    assert exit_code(Request("fix", diff=True, exit_zero=True), [], [], changes=True) == 0
