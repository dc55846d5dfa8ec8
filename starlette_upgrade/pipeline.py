"""The whole story on one page: paths, source, semantics, match, findings, rewrites."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette_upgrade.finding import CheckResult, FileChange, FixResult, Problem
from starlette_upgrade.match.pytest_settings import find_in_settings
from starlette_upgrade.ruleset.known import load_built_on
from starlette_upgrade.ruleset.loader import rules_folder
from starlette_upgrade.ruleset.selection import activate
from starlette_upgrade.source.discovery import discover
from starlette_upgrade.source.environments import environments_above, packages_of
from starlette_upgrade.source.reading import read_survivors
from starlette_upgrade.source.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from starlette_upgrade.analysis import Analysed, Analyser
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.rewrite.consent import Consent
    from starlette_upgrade.ruleset.rule import Group
    from starlette_upgrade.semantics.catalogue import Catalogue
    from starlette_upgrade.semantics.installed import Installed
    from starlette_upgrade.settings.options import Options
    from starlette_upgrade.source.document import Document, UnreadableDocument
    from starlette_upgrade.source.reading import Survivor

    Progress = Callable[[int, int], None]


def check(options: Options, rules: Sequence[Group], progress: Progress | None = None) -> CheckResult:
    """Findings of every file below `options.paths`. `progress(done, total)` is called now and then.

    Raises RulesetError for an unknown rule in `select` or `ignore`.
    """
    run = _Run(options, rules, progress)
    findings = [item.finding for file in run.files() for item in file.analysed]
    every = (*findings, *run.in_settings())
    return CheckResult(options.move, every, tuple(run.problems), run.count, run.names_fastapi, run.published)


def fix(
    options: Options,
    rules: Sequence[Group],
    progress: Progress | None = None,
    consent: Consent | None = None,
) -> FixResult:
    """What the rewrites make of every file; nothing is written (see `rewrite.disk.write`).

    With `consent`, only those that a person accepts.
    Raises RulesetError for an unknown rule in `select` or `ignore`.
    """
    run = _Run(options, rules, progress)
    wanted = {"safe", "unsafe"} if options.unsafe else {"safe"}
    files = list(run.files(for_all_rules=True))
    if consent is not None:
        consent.start([file.path for file in files if file.has_plan(wanted)])
    for _ in range(_ROUNDS):
        if not [file for file in files if run.rewrite(file, wanted, consent)]:
            break
        # What one file has become can settle a finding in another, or make one fixable.
        run.look_again(files)
    changes = [
        FileChange(file.path, file.before, file.document.data, file.document.encoding, tuple(file.resolved))
        for file in files
        if file.document.data != file.before
    ]
    remaining = [*(item.finding for file in files for item in file.analysed), *run.in_settings()]
    return FixResult(
        options.move,
        tuple(changes),
        tuple(remaining),
        tuple(run.problems),
        run.count,
        names_fastapi=run.names_fastapi,
        published=run.published,
    )


_ROUNDS = 3


@dataclass(slots=True)
class _File:
    """A file on its way: its text as it stands, what was found in it, and what the rewrites have resolved."""

    document: Document
    before: bytes
    named_near: frozenset[str]
    analysed: Sequence[Analysed]
    resolved: list[Finding] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.document.path

    def has_plan(self, wanted: set[str]) -> bool:
        return any(item.plan is not None and item.finding.fix in wanted for item in self.analysed)


class _Run:
    """What `check` and `fix` share: the files that can hold a finding, analysed one after the other."""

    def __init__(self, options: Options, rules: Sequence[Group], progress: Progress | None) -> None:
        self.problems: list[Problem] = []
        self.count = 0
        self.names_fastapi = False
        self._options = options
        active = activate(rules, options.move, options.select, options.ignore)
        self._rules = tuple(one for one in active if options.vulnerabilities or one.rule.advisory is None)
        self.published = tuple(one.rule for one in self._rules if one.rule.advisory is not None)
        self._progress = progress
        self._paths: list[str] = []
        # What comes from stdin stands under the path that it is said to have.
        self._texts: dict[str, bytes] = {}
        if options.text is not None:
            self._texts = {os.path.abspath(path): options.text for path in options.paths}  # noqa: PTH100
        self._root_files: Collection[str] = ()

    def files(self, *, for_all_rules: bool = False) -> Iterator[_File]:
        """Each surviving file with its findings; what can't be read becomes a problem.

        With `for_all_rules`, not only those that a file can hold a finding of: what a rewrite makes of it can hold
        another, and is compared with what was there.
        """
        if self._texts:
            self._paths = [os.path.normpath(path) for path in self._options.paths]
        else:
            self._paths, problems = discover(self._options.paths)
            self.problems.extend(problems)
        self.count = len(self._paths)
        named = frozenset(os.path.normpath(path) for path in self._options.paths)
        folders = "".join(f"{folder}{os.sep}" for folder in set(map(os.path.dirname, self._paths)))
        known = (*load_built_on(), *self._installed.packages)
        # The run's own packages name Starlette where they build on it.
        built_on = [name for name in known if f"{os.sep}{name}{os.sep}" not in folders]
        scan = Triage(self._rules, self._has_its_own, built_on)
        triage = self._options.triage
        survivors = read_survivors(self._paths, named, scan, self.problems, triage=triage, texts=self._texts)
        self._root_files = scan.root_files
        if not survivors:
            return
        self.names_fastapi = any(b"fastapi" in survivor.data for survivor in survivors)
        from starlette_upgrade.source.document import UnreadableDocument

        self._analyser = self._new_analyser()
        documents = {survivor.path: _document_of(survivor) for survivor in survivors}
        asked = {survivor.path: None if for_all_rules else survivor.rules for survivor in survivors}
        whole = ((documents[survivor.path], asked[survivor.path]) for survivor in survivors if survivor.can_hold)
        self._analyser.offer(
            (document, rules) for document, rules in whole if not isinstance(document, UnreadableDocument)
        )
        for done, survivor in enumerate(survivors):
            if self._progress is not None:
                self._progress(done, len(survivors))
            document = documents[survivor.path]
            try:
                if isinstance(document, UnreadableDocument):
                    raise document
                if not survivor.can_hold:
                    _ = document.tree
                    continue
                analysed = self._analyser.analyse(document, survivor.named_near, asked[survivor.path])
            except UnreadableDocument as error:
                self.problems.append(Problem(Path(survivor.path), error.message, error.line))
                continue
            yield _File(document, survivor.data, survivor.named_near, analysed)

    def in_settings(self) -> list[Finding]:
        """What is found in files that are no code; asked for when those have been read, and not beside stdin."""
        if self._texts:
            return []
        return find_in_settings(self._rules, self._options.paths, is_user=bool(self._root_files))

    def _has_its_own(self, cls: str, name: str) -> bool:
        return self._catalogue.keeps(cls, name) or self._catalogue.accepts(cls, name)

    def rewrite(self, file: _File, wanted: set[str], consent: Consent | None) -> bool:
        """Carries out the plans of the wanted safety; whether the file has changed."""
        if not file.has_plan(wanted):
            return False
        from starlette_upgrade.rewrite.session import rewrite
        from starlette_upgrade.source.document import Document

        before = file.document.data
        ahead = self._options.ahead
        outcome = rewrite(file.document, file.analysed, wanted, self._analyser, consent, ahead=ahead)
        file.resolved.extend(outcome.resolved)
        file.analysed = outcome.analysed  # a plan that could not be carried out is gone, and its finding says why
        file.document = Document(file.path, outcome.data)
        return outcome.data != before

    def look_again(self, files: Sequence[_File]) -> None:
        """Analyses all files anew, each as it has become and as the others see it."""
        self._analyser = self._new_analyser()
        for file in files:
            self._analyser.know(file.document)
        for file in files:
            file.analysed = self._analyser.analyse(file.document, file.named_near)

    def _new_analyser(self) -> Analyser:
        from starlette_upgrade.analysis import Analyser
        from starlette_upgrade.semantics.project import Project

        packages = self._catalogue.packages
        project = Project(self._paths, packages, self._root_files, self._installed, self._texts)
        options = self._options
        return Analyser(
            self._rules,
            options.move,
            project,
            self._catalogue,
            reasons=options.reasons,
            style=options.style,
            ahead=options.ahead,
        )

    @cached_property
    def _installed(self) -> Installed:
        """The packages that the code uses: of `--python`, or of the environments near the given paths."""
        from starlette_upgrade.semantics.installed import Installed

        python = self._options.python
        if python is None:
            near = environments_above(str(path.absolute()) for path in self._options.paths)
            return Installed([folder for prefix in near for folder in packages_of(prefix)])
        from starlette_upgrade.requirements.environment import environment_of

        environment = environment_of(python)
        return Installed([str(folder) for folder in environment.site_packages] if environment is not None else [])

    @cached_property
    def _catalogue(self) -> Catalogue:
        """The model of Starlette and its kin: loaded where a file can hold a finding, not before."""
        from starlette_upgrade.semantics.catalogue import Catalogue

        move = self._options.move
        return Catalogue(rules_folder() / "model", move.old, move.new, move.fastapi)


def _document_of(survivor: Survivor) -> Document | UnreadableDocument:
    """A survivor as text, or why it is none."""
    from starlette_upgrade.source.document import Document, UnreadableDocument

    try:
        return Document(Path(survivor.path), survivor.data)
    except UnreadableDocument as error:
        return error
