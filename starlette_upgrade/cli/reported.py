"""What is behind an error, and what of it the code has."""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette_upgrade import pipeline
from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.gate import CLEAN, FAILED
from starlette_upgrade.cli.journey import options, plan
from starlette_upgrade.cli.progress import Bar
from starlette_upgrade.finding import CheckResult
from starlette_upgrade.recognition.pasted import frames, tiers
from starlette_upgrade.recognition.recognise import Fit, best_first, recognise
from starlette_upgrade.report.error import error_page, in_code, others
from starlette_upgrade.report.explain import explain
from starlette_upgrade.report.styled import BLANK, line, one_line
from starlette_upgrade.ruleset.reported import ReportedError
from starlette_upgrade.ruleset.selection import all_rules, find_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.cli.journey import Journey
    from starlette_upgrade.cli.output import Output
    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.cli.subject import Subject
    from starlette_upgrade.ruleset.rule import Group, Rule


def explain_error(
    request: Request, subject: Subject, groups: Sequence[Group], errors: Sequence[ReportedError], output: Output
) -> int:
    """The whole answer. Raises CommandError for an error that nobody knows."""
    rules = all_rules(groups)
    fits = _fits(subject.text, errors, rules)
    if not fits:
        raise _unknown(subject.text, groups, errors)
    by_code = {rule.code: rule for rule in rules}
    asked = [rule for fit in fits for rule in _behind(fit, by_code)]
    journey = plan(request, groups)
    result = _look(request, subject, groups, asked, journey, output)
    # Of several that fit alike, the one is meant that the code has.
    seen = {finding.rule.code for finding in result.findings if finding.confidence == "certain"}
    best, *rest = best_first(fits, seen)
    behind = _behind(best, by_code)
    if isinstance(best.subject, ReportedError):
        output.report(error_page(best.subject, behind, output.view))
    else:
        output.report([line("A program that meets this rule can say so:"), BLANK])
        output.report(explain(best.subject, journey.move, journey.origin, output.view))
    if behind and (subject.paths or result.files):
        output.report(in_code(result, behind, output.view, frames(subject.text)))
    output.report(others(rest, output.view))
    return _code(result)


def show_in_code(
    request: Request, subject: Subject, groups: Sequence[Group], rules: Sequence[Rule], output: Output
) -> int:
    """What the code at the paths of a subject has of these rules."""
    result = _look(request, subject, groups, rules, plan(request, groups), output)
    output.report(in_code(result, rules, output.view))
    return _code(result)


def _fits(text: str, errors: Sequence[ReportedError], rules: Sequence[Rule]) -> list[Fit]:
    named = [error for error in errors if error.name == text.lower()]
    return [Fit(error, 1, 0) for error in named] or recognise(text, errors, rules)


def _behind(fit: Fit, by_code: dict[str, Rule]) -> list[Rule]:
    if isinstance(fit.subject, ReportedError):
        return [by_code[code] for code in fit.subject.rules if code in by_code]
    return [fit.subject]


def _look(
    request: Request,
    subject: Subject,
    groups: Sequence[Group],
    rules: Iterable[Rule],
    journey: Journey,
    output: Output,
) -> CheckResult:
    """What the code has of these rules only. Where no path is named, that is the current folder."""
    if request.verbose:
        output.notes(journey.notes)
    codes = tuple(dict.fromkeys(rule.code for rule in rules))
    if not codes:
        return CheckResult(journey.move, (), (), 0)
    asked = replace(request, paths=subject.paths or (".",), select=codes)
    with Bar(quiet=request.quiet) as progress:
        result = pipeline.check(options(asked, journey), groups, progress)
    output.problems(result.problems)
    return result


def _code(result: CheckResult) -> int:
    return FAILED if any(problem.fatal for problem in result.problems) else CLEAN


def _unknown(text: str, groups: Sequence[Group], errors: Sequence[ReportedError]) -> CommandError:
    """One line, with the nearest that is known."""
    words = one_line(text)
    if os.path.isfile(words):  # noqa: PTH113 - a text may be no path at all, however long it is
        return CommandError(f"`{words}` is a file: `starlette-upgrade explain - < {words}` explains what it holds")
    if " " not in words and not words[:1].isupper():
        find_rule(groups, text)
    if words.upper()[:2] == "SU" and words[2:].isdigit():
        find_rule(groups, text)
    said = {word.lower(): word for error in errors for word in (error.name, *error.says)}
    _, named, _ = tiers(text)
    last = f"{named[-1].cls}: {named[-1].text}" if named and " " in words else words
    near = difflib.get_close_matches(words.lower(), said, n=1, cutoff=0.6)
    shown = last if len(last) <= _LONGEST else f"{last[:_LONGEST]}\N{HORIZONTAL ELLIPSIS}"
    hint = f"did you mean `{said[near[0]]}`?" if near else "paste the whole traceback, or its last line"
    return CommandError(f"no error is known that says `{shown}`; {hint}")


_LONGEST = 80
