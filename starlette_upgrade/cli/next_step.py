"""The next command to type, with the options that the person gave."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.finding import Finding, FixResult

_MANY_PATHS = 4


def after_check(request: Request, findings: Sequence[Finding]) -> str:
    """See what `fix` would do, or read about the rule that is met most."""
    counted = _counted(request, findings)
    if request.reads_stdin:
        return _explain(counted)
    if any(finding.fix == "safe" for finding in counted):
        return _command(request, "fix", "--diff")
    return _see_unsafe(request, counted) or _explain(counted)


def after_fix(request: Request, result: FixResult) -> str:
    """Write what was shown, see what is left to `--unsafe`, or read about the rule that is met most.

    What nobody accepted needs no further word, and what came from stdin no command can name again.
    """
    wanted = ("safe", "unsafe") if request.unsafe else ("safe",)
    counted = [f for f in _counted(request, result.remaining) if not (request.interactive and f.fix in wanted)]
    if request.reads_stdin:
        return _explain(counted)
    if request.diff and result.changes:
        chosen = (("--unsafe", request.unsafe), ("--interactive", request.interactive))
        style = ["--style", request.style] if request.style != "call" else []
        flags = [flag for flag, given in chosen if given]
        return _command(request, "fix", *_ahead(request), *flags, *style)
    if request.ahead:
        return _after_ahead(request, counted) or _explain(counted)
    return ("" if request.unsafe else _see_unsafe(request, counted)) or _explain(counted)


def _after_ahead(request: Request, findings: Sequence[Finding]) -> str:
    """What else can be done today, or what has to wait for the newer release."""
    if not request.unsafe and any(f.fix == "unsafe" and f.when == "now" for f in findings):
        return _command(request, "fix", "--diff", "--ahead", "--unsafe")
    if any(f.fix == "safe" and f.when == "bump" for f in findings):
        return _command(request, "fix", "--diff")
    return _see_unsafe(request, findings)


def _ahead(request: Request) -> list[str]:
    return ["--ahead"] if request.ahead else []


def _counted(request: Request, findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if f.confidence == "certain" or request.include_possible]


def _see_unsafe(request: Request, findings: Sequence[Finding]) -> str:
    if any(finding.fix == "unsafe" for finding in findings):
        return _command(request, "fix", "--diff", "--unsafe")
    return ""


def _explain(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    # What is to be changed comes before what the upgrade closes.
    codes = [finding.rule.code for finding in findings if finding.rule.advisory is None]
    [(code, _)] = Counter(codes or [finding.rule.code for finding in findings]).most_common(1)
    return f"starlette-upgrade explain {code}"


def _command(request: Request, command: str, *flags: str) -> str:
    words = ["starlette-upgrade", command, *flags]
    for option, value in (
        ("--from", request.old),
        ("--to", request.new),
        ("--fastapi", request.fastapi),
        ("--python", request.python),
        ("--select", ",".join(request.select)),
        ("--ignore", ",".join(request.ignore)),
    ):
        if value:
            words += [option, value]
    if request.include_possible:
        words.append("--include-possible")
    return shlex.join([*words, *_paths(request.paths)])


def _paths(paths: Sequence[str]) -> list[str]:
    """The paths as given; their common folder where nobody would type them all again."""
    if len(paths) > _MANY_PATHS:
        try:
            common = os.path.relpath(os.path.commonpath([os.path.abspath(path) for path in paths]))  # noqa: PTH100
        except ValueError:  # different drives
            common = "."
        paths = [common]
    return ["--", *paths] if any(path.startswith("-") for path in paths) else list(paths)
