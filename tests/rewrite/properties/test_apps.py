"""Any application in old style does after `fix` what it did before, whatever it is made of."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from packaging.version import Version

from starlette_upgrade.ruleset.lifecycle import Impact, Move
from tests.proofs.stacks import SERIES, interpreter
from tests.rewrite.properties.apps import FILES, PROBE, App, apps
from tests.rewrite.properties.budget import budget
from tests.rewrite.properties.untouched import comments_of, missing, rows_left_alone
from tests.rewrite.trial import checked, fixed, prints, program_of

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only"),
]

MOVE = Move(Version("0.49.3"), Version("1.10.0"))


@budget(12)
@given(apps(), st.booleans())
def test_an_app_does_what_it_did(app: App, unsafe: bool) -> None:
    old = program_of({"main.py": app.text, **FILES})
    new, result = fixed(old, MOVE, unsafe=unsafe)
    assert not result.problems

    was = prints(old, PROBE, MOVE.old)
    assert was.endswith("]\n"), was  # it has come to its end
    breaks = any(finding.impact is Impact.BREAK for finding in result.remaining)
    event(f"{'something' if breaks else 'nothing'} is left to people")
    # What is left alone fails on the target; what is rewritten also runs on the old release.
    now = prints(new, PROBE, MOVE.old if breaks else MOVE.new)
    assert now == was or (unsafe and told(now) == told(was))

    again, second = fixed(new, MOVE, unsafe=unsafe)
    assert again == new
    assert Counter(f.message for f in second.remaining) == Counter(f.message for f in result.remaining)
    text = new["main.py"].decode()
    assert comments_of(text) == comments_of(app.text)
    found = checked(old, MOVE).findings
    lines = {line for f in found for line in range(f.span.line, f.span.end_line + 1)}
    rows = [row for row in rows_left_alone(app.text, lines, {"Starlette("}) if row.strip() != ")"]
    assert missing(rows, text) == []


def told(output: str) -> tuple[str, list[str]]:
    """What was printed, without the order of the log at its end: an unsafe rewrite may change that."""
    answers, _, log = output.rstrip("\n").rpartition("\n")
    return answers, sorted(log.strip("[]").split(", "))
