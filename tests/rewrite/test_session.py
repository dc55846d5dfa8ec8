"""A file with plans of which some can't be carried out: the others are, and each of these says why."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst as cst
import pytest
from packaging.version import Version

from starlette_upgrade import pipeline
from starlette_upgrade.analysis import Analyser
from starlette_upgrade.rewrite import planning, session
from starlette_upgrade.rewrite.apply import apply
from starlette_upgrade.rewrite.plan import CannotApply, Edit, Plan
from starlette_upgrade.rewrite.session import Outcome, rewrite
from starlette_upgrade.ruleset.lifecycle import Move
from starlette_upgrade.ruleset.loader import load_releases, rules_folder
from starlette_upgrade.ruleset.selection import activate
from starlette_upgrade.semantics.catalogue import Catalogue
from starlette_upgrade.semantics.project import Project
from starlette_upgrade.settings.options import Options
from starlette_upgrade.source.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.match.usage import Context, Usage
    from starlette_upgrade.ruleset.rule import Fix

MOVE = Move(Version("0.40.0"), Version("1.10.0"))
HEAD = """\
from starlette.applications import Starlette
from starlette.testclient import TestClient

client = TestClient(Starlette())
"""


def outcome_of(text: str, path: Path, encoding: str = "utf-8") -> Outcome:
    rules = activate(load_releases(), MOVE, (), ())
    analyser = Analyser(rules, MOVE, Project([str(path)]), Catalogue(rules_folder() / "model"))
    document = Document(path, text.encode(encoding))
    analysed = analyser.analyse(document, frozenset({"Starlette", "TestClient"}))
    return rewrite(document, analysed, {"safe", "unsafe"}, analyser)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """`allow_redirects="…"` is rewritten to the call that its value names."""

    def plan(usage: Usage, fix: Fix, context: Context) -> Plan:
        assert usage.call is not None
        value: Any = next(keyword.value for keyword in usage.call.keywords if keyword.arg == usage.name)
        change = partial(become, str(value.value))
        return Plan((Edit(usage.place.statement, context.module.document.span(usage.call), "Call", change),))

    real = planning.planner
    monkeypatch.setattr(planning, "planner", lambda kind: plan if kind == "rename-argument" else real(kind))


def become(text: str, call: cst.Call) -> cst.BaseExpression:
    if text == "never":
        raise CannotApply("it never does")
    if text == "no name":
        return cst.Name("no name")
    if text == "return":
        return cst.Name(text)
    return cst.parse_expression(text)


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("never", "it never does"),
        ("client.get('/', allow_redirects=1)", "the rewritten code would be found again"),
        ("client.get('/', cookies={})", "the rewritten code would have a new finding"),
        ("世", "the new text can't be written in iso8859-1"),
        ("return", "the rewritten file would not be Python"),
        ("no name", "the new form is not possible here"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_says_why(value: str, reason: str, tmp_path: Path) -> None:
    text = (
        f'# coding: latin-1\n{HEAD}client.get("é", allow_redirects="{value.encode("unicode_escape").decode()}")\n'
    )
    outcome = outcome_of(text, tmp_path / "module.py", "latin-1")
    assert outcome.data == text.encode("latin-1")
    assert [finding.fix for finding in outcome.remaining] == ["none"]
    assert [finding.when for finding in outcome.remaining] == ["hand"]
    assert reason in outcome.remaining[0].why_not
    assert outcome.resolved == ()


@pytest.mark.usefixtures("planned")
def test_the_other_plans_are_carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = ["never" if number in (7, 40, 41) else f"new_{number}()" for number in range(64)]
    text = HEAD + "".join(f'client.get("/", allow_redirects="{value}")\n' for value in values)
    attempts: list[int] = []

    def counted(document: Document, plans: Sequence[Plan]) -> str:
        attempts.append(len(plans))
        return apply(document, plans)

    monkeypatch.setattr(session, "apply", counted)
    outcome = outcome_of(text, tmp_path / "module.py")
    expected = [f'client.get("/", allow_redirects="{v}")' if v == "never" else v for v in values]
    assert outcome.data.decode() == HEAD + "".join(f"{row}\n" for row in expected)
    assert [finding.why_not for finding in outcome.remaining] == ["it never does"] * 3
    assert len(outcome.resolved) == 61
    assert len(attempts) < 64


@pytest.mark.usefixtures("planned")
def test_plans_that_do_not_go_together_take_turns(tmp_path: Path) -> None:
    """Each brings what the other must not have twice; the second finds its own place in the next pass."""
    text = f'{HEAD}client.get("/", allow_redirects="one()"); client.get("/", allow_redirects="two()")\n'
    outcome = outcome_of(text, tmp_path / "module.py")
    assert outcome.data.decode() == f"{HEAD}one(); two()\n"
    assert outcome.remaining == ()


@pytest.mark.usefixtures("planned")
def test_what_a_plan_brings_is_resolved_with_it(tmp_path: Path) -> None:
    old = """client.get("/", allow_redirects="client.get('/', timeout=1)")\nclient.post("/", timeout=2)\n"""
    outcome = outcome_of(HEAD + old, tmp_path / "module.py")
    assert outcome.data.decode() == f"{HEAD}client.get('/')\nclient.post(\"/\")\n"
    assert sorted(finding.rule.code for finding in outcome.resolved) == ["SU119", "SU125"]
    assert outcome.remaining == ()


def test_what_needs_the_new_release_for_another_rewrite_says_so(tmp_path: Path) -> None:
    move = Move(Version("0.20.4"), Version("1.10.0"))
    path = tmp_path / "module.py"
    path.write_text(f'{HEAD}client.put("/", {{}})\n\n\ndef save():\n    client.put(\n        "/", "text"\n    )\n')
    result = pipeline.fix(Options((path,), move), load_releases())
    assert result.changes[0].after.decode().endswith('client.put(\n        "/", content="text"\n    )\n')
    assert [finding.when for finding in result.changes[0].resolved] == ["now", "bump"]


def test_only_the_wanted_safety_is_carried_out(tmp_path: Path) -> None:
    text = "from starlette.status import WS_1005_ABNORMAL_CLOSURE\n" + HEAD + 'client.get("/", timeout=5)\n'
    path = tmp_path / "module.py"
    rules = activate(load_releases(), MOVE, (), ())
    analyser = Analyser(rules, MOVE, Project([str(path)]), Catalogue(rules_folder() / "model"))
    document = Document(path, text.encode())
    outcome = rewrite(document, analyser.analyse(document, frozenset()), {"safe"}, analyser)
    assert outcome.data.decode() == text.replace(", timeout=5", "")
    assert [(f.rule.code, f.fix) for f in outcome.remaining] == [("SU123", "unsafe")]


@pytest.mark.usefixtures("planned")
def test_a_run_says_why_too(tmp_path: Path) -> None:
    text = f'{HEAD}client.get("/", allow_redirects="never"); client.get("/", timeout=1)\n'
    (tmp_path / "module.py").write_text(text)
    result = pipeline.fix(Options((tmp_path,), MOVE, unsafe=True), load_releases())
    assert [change.after.decode() for change in result.changes] == [text.replace(", timeout=1", "")]
    assert [(finding.fix, finding.why_not) for finding in result.remaining] == [("none", "it never does")]
