"""One file's rewrite from plans to verified bytes: apply, look again, go on until nothing is left to do."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from starlette_upgrade.finding import FileChange
from starlette_upgrade.rewrite.apply import apply
from starlette_upgrade.rewrite.consent import Proposal
from starlette_upgrade.rewrite.following import findings_of, lines_before
from starlette_upgrade.rewrite.plan import CannotApply
from starlette_upgrade.source.document import Document, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from starlette_upgrade.analysis import Analysed, Analyser
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.rewrite.consent import Consent

    # Findings that share a plan.
    Group = Sequence[Analysed]

_PASSES = 10
# How often plans may need others that resolve what they bring.
_FOLLOWING = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """The file's bytes after the rewrite (as before, where nothing could be done), and what it did.

    `analysed` is what is found in them; a plan that could not be carried out is gone, and its finding says why.
    """

    data: bytes
    resolved: tuple[Finding, ...]
    analysed: tuple[Analysed, ...]

    @property
    def remaining(self) -> tuple[Finding, ...]:
        return tuple(item.finding for item in self.analysed)


def rewrite(
    document: Document,
    analysed: Sequence[Analysed],
    wanted: set[str],
    analyser: Analyser,
    consent: Consent | None = None,
    *,
    ahead: bool = False,
) -> Outcome:
    """Applies every plan of the wanted safety, pass after pass; each pass is verified before the next.

    With `consent`, only those that a person accepts: each pass shows them the next one. `ahead`: only those that
    run on the older release, too.
    """
    session = _Session(document, analysed, wanted, analyser, consent, ahead=ahead)
    for _ in range(_PASSES) if consent is None else count():
        if not session.go_on():
            break
    analyser.analyse(document)  # the other files see this one as it was, whichever comes first
    return session.outcome()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Some plans carried out: the document that they make, what is found in it, and what is no more."""

    document: Document
    analysed: Sequence[Analysed]
    done: Sequence[Analysed]
    resolved: Sequence[Finding]


