"""One file's rewrite from plans to verified bytes: apply, look again, go on until nothing is left to do."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.apply import apply
from starlette_upgrade.rewrite.following import findings_of, lines_before
from starlette_upgrade.rewrite.plan import CannotApply
from starlette_upgrade.source.document import Document, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from starlette_upgrade.analysis import Analysed, Analyser
    from starlette_upgrade.finding import Finding

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


def rewrite(document: Document, analysed: Sequence[Analysed], wanted: set[str], analyser: Analyser) -> Outcome:
    """Applies every plan of the wanted safety, pass after pass; each pass is verified before the next."""
    session = _Session(document, analysed, wanted, analyser)
    for _ in range(_PASSES):
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
        self, document: Document, analysed: Sequence[Analysed], wanted: set[str], analyser: Analyser
    ) -> None:
        self.document = document
        self._analysed = analysed
        self._wanted = wanted
        self._analyser = analyser
        self._resolved: list[Finding] = []
        self._reasons: dict[int, str] = {}

    def go_on(self) -> bool:
        """Carries out as many plans as go together; False where there is none."""
        self._reasons = {}
        best = self._largest([item for item in self._analysed if self._is_wanted(item)])
        if best is None:
            return False
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
        return item.plan is not None and item.finding.fix in self._wanted

    def _largest(self, items: Sequence[Analysed]) -> _Attempt | None:
        """The attempt with all plans, or with as many as halving the number again and again finds."""
        if not items:
            return None
        whole = self._attempt(items)
        if isinstance(whole, _Attempt):
            return whole
        if len(items) == 1:
            self._reasons[id(items[0])] = whole
            return None
        middle = len(items) // 2
        first, second = self._largest(items[:middle]), self._largest(items[middle:])
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


def _compiles(document: Document) -> bool:
    """Whether Python takes the whole file; it finds more mistakes then than in parsing alone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(document.tree, str(document.path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
