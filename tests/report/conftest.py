"""Findings made by hand: a report is tested on what it is given, not on what the engine finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest
from packaging.version import Version

from starlette_upgrade.finding import Finding, Span
from starlette_upgrade.report.place import View
from starlette_upgrade.ruleset.lifecycle import Impact, Move
from starlette_upgrade.ruleset.rule import Advisory, Example, Fix, Rule, SymbolMatch


class MakeRule(Protocol):
    def __call__(self, code: str = ..., name: str = ..., **changes: Any) -> Rule: ...


class MakeFinding(Protocol):
    def __call__(self, source: str = ..., span: tuple[int, int, int, int] = ..., **changes: Any) -> Finding: ...


def make_rule(code: str = "SU101", name: str = "on-event-removed", **changes: Any) -> Rule:
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "release": Version("1.0.0rc1"),
        "summary": "`on_event` is gone.",
        "message": "`{receiver}.on_event` was removed in 1.0.0rc1",
        "advice": "Write a `lifespan` and pass it to the application.",
        "deprecated": Version("0.26.0"),
        "removed": Version("1.0.0rc1"),
        "changed": None,
        "reverted": None,
        "pulls": (3117,),
        "tags": ("area:lifespan",),
        "matches": (SymbolMatch(("starlette.applications.Starlette",)),),
        "fixes": (Fix("manual", "manual"),),
        "examples": (Example("\nimport a\na.old()\n", "\nimport a\na.new()\n"),),
    }
    return Rule(**(values | changes))


def make_finding(
    source: str = '@app.on_event("startup")\n',
    span: tuple[int, int, int, int] = (12, 2, 12, 14),
    **changes: Any,
) -> Finding:
    values: dict[str, Any] = {
        "path": Path("app/main.py"),
        "rule": make_rule(),
        "impact": Impact.BREAK,
        "already": False,
        "confidence": "certain",
        "message": "`Starlette.on_event` was removed in 1.0.0rc1",
        "fix": "manual",
        "when": "hand",
        "source": tuple(source.splitlines(keepends=True)),
    }
    return Finding(span=Span(*span), **(values | changes))


def make_advisory(code: str = "SU598", name: str = "range-dos", **changes: Any) -> Rule:
    """A published vulnerability; `changes` are those of the rule, or of what is published of it."""
    published: dict[str, Any] = {
        "ids": ("CVE-2025-1234", "GHSA-2222-3333-4444"),
        "severity": "high",
        "sources": ("https://example.org/advisory",),
        "score": "7.5 (CVSS 3.1)",
        "condition": "only on Windows",
    }
    own = {key: changes.pop(key) for key in Advisory.__slots__ if key in changes}
    values: dict[str, Any] = {
        "release": None,
        "summary": "A header keeps the server busy",
        "message": "`{name}` spends much time on a header",
        "advice": "Upgrade to Starlette 0.49.1 or later.",
        "why": "The time grows with the square.",
        "deprecated": None,
        "removed": None,
        "examples": (),
        "nature": "advisory",
        "since": Version("0.39.0"),
        "cured": Version("0.49.1"),
        "advisory": Advisory(**(published | own)),
    }
    return make_rule(code, name, **(values | changes))


@pytest.fixture
def rule() -> MakeRule:
    return make_rule


@pytest.fixture
def advisory() -> MakeRule:
    return make_advisory


@pytest.fixture
def finding() -> MakeFinding:
    return make_finding


@pytest.fixture
def move() -> Move:
    return Move(Version("0.40.0"), Version("1.10.0"))


@pytest.fixture
def view() -> View:
    return View(Path("/project"))
