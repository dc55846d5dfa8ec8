"""The report for programs; docs/json-format.md describes it and promises what stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette_upgrade.finding import FixResult
from starlette_upgrade.ruleset.lifecycle import Impact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette_upgrade.finding import CheckResult, Finding, Problem
    from starlette_upgrade.report.left import Left
    from starlette_upgrade.report.place import View
    from starlette_upgrade.ruleset.rule import Rule

VERSION = 1


def json_report(result: CheckResult | FixResult, origin: str, view: View, left: Iterable[Left] = ()) -> str:
    """One JSON object in ASCII, so that no terminal or pipe can spoil it. `left`: why `fix` left what it left."""
    findings = result.remaining if isinstance(result, FixResult) else result.findings
    beside = result.move.fastapi
    report: dict[str, object] = {
        "version": VERSION,
        "from": str(result.move.old),
        "from_reason": origin,
        "to": str(result.move.new),
        "fastapi_from": str(beside.old) if beside is not None else None,
        "fastapi_to": str(beside.new) if beside is not None else None,
        "files": result.files,
        "findings": [_finding(finding, view) for finding in findings],
        "advisories": [_advisory(rule, findings, view) for rule in result.published],
        "errors": [_error(problem, view) for problem in result.problems],
    }
    if isinstance(result, FixResult):
        report["fixed"] = [_finding(finding, view) for change in result.changes for finding in change.resolved]
        report["written"] = [view.posix(path) for path in result.written]
        report["left"] = [row for group in left for row in _left(group)]
    return json.dumps(report, indent=2) + "\n"


def _finding(finding: Finding, view: View) -> dict[str, object]:
    span, rule = finding.span, finding.rule
    return {
        "path": view.posix(finding.path),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": rule.code,
        "rule": rule.name,
        "package": rule.package,
        "tags": list(rule.tags),
        "impact": finding.impact.value,
        "already_broken": finding.already and finding.impact is Impact.BREAK,
        "confidence": finding.confidence,
        "reason": view.reason(finding.reason) if finding.reason is not None else "",
        "message": finding.message,
        "why": rule.why,
        "advice": rule.advice,
        "fix": finding.fix,
        "when": finding.when,
        "why_not_fixed": finding.why_not,
        "suggestion": finding.suggestion,
    }


def _advisory(rule: Rule, findings: Iterable[Finding], view: View) -> dict[str, object]:
    """A vulnerability of the older release, and where the code is certainly exposed to it."""
    published = rule.advisory
    assert published is not None
    certain = [
        finding for finding in findings if finding.rule.code == rule.code and finding.confidence == "certain"
    ]
    places = dict.fromkeys(f"{view.posix(finding.path)}:{finding.span.line}" for finding in certain)
    return {
        "code": rule.code,
        "name": rule.name,
        "ids": list(published.ids),
        "summary": rule.summary,
        "severity": published.severity,
        "score": published.score,
        "since": str(rule.since) if rule.since is not None else None,
        "fixed": str(rule.cured),
        "condition": published.condition,
        "sources": list(published.sources),
        "exposed": list(places),
        "places": len(places),
    }


def _left(group: Left) -> list[dict[str, object]]:
    return [
        {"why": group.why, "text": group.text, "code": code, "rule": name, "count": number}
        for code, name, number in group.rules
    ]


def _error(problem: Problem, view: View) -> dict[str, object]:
    return {
        "path": view.posix(problem.path) if problem.path is not None else None,
        "line": problem.line,
        "message": problem.message,
        "fatal": problem.fatal,
    }
