"""`starlette-upgrade releases`: the history of releases, or what lies between two of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from starlette_upgrade.cli.gate import CLEAN
from starlette_upgrade.cli.journey import in_order, named
from starlette_upgrade.cli.output import Output
from starlette_upgrade.ruleset.history import load_history, tell
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import load_releases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.version import Version

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.ruleset.history import Chapter


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    known = load_known()
    new = named("--to", request.new, known) if request.new else known.releases[-1]
    old = named("--from", request.old, known) if request.old else None
    if old is not None:
        in_order(request, old, new)
    history = tell(load_history(), load_releases())
    chapters = [chapter for chapter in history if (old is None or old < chapter.version) and chapter.version <= new]
    if request.format == "json":
        from starlette_upgrade.report.releases_json import releases_json

        sys.stdout.write(releases_json(chapters, old, new))
    else:
        _report(request, chapters, old, new)
    return CLEAN


def _report(request: Request, chapters: Sequence[Chapter], old: Version | None, new: Version) -> None:
    from starlette_upgrade.report.releases import closing, nothing, sections, table

    output = Output(request)
    if not chapters:
        output.report(nothing(new))
        return
    in_full = request.format == "full" and (request.old or request.new)
    output.report((sections if in_full else table)(chapters, output.view))
    if not request.quiet:
        check = f"starlette-upgrade check --from {old} --to {new}" if old is not None else ""
        output.report(closing(chapters, check, output.view))
