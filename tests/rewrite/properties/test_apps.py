"""Any application in old style does after `fix` what it did before, whatever it is made of."""

from __future__ import annotations

import io
import tokenize
from collections import Counter

import pytest
from hypothesis import event, given
from packaging.version import Version

from starlette_upgrade.ruleset.lifecycle import Impact, Move
from tests.proofs.stacks import SERIES, interpreter
from tests.rewrite.properties.apps import FILES, PROBE, App, apps
from tests.rewrite.properties.budget import budget
from tests.rewrite.trial import fixed, prints, program_of

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(interpreter() is None, reason=f"all releases run on Python {SERIES} only"),
]

MOVE = Move(Version("0.49.3"), Version("1.10.0"))


@budget(25)
@given(apps())
def test_an_app_does_what_it_did(app: App) -> None:
    old = program_of({"main.py": app.text, **FILES})
    new, result = fixed(old, MOVE)
    assert not result.problems

    was = prints(old, PROBE, MOVE.old)
    assert was.endswith("]\n"), was  # it has come to its end
    breaks = any(finding.impact is Impact.BREAK for finding in result.remaining)
    event("something is left to people" if breaks else "all is rewritten")
    # What is left alone fails on the target; what is rewritten also runs on the old release.
    assert prints(new, PROBE, MOVE.old if breaks else MOVE.new) == was

    again, second = fixed(new, MOVE)
    assert again == new
    assert Counter(f.message for f in second.remaining) == Counter(f.message for f in result.remaining)
    text = new["main.py"].decode()
    assert comments_of(text) == comments_of(app.text)
    rows = iter(text.split("\n"))
    assert [row for row in app.neutral if row not in rows] == []


def comments_of(text: str) -> Counter[str]:
    return Counter(
        token.string.rstrip()
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    )