class _Session:
    def __init__(
        self,
        document: Document,
        analysed: Sequence[Analysed],
        wanted: set[str],
        analyser: Analyser,
        consent: Consent | None = None,
        *,
        ahead: bool,
    ) -> None:
        self._consent = consent
        self._asked = 0
        self.document = document
        self._analysed = analysed
        self._wanted = wanted
        self._ahead = ahead
        self._analyser = analyser
        self._resolved: list[Finding] = []
        self._reasons: dict[int, str] = {}

    def go_on(self) -> bool:
        """Carries out as many plans as go together; False where there is none."""
        self._reasons = {}
        wanted = [item for item in self._analysed if self._is_wanted(item)]
        present = {item.plan for item in wanted}
        waiting = {id(item) for item in wanted if item.plan is not None and present.intersection(item.plan.after)}
        best = self._best(_by_plan([item for item in wanted if id(item) not in waiting]))
        if best is None and waiting:
            best = self._best(_by_plan([item for item in wanted if id(item) in waiting]))
        if best is None:
            return False
        if self._consent is not None:
            done = set(map(id, best.done))
            left = [item.finding for item in self._analysed if id(item) not in done]
            self._consent.carry_over(self.document.path, left, [item.finding for item in best.analysed])
        self.document, self._analysed = best.document, best.analysed
        self._resolved.extend(best.resolved)
        return True

    def outcome(self) -> Outcome:
        """What has become of the file; a plan that could not be carried out becomes the reason why."""
        analysed = tuple(self._told(item) for item in self._analysed)
        return Outcome(self.document.data, tuple(self._resolved), analysed)

    def _told(self, item: Analysed) -> Analysed:
        reason = self._reasons.get(id(item))
        if reason is None:
            return item
        return replace(item, finding=replace(item.finding, fix="none", when="hand", why_not=reason), plan=None)

    def _is_wanted(self, item: Analysed) -> bool:
        in_time = item.finding.when == "now" or not self._ahead
        return item.plan is not None and in_time and item.finding.fix in self._wanted

    def _best(self, groups: Sequence[Group]) -> _Attempt | None:
        """The largest attempt, or what a person accepts of it."""
        return self._largest(groups) if self._consent is None else self._accepted(groups, self._consent)

    def _accepted(self, groups: Sequence[Group], consent: Consent) -> _Attempt | None:
        """The attempt with all that is accepted already, or else with the next plan that the person accepts."""
        best = self._largest([group for group in groups if consent.known(_findings(group))])
        if best is not None:
            return best
        for position, group in enumerate(groups):
            if consent.known(_findings(group)) is not None:
                continue
            attempt = self._attempt(group)
            if isinstance(attempt, str):
                self._refuse(group, attempt)
                continue
            self._asked += 1
            more = sum(consent.known(_findings(other)) is None for other in groups[position + 1 :])
            if consent.accepts(self._proposal(attempt, self._asked, self._asked + more)):
                return attempt
        return None

    def _proposal(self, attempt: _Attempt, number: int, total: int) -> Proposal:
        before, after = self.document, attempt.document
        change = FileChange(before.path, before.data, after.data, after.encoding, tuple(attempt.resolved))
        return Proposal(change, number, total)

    def _refuse(self, group: Group, reason: str) -> None:
        self._reasons.update((id(item), reason) for item in group)

    def _largest(self, groups: Sequence[Group]) -> _Attempt | None:
        """The attempt with all plans, or with as many as halving the number again and again finds."""
        if not groups:
            return None
        whole = self._attempt([item for group in groups for item in group])
        if isinstance(whole, _Attempt):
            return whole
        if len(groups) == 1:
            self._refuse(groups[0], whole)
            return None
        middle = len(groups) // 2
        first, second = self._largest(groups[:middle]), self._largest(groups[middle:])
        if first is None or second is None:
            return first or second
        both = self._attempt([*first.done, *second.done])
        return both if isinstance(both, _Attempt) else first  # the others have their turn in the next pass

    def _attempt(self, items: Sequence[Analysed]) -> _Attempt | str:
        """The plans carried out and verified, or why that can't be.

        Where they bring findings that can be resolved as well, these are: one rewrite may need another.
        """
        document, pending = self.document, items
        late: list[int] = []
        before = _counted(self._analysed)
        for _ in range(_FOLLOWING + 1):
            changed = self._carried_out(document, pending)
            if isinstance(changed, str):
                return changed
            document, analysed = changed
            after = _counted(analysed)
            new = {code for code, count in after.items() if count > before[code]}
            if not new:
                break
            pending = [item for item in self._brought(analysed, new) if self._is_wanted(item)]
            if not pending:
                return "the rewritten code would have a new finding"
            late += lines_before(pending, self.document, document)
        else:
            return "the rewritten code would have a new finding"
        if any(after[code] > before[code] - count for code, count in _counted(items).items()):
            return "the rewritten code would be found again"
        return _Attempt(document, analysed, items, findings_of(items, late))

    def _carried_out(
        self, document: Document, items: Sequence[Analysed]
    ) -> tuple[Document, Sequence[Analysed]] | str:
        """The document with these plans, and what is found in it; or why it can't be had."""
        try:
            text = apply(document, [item.plan for item in items if item.plan is not None])
            changed = Document(document.path, document.encode(text))
            analysed = self._analyser.analyse(changed)
        except CannotApply as error:
            return str(error)
        except UnreadableDocument as error:
            return f"the rewritten file would not be Python ({error.message})"
        except UnicodeEncodeError:
            return f"the new text can't be written in {document.encoding}"
        if not _compiles(changed) and _compiles(document):
            return "the rewritten file would not be Python"
        return changed, analysed

    def _brought(self, analysed: Sequence[Analysed], codes: Collection[str]) -> list[Analysed]:
        """Findings of these codes on lines that had none of the kind before."""
        known = {_line_of(item) for item in self._analysed}
        return [item for item in analysed if item.finding.rule.code in codes and _line_of(item) not in known]


def _counted(found: Sequence[Analysed]) -> Counter[str]:
    return Counter(item.finding.rule.code for item in found)


def _line_of(item: Analysed) -> tuple[str, tuple[str, ...]]:
    return item.finding.rule.code, item.finding.source


def _by_plan(items: Sequence[Analysed]) -> list[Group]:
    """The findings that go together, since one plan resolves them; in reading order."""
    groups: dict[int, list[Analysed]] = {}
    for item in sorted(items, key=lambda item: item.finding.span):
        groups.setdefault(id(item.plan), []).append(item)
    return list(groups.values())


def _findings(items: Sequence[Analysed]) -> list[Finding]:
    return [item.finding for item in items]


def _compiles(document: Document) -> bool:
    """Whether Python takes the whole file; it finds more mistakes then than in parsing alone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(document.tree, str(document.path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
