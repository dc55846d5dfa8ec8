"""What a run finds: findings, problems, and the result that reports are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from starlette_upgrade.ruleset.lifecycle import Impact, Move, When
    from starlette_upgrade.ruleset.rule import Rule

Confidence = Literal["certain", "possible"]
Fixability = Literal["safe", "unsafe", "manual", "none"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of source text: lines and columns from 1, columns in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a receiver is taken for what it is; `{place}` in the text stands for the place."""

    text: str
    path: Path | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A usage that a rule says something about.

    `fix` is a decision already taken: `safe` and `unsafe` mean that a rewrite is planned and will apply,
    `manual` that advice is given, `none` that the rule can be fixed but this usage can't; `why_not` says why.
    `unsafe_because`: why this one is unsafe, where the rule's fix is not always. `no_table`: why its rewrite is a
    call where tables are asked for.
    `suggestion` is code to write by hand instead.
    `source` holds the lines of `span`, as they stand in the file; `reason` says how the receiver is known.
    """

    path: Path
    span: Span
    rule: Rule
    impact: Impact
    already: bool
    confidence: Confidence
    message: str
    fix: Fixability
    when: When
    why_not: str = ""
    unsafe_because: str = ""
    no_table: str = ""
    suggestion: str = ""
    source: tuple[str, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or setting that could not be used: one clear line, never a traceback.

    `fatal`: the run can't be trusted because of it (exit code 2).
    """

    path: Path | None
    message: str
    line: int | None = None
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All that one `check` found. `files` counts the files looked at; `names_fastapi`: one of them may use it.

    `published`: the vulnerabilities that the older release has, whether the code is exposed to them or not.
    """

    move: Move
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    files: int
    names_fastapi: bool = False
    published: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's rewrite: its bytes before and after, and the findings that it resolves."""

    path: Path
    before: bytes
    after: bytes
    encoding: str
    resolved: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FixResult:
    """All that one `fix` would change or has changed, and the findings that remain.

    `published`: as in CheckResult.
    """

    move: Move
    changes: tuple[FileChange, ...]
    remaining: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    files: int
    written: tuple[Path, ...] = field(default=())
    names_fastapi: bool = False
    published: tuple[Rule, ...] = ()
