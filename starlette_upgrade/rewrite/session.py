"""One file's rewrite from plans to verified bytes: apply, look again, go on until nothing is left to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.rewrite.apply import apply
from starlette_upgrade.rewrite.plan import CannotApply
from starlette_upgrade.source.document import Document, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.analysis import Analysed, Analyser
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.rewrite.plan import Plan

_PASSES = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """The file's bytes after the rewrite (as before, where nothing could be done), and what it did."""

    data: bytes
    resolved: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    problem: str = ""


def rewrite(document: Document, analysed: Sequence[Analysed], wanted: set[str], analyser: Analyser) -> Outcome:
    """Applies every plan of the wanted safety, pass after pass; each pass is verified before the next."""
    original = document
    findings = tuple(item.finding for item in analysed)
    resolved: list[Finding] = []
    problem = ""
    for _ in range(_PASSES):
        todo = [item for item in analysed if item.plan is not None and item.finding.fix in wanted]
        if not todo:
            break
        step = _step(document, analysed, todo, analyser)
        if step is None:
            problem = "a planned rewrite could not be carried out; the file is left as it was from there on"
            break
        document, analysed, done = step
        resolved.extend(done)
    remaining = tuple(item.finding for item in analysed)
    if not _fewer(findings, remaining):
        return Outcome(original.data, (), findings, "the rewrite would bring new findings; left as it was")
    return Outcome(document.data, tuple(resolved), remaining, problem)


def _step(
    document: Document, analysed: Sequence[Analysed], todo: Sequence[Analysed], analyser: Analyser
) -> tuple[Document, list[Analysed], list[Finding]] | None:
    """All plans at once or, where they don't go together, one that goes alone."""
    for group in (list(todo), *([item] for item in todo)):
        plans = [item.plan for item in group if item.plan is not None]
        changed = _applied(document, plans)
        if changed is None or changed.data == document.data:
            continue
        try:
            again = analyser.analyse(changed)
        except UnreadableDocument:
            continue
        if len(again) < len(analysed) or _fewer_plans(again, analysed):
            return changed, again, [item.finding for item in group]
    return None


def _applied(document: Document, plans: Sequence[Plan]) -> Document | None:
    try:
        text = apply(document, plans)
        changed = Document(document.path, document.encode(text))
        _ = changed.tree
    except (CannotApply, UnreadableDocument, UnicodeEncodeError):
        return None
    return changed


def _fewer_plans(again: Sequence[Analysed], before: Sequence[Analysed]) -> bool:
    return sum(item.plan is not None for item in again) < sum(item.plan is not None for item in before)


def _fewer(before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Whether no rule has more findings than it had."""
    old = Counter(finding.rule.code for finding in before)
    return all(count <= old[code] for code, count in Counter(f.rule.code for f in after).items())
