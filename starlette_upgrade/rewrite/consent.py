"""What a person says to each rewrite, and what they have said already."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from starlette_upgrade.finding import FileChange, Finding, Span


class Answer(Enum):
    """To one proposal, and beyond it to those that are like it."""

    YES = "y"
    NO = "n"
    RULE = "a"
    NOT_RULE = "s"
    FILE = "f"
    NOT_FILE = "d"
    QUIT = "q"

    @property
    def accepts(self) -> bool:
        return self in (Answer.YES, Answer.RULE, Answer.FILE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One rewrite, carried out and verified on the file as it stands; the `number`th of `total` in that file."""

    change: FileChange
    number: int
    total: int

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules whose findings it resolves."""
        return tuple(dict.fromkeys(finding.rule.code for finding in self.change.resolved))


def _nothing(_: Sequence[Path]) -> None:
    pass


@dataclass(slots=True)
class Consent:
    """Asks, and remembers. `start` is called before the first question, with the files that there are some for."""

    ask: Callable[[Proposal], Answer]
    start: Callable[[Sequence[Path]], None] = _nothing
    _rules: dict[str, bool] = field(default_factory=dict)
    _files: dict[Path, bool] = field(default_factory=dict)
    _declined: dict[Path, set[tuple[str, Span]]] = field(default_factory=dict)
    _over: bool = False

    def known(self, findings: Sequence[Finding]) -> bool | None:
        """What was said to the rewrite of these findings, by itself or with others; None: nothing yet.

        Who leaves a rule or a file alone means all of it, whatever is accepted besides.
        """
        path = findings[0].path
        file = self._files.get(path)
        declined = self._declined.get(path, set())
        if self._over or file is False or any(_key(finding) in declined for finding in findings):
            return False
        rules = {self._rules.get(finding.rule.code) for finding in findings}
        return rules.pop() if len(rules) == 1 and rules != {None} else file

    def accepts(self, proposal: Proposal) -> bool:
        """The person's answer to a proposal."""
        answer = self.ask(proposal)
        path = proposal.change.path
        if answer in (Answer.RULE, Answer.NOT_RULE):
            self._rules.update(dict.fromkeys(proposal.codes, answer.accepts))
        elif answer in (Answer.FILE, Answer.NOT_FILE):
            self._files[path] = answer.accepts
        elif answer is Answer.QUIT:
            self._over = True
        if not answer.accepts:
            self._declined.setdefault(path, set()).update(map(_key, proposal.change.resolved))
        return answer.accepts

    def carry_over(self, path: Path, before: Iterable[Finding], after: Iterable[Finding]) -> None:
        """Keeps what was declined when the file has changed: `before` are the findings that had to remain.

        They are told by their order within a rule. Where their number is another one, nobody can tell; those
        are asked about once more.
        """
        declined = self._declined.get(path)
        if not declined:
            return
        old, new = _by_code(before), _by_code(after)
        self._declined[path] = {
            _key(now)
            for code, findings in old.items()
            if len(findings) == len(new.get(code, ()))
            for was, now in zip(findings, new[code], strict=True)
            if _key(was) in declined
        }


def _key(finding: Finding) -> tuple[str, Span]:
    return finding.rule.code, finding.span


def _by_code(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: one.span):
        found.setdefault(finding.rule.code, []).append(finding)
    return found
