from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import CheckResult, FileChange, FixResult, Problem, Reason
from starlette_upgrade.report.json_format import json_report
from starlette_upgrade.report.left import left
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.lifecycle import Move
    from tests.report.conftest import MakeFinding, MakeRule

DOCUMENT = Path(__file__).parents[2] / "docs" / "json-format.md"


def test_the_object_of_check(finding: MakeFinding, move: Move, view: View) -> None:
    problems = (Problem(Path("/project/a.py"), "not UTF-8", 3), Problem(None, "odd", fatal=False))
    result = CheckResult(move, (finding(path=Path("/project/app/main.py"), already=True),), problems, 120)
    assert json.loads(json_report(result, "locked in uv.lock", view)) == {
        "version": 1,
        "from": "0.40.0",
        "from_reason": "locked in uv.lock",
        "to": "1.10.0",
        "fastapi_from": None,
        "fastapi_to": None,
        "files": 120,
        "findings": [
            {
                "path": "app/main.py",
                "line": 12,
                "column": 2,
                "end_line": 12,
                "end_column": 14,
                "code": "SU101",
                "rule": "on-event-removed",
                "package": "starlette",
                "tags": ["area:lifespan"],
                "impact": "break",
                "already_broken": True,
                "confidence": "certain",
                "reason": "",
                "message": "`Starlette.on_event` was removed in 1.0.0rc1",
                "why": "",
                "advice": "Write a `lifespan` and pass it to the application.",
                "fix": "manual",
                "when": "hand",
                "why_not_fixed": "",
                "suggestion": "",
            }
        ],
        "advisories": [],
        "errors": [
            {"path": "a.py", "line": 3, "message": "not UTF-8", "fatal": True},
            {"path": None, "line": None, "message": "odd", "fatal": False},
        ],
    }


def test_each_published_vulnerability_of_the_older_release_is_told(
    finding: MakeFinding, advisory: MakeRule, move: Move, view: View
) -> None:
    met = advisory()
    findings = (
        finding(rule=met, path=Path("/project/a.py"), impact=Impact.VULNERABLE),
        finding(rule=met, path=Path("/project/b.py"), impact=Impact.VULNERABLE, confidence="possible"),
    )
    result = CheckResult(move, findings, (), 2, published=(met, advisory("SU599", "other", since=None)))
    first, second = json.loads(json_report(result, "", view))["advisories"]
    assert first == {
        "code": "SU598",
        "name": "range-dos",
        "ids": ["CVE-2025-1234", "GHSA-2222-3333-4444"],
        "summary": "A header keeps the server busy",
        "severity": "high",
        "score": "7.5 (CVSS 3.1)",
        "since": "0.39.0",
        "fixed": "0.49.1",
        "condition": "only on Windows",
        "sources": ["https://example.org/advisory"],
        "exposed": ["a.py:12"],
        "places": 1,
    }
    assert (second["since"], second["exposed"], second["places"]) == (None, [], 0)
    documented = DOCUMENT.read_text(encoding="utf-8")
    assert [key for key in first if f"`{key}`" not in documented] == []


def test_fix_adds_what_it_did(finding: MakeFinding, move: Move, view: View) -> None:
    change = FileChange(Path("app/main.py"), b"a", b"b", "utf-8", (finding(),))
    result = FixResult(move, (change,), (), (), 1, written=(change.path,))
    report = json.loads(json_report(result, "", view))
    assert report["findings"] == []
    assert [found["code"] for found in report["fixed"]] == ["SU101"]
    assert report["written"] == ["app/main.py"]


def test_is_ascii_even_for_names_that_are_not_text(finding: MakeFinding, move: Move, view: View) -> None:
    result = CheckResult(move, (finding(path=Path("caf\udce9/日本.py")),), (), 1)
    text = json_report(result, "", view)
    assert text.isascii()
    assert json.loads(text)["findings"][0]["path"] == "caf\udce9/日本.py"


def test_a_reason_is_one_sentence_with_its_place(finding: MakeFinding, move: Move, view: View) -> None:
    reason = Reason("`app` is a `Starlette` because `make()` {place} returns one", view.cwd / "app" / "make.py", 8)
    report = json.loads(json_report(CheckResult(move, (finding(reason=reason),), (), 1), "", view))
    assert report["findings"][0]["reason"] == "`app` is a `Starlette` because `make()` in app/make.py:8 returns one"


def test_every_key_is_documented(finding: MakeFinding, move: Move, view: View) -> None:
    change = FileChange(Path("a.py"), b"a", b"b", "utf-8", (finding(),))
    result = FixResult(move, (change,), (finding(),), (Problem(None, "odd"),), 1)
    groups = left(result.remaining, unsafe=False, asked=False)
    report = json.loads(json_report(result, "", view, groups))
    documented = DOCUMENT.read_text(encoding="utf-8")
    for key in {*report, *report["findings"][0], *report["errors"][0], *report["left"][0]}:
        assert f"`{key}`" in documented
