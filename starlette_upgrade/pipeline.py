"""The whole story on one page: paths, source, semantics, match, findings, rewrites."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import CheckResult, FileChange, FixResult, Problem
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.ruleset.selection import activate
from starlette_upgrade.source.discovery import discover
from starlette_upgrade.source.reading import read_survivors
from starlette_upgrade.source.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from starlette_upgrade.analysis import Analysed, Analyser
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.ruleset.rule import Release
    from starlette_upgrade.semantics.catalogue import Catalogue
    from starlette_upgrade.settings.options import Options
    from starlette_upgrade.source.document import Document

    Progress = Callable[[int, int], None]


def check(options: Options, releases: Sequence[Release], progress: Progress | None = None) -> CheckResult:
    """Findings of every file below `options.paths`. `progress(done, total)` is called now and then.

    Raises RulesetError for an unknown rule in `select` or `ignore`.
    """
    run = _Run(options, releases, progress)
    findings: list[Finding] = []
    for analysed, _ in run.documents():
        findings.extend(item.finding for item in analysed)
    return CheckResult(options.move, tuple(findings), tuple(run.problems), run.files)


def fix(options: Options, releases: Sequence[Release], progress: Progress | None = None) -> FixResult:
    """What the rewrites make of every file; nothing is written (see `rewrite.disk.write`).

    Raises RulesetError for an unknown rule in `select` or `ignore`.
    """
    run = _Run(options, releases, progress)
    changes: list[FileChange] = []
    remaining: list[Finding] = []
    for analysed, document in run.documents():
        wanted = {"safe", "unsafe"} if options.unsafe else {"safe"}
        if not any(item.plan is not None and item.finding.fix in wanted for item in analysed):
            remaining.extend(item.finding for item in analysed)
            continue
        from starlette_upgrade.rewrite.session import rewrite

        outcome = rewrite(document, analysed, wanted, run.analyser)
        remaining.extend(outcome.remaining)
        if outcome.problem:
            run.problems.append(Problem(document.path, outcome.problem, fatal=False))
        if outcome.data != document.data:
            changes.append(
                FileChange(document.path, document.data, outcome.data, document.encoding, outcome.resolved)
            )
    return FixResult(options.move, tuple(changes), tuple(remaining), tuple(run.problems), run.files)


class _Run:
    """What `check` and `fix` share: the files that can hold a finding, analysed one after the other."""

    def __init__(self, options: Options, releases: Sequence[Release], progress: Progress | None) -> None:
        self.problems: list[Problem] = []
        self.files = 0
        self._options = options
        self._rules = activate(releases, options.move, options.select, options.ignore)
        self._progress = progress

    def documents(self) -> Iterator[tuple[list[Analysed], Document]]:
        """Each surviving file with its findings; what can't be read becomes a problem."""
        paths, problems = discover(self._options.paths)
        self.problems.extend(problems)
        self.files = len(paths)
        named = frozenset(os.path.normpath(path) for path in self._options.paths)  # noqa: PTH - as discovery names them
        scan = Triage(self._rules, lambda cls, attribute: self._catalogue.keeps(cls, attribute))
        survivors = read_survivors(paths, named, scan, self.problems, triage=self._options.triage)
        if not survivors:
            return
        from starlette_upgrade.analysis import Analyser
        from starlette_upgrade.source.document import Document, UnreadableDocument

        self.analyser: Analyser = Analyser(self._rules, self._options.move, paths, self._catalogue)
        for done, survivor in enumerate(survivors):
            if self._progress is not None:
                self._progress(done, len(survivors))
            path = Path(survivor.path)
            try:
                document = Document(path, survivor.data)
                if not survivor.can_hold:
                    _ = document.tree
                    continue
                analysed = self.analyser.analyse(document, survivor.named_near)
            except UnreadableDocument as error:
                self.problems.append(Problem(path, error.message, error.line))
                continue
            yield analysed, document

    @cached_property
    def _catalogue(self) -> Catalogue:
        """The model of Starlette and its kin: loaded where a file can hold a finding, not before."""
        from starlette_upgrade.semantics.catalogue import Catalogue

        return Catalogue(rules_folder() / "model")
