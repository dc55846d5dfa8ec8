"""Rewrites that need another one, which runs only on a newer release: so do they then."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.analysis import Analysed
    from starlette_upgrade.finding import Finding
    from starlette_upgrade.source.document import Document


def findings_of(done: Sequence[Analysed], late: Iterable[int]) -> list[Finding]:
    """The findings that were resolved; `late`: lines on which something followed that needs the new release."""
    lines = frozenset(late)
    return [replace(item.finding, when="bump") if lines & _lines_of(item) else item.finding for item in done]


def lines_before(found: Sequence[Analysed], before: Document, after: Document) -> list[int]:
    """Where what is found in a rewritten document, and needs the new release, stood before."""
    lines = [item.finding.span.line for item in found if item.finding.when == "bump"]
    if not lines:
        return []
    origins = []
    rows = SequenceMatcher(None, before.lines, after.lines, autojunk=False).get_opcodes()
    for _, old, old_end, new, new_end in rows:
        origins += [min(old + number, max(old, old_end - 1)) + 1 for number in range(new_end - new)]
    return [origins[line - 1] for line in lines]


def _lines_of(item: Analysed) -> frozenset[int]:
    statements = [edit.statement for edit in item.plan.edits] if item.plan is not None else []
    return frozenset(n for node in statements for n in range(node.lineno, (node.end_lineno or node.lineno) + 1))
