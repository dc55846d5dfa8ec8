"""A person decides about each rewrite: what is asked, what is made, and what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.match.matching import find_usages
from starlette_upgrade.rewrite import planning
from starlette_upgrade.rewrite.consent import Answer, Consent
from starlette_upgrade.rewrite.plan import Plan
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases
from starlette_upgrade.settings.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette_upgrade.finding import FixResult
    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.rewrite.consent import Proposal
    from starlette_upgrade.ruleset.rule import Fix

MOVE = Move(Version("0.40.0"), Version("1.10.0"))
HEAD = """\
from starlette.applications import Starlette
from starlette.testclient import TestClient

client = TestClient(Starlette())
"""
ONE, TWO = 'client.get("/1", allow_redirects=True)\n', 'client.get("/2", allow_redirects=True)\n'
TIMED = 'client.get("/3", timeout=3)\n'
LETTERS = {answer.value: answer for answer in Answer}


class Person:
    """Gives the answers one after the other, and keeps what was shown: the lines that would go, as `file:line`."""

    def __init__(self, answers: str) -> None:
        self._answers = iter(answers)
        self.shown: list[str] = []
        self.proposals: list[Proposal] = []
        self.before: list[str] = []

    def ask(self, proposal: Proposal) -> Answer:
        change = proposal.change
        before, after = change.before.decode().splitlines(), change.after.decode().splitlines()
        gone = [row for row in before if row not in after]
        self.shown.append(f"{change.path.name}: {' '.join(gone)}")
        self.proposals.append(proposal)
        return LETTERS[next(self._answers)]

    def start(self, paths: Sequence[Path]) -> None:
        self.before = [path.name for path in paths]


def asked(folder: Path, answers: str, *, unsafe: bool = False, **files: str) -> tuple[Person, FixResult]:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    person = Person(answers)
    options = Options((folder,), MOVE, unsafe=unsafe)
    return person, pipeline.fix(options, load_releases(), None, Consent(person.ask, person.start))


def fixed(text: str) -> str:
    return text.replace("allow_redirects", "follow_redirects").replace(", timeout=3", "")


def made(result: FixResult) -> dict[str, str]:
    return {change.path.stem: change.after.decode() for change in result.changes}


def test_only_what_is_accepted_is_made(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "nyn", one=HEAD + ONE + TWO + TIMED)
    assert person.shown == [f"one.py: {row}".rstrip("\n") for row in (ONE, TWO, TIMED)]
    assert made(result) == {"one": HEAD + ONE + fixed(TWO) + TIMED}
    assert [(finding.rule.code, finding.fix) for finding in result.remaining] == [
        ("SU125", "safe"),
        ("SU119", "safe"),
    ]
    assert [finding.rule.code for change in result.changes for finding in change.resolved] == ["SU125"]


def test_nothing_accepted_changes_nothing(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "nn", one=HEAD + ONE + TWO)
    assert len(person.shown) == 2
    assert result.changes == ()


def test_all_accepted_is_what_fix_makes(tmp_path: Path) -> None:
    text = HEAD + ONE + "@client.app.route('/')\ndef home(request): ...\n" + TWO + TIMED
    _, result = asked(tmp_path, "y" * 9, one=text)
    alone = pipeline.fix(Options((tmp_path,), MOVE), load_releases())
    assert made(result) == made(alone)


def test_all_of_a_rule_holds_for_the_other_files_too(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "ann", one=HEAD + ONE + TIMED + TWO, two=HEAD + TWO + TIMED)
    assert [row.partition(": ")[2] + "\n" for row in person.shown] == [ONE, TIMED, TIMED]
    assert made(result) == {"one": HEAD + fixed(ONE) + TIMED + fixed(TWO), "two": HEAD + fixed(TWO) + TIMED}


def test_none_of_a_rule_is_asked_about_again(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "syy", one=HEAD + ONE + TIMED + TWO, two=HEAD + TWO + TIMED)
    assert [row.partition(": ")[2] + "\n" for row in person.shown] == [ONE, TIMED, TIMED]
    assert made(result) == {"one": HEAD + ONE + fixed(TIMED) + TWO, "two": HEAD + TWO + fixed(TIMED)}


def test_all_of_a_file_but_what_was_declined_in_it(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "nfn", one=HEAD + ONE + TWO + TIMED, two=HEAD + TWO)
    assert len(person.shown) == 3
    assert made(result) == {"one": HEAD + ONE + fixed(TWO) + fixed(TIMED)}


def test_nothing_more_of_a_file(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "ydy", one=HEAD + ONE + TWO + TIMED, two=HEAD + TWO)
    assert len(person.shown) == 3
    assert made(result) == {"one": HEAD + fixed(ONE) + TWO + TIMED, "two": HEAD + fixed(TWO)}


def test_who_quits_keeps_what_was_accepted(tmp_path: Path) -> None:
    person, result = asked(tmp_path, "yq", one=HEAD + ONE + TWO + TIMED, two=HEAD + TWO)
    assert len(person.shown) == 2
    assert made(result) == {"one": HEAD + fixed(ONE) + TWO + TIMED}
    assert len(result.remaining) == 3


def test_what_was_declined_stays_so_when_its_lines_move(tmp_path: Path) -> None:
    route = "@app.route('/a')\ndef home(request): ...\n"
    text = "from starlette.applications import Starlette\n\napp = Starlette()\n\n\n" + route
    text += "\n\n@app.exception_handler(404)\ndef missing(request, error): ...\n"
    text += (
        "\n\n@app.middleware('http')\nasync def through(request, call_next):\n    return await call_next(request)\n"
    )
    text += "\n\n" + route.replace("/a", "/b").replace("home", "other")
    person, result = asked(tmp_path, "nyyn", one=text)
    assert len(person.shown) == 4
    [after] = made(result).values()
    assert after.count("@app.route") == 2
    assert "@app.exception_handler" not in after
    assert "@app.middleware" not in after
    assert "import BaseHTTPMiddleware" in after


def test_the_proposals_of_a_file_are_counted(tmp_path: Path) -> None:
    person, _ = asked(tmp_path, "nyn", one=HEAD + ONE + TWO + TIMED)
    assert [(one.number, one.total) for one in person.proposals] == [(1, 3), (2, 3), (3, 3)]
    person, _ = asked(tmp_path, "an", one=HEAD + ONE + TWO + TIMED)
    assert [(one.number, one.total) for one in person.proposals] == [(1, 3), (2, 2)]


def test_unsafe_ones_are_shown_only_if_they_are_wanted(tmp_path: Path) -> None:
    text = "from starlette import status\n\nprint(status.WS_1005_ABNORMAL_CLOSURE)\n"
    person, result = asked(tmp_path, "", one=text)
    assert (person.shown, person.before, result.changes) == ([], [], ())
    person, result = asked(tmp_path, "y", one=text, unsafe=True)
    assert made(result) == {"one": text.replace("1005", "1006")}


def test_the_files_are_named_before_the_first_question(tmp_path: Path) -> None:
    person, _ = asked(tmp_path, "qq", one=HEAD + ONE, two=HEAD, three=HEAD + TWO)
    assert sorted(person.before) == ["one.py", "three.py"]


def test_a_plan_for_several_findings_is_asked_about_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_one = planning.planner("rename-argument")
    plans: dict[int, Plan] = {}

    def plan_all(usage: Usage, fix: Fix, context: Context) -> Plan:
        """One and the same plan for all usages of a module."""
        if id(context.module) not in plans:
            every = [plan_one(other, fix, context) for other in find_usages([usage.active], context)]
            edits = [edit for plan in every if isinstance(plan, Plan) for edit in plan.edits]
            plans[id(context.module)] = Plan(tuple(edits))
        return plans[id(context.module)]

    real = planning.planner
    monkeypatch.setattr(planning, "planner", lambda kind: plan_all if kind == "rename-argument" else real(kind))
    person, result = asked(tmp_path, "y", one=HEAD + ONE + TWO)
    assert [len(one.change.resolved) for one in person.proposals] == [2]
    assert made(result) == {"one": HEAD + fixed(ONE) + fixed(TWO)}
