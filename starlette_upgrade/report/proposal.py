"""One rewrite as it is shown to who decides on it: what it is about, what can go wrong, and what would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.report.diff import diff_lines
from starlette_upgrade.report.full import headline
from starlette_upgrade.report.styled import BLANK, line, paragraph
from starlette_upgrade.report.wording import why_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.report.place import View
    from starlette_upgrade.report.styled import Line
    from starlette_upgrade.rewrite.consent import Proposal

_NAMES_OF_THE_FILE = 2
_UNSAFE = "  unsafe: "


def proposed(proposal: Proposal, view: View) -> Iterator[Line]:
    """Each finding that would be resolved, and the lines of the file that would change."""
    findings = proposal.change.resolved
    yield BLANK
    for finding in findings:
        yield from headline(finding, view)
    for text in dict.fromkeys(why_unsafe(finding) for finding in findings):
        if text:
            yield from (line((row, "yellow")) for row in paragraph(text, view.prose, _UNSAFE, " " * len(_UNSAFE)))
    if any(finding.when == "bump" for finding in findings):
        yield line(("  needs the newer release: it does not run on the old one", "yellow"))
    yield from diff_lines(proposal.change, view)[_NAMES_OF_THE_FILE:]
