"""The last words of a run: what was found, what can be done about it, and the next command to type."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.report.left import left, left_lines
from starlette_upgrade.report.styled import BLANK, Line, line, one_line, paragraph
from starlette_upgrade.report.wording import count, is_fixable, release, required
from starlette_upgrade.ruleset.lifecycle import Impact
from starlette_upgrade.ruleset.rule import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.finding import CheckResult, Finding, FixResult, Problem
    from starlette_upgrade.ruleset.lifecycle import Move
    from starlette_upgrade.ruleset.rule import Rule


@dataclass(frozen=True, slots=True)
class Scope:
    """What a summary has to say about the run beside its result.

    `origin`: how the older release is known, "" if the person named it. `selected`: not all rules were asked.
    `possible_count`: possible findings count for the gate. `width`: of the screen, 0 where nobody knows.
    `unsafe`: unsafe rewrites are wanted, too. `asked`: a person was asked about each rewrite. `ahead`: only what
    runs on the older release was rewritten. `unexposed`: vulnerabilities that no finding is about are told, too.
    """

    origin: str = ""
    selected: bool = False
    possible_count: bool = False
    width: int = 0
    unsafe: bool = False
    asked: bool = False
    ahead: bool = False
    unexposed: bool = True


def check_summary(result: CheckResult, scope: Scope, next_command: str) -> list[Line]:
    """The summary of `check`."""
    certain, possible = _split(result.findings)
    if certain:
        sentences = [_balance("From", certain, result, scope), *_fixable(certain)]
    elif not possible and not _unread(result.problems):
        sentences = [_all_clear(result, scope)]
    elif result.files:
        sentences = [f"Nothing is certain to break {_between(result, scope)}."]
    else:
        sentences = []
    sentences += _unexposed(result) if scope.unexposed else ()
    sentences += _rest(possible, result.problems, scope)
    return _lines(sentences, next_command, scope)


def _unexposed(result: CheckResult) -> Iterable[str]:
    """The vulnerabilities of the older release that no finding is about."""
    met = {finding.rule.code for finding in result.findings}
    others = [rule for rule in result.published if rule.code not in met and _is_its_own(rule, result.move)]
    if not others or not result.files:
        return
    more = "more " * any(finding.rule.advisory is not None for finding in result.findings)
    names = ", ".join(rule.advisory.ids[0] if rule.advisory and rule.advisory.ids else rule.code for rule in others)
    noun = count(len(others), f"{more}published vulnerability", f"{more}published vulnerabilities")
    yield f"{result.move.old} has {noun} that nothing here is seen to be exposed to: {names}."


def _is_its_own(rule: Rule, move: Move) -> bool:
    """Whether Starlette has it, or a package that is known to be there: else nobody knows."""
    return rule.advisory is not None and (not rule.advisory.dependency or move.multipart is not None)


def fix_summary(result: FixResult, scope: Scope, next_command: str, *, written: bool) -> list[Line]:
    """The summary of `fix`, or of `fix --diff` where nothing is `written`."""
    certain, possible = _split(result.remaining)
    resolved = sum(len(change.resolved) for change in result.changes)
    sentences: list[str] = []
    reasons: list[Line] = []
    if result.changes:
        done = f"{count(resolved, 'finding')} in {count(len(result.changes), 'file')}"
        sentences.append(f"Fixed {done}." if written else f"Would fix {done}; nothing is written.")
        sentences += _bump(result)
        sentences += _required(result)
    if certain:
        lead = "What remains from" if result.changes else "Nothing fixed. From"
        sentences.append(_balance(lead, certain, result, scope))
        groups = left(certain, unsafe=scope.unsafe, asked=scope.asked, ahead=scope.ahead)
        reasons.extend(left_lines(groups, scope.width))
    elif possible or _unread(result.problems):
        sentences.append(f"Nothing is certain to break {_between(result, scope)}.")
    elif result.changes:
        sentences.append(f"Nothing is left that breaks {_between(result, scope)}.")
    else:
        sentences.append(_all_clear(result, scope))
    rest = _rest(possible, result.problems, scope)
    return [*_folded(sentences, scope), *reasons, *_lines(rest, next_command, scope)]


def _bump(result: FixResult) -> Iterable[str]:
    """That some rewrites do not run on the older release, where that is so."""
    resolved = [finding for change in result.changes for finding in change.resolved if finding.when == "bump"]
    for package in PACKAGES:
        name = "FastAPI" if package == "fastapi" else "Starlette"
        needing = sum(finding.rule.package == package for finding in resolved)
        ends = result.move.of(package)
        if needing and ends is not None:
            yield (
                f"{needing} of these need{'s' * (needing == 1)} a newer {name} than {ends.old}: "
                f"raise the requirement (to {ends.new}) together with them, and run your tests."
            )


def _required(result: FixResult) -> Iterable[str]:
    """The packages that the rewritten code imports, and its project has to require."""
    found = (required(finding) for change in result.changes for finding in change.resolved)
    for package in sorted({package for package in found if package}):
        yield f"The new code needs {package}: add it to your requirements."


def _split(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    certain = [finding for finding in findings if finding.confidence == "certain"]
    return certain, [finding for finding in findings if finding.confidence == "possible"]


def _balance(lead: str, findings: Sequence[Finding], result: CheckResult | FixResult, scope: Scope) -> str:
    move = result.move
    known = f" ({scope.origin})" if scope.origin else ""
    return f"{lead} {move.old}{known} to {move.new}: {_tally(findings, move, result.files)}."


def _tally(findings: Sequence[Finding], move: Move, files: int) -> str:
    """How many of each impact, in how many files; vulnerabilities are counted by themselves, not by places."""
    exposed = [finding for finding in findings if finding.rule.advisory is not None]
    others = [finding for finding in findings if finding.rule.advisory is None]
    parts = [_tally_of(others, move, files)] if others else []
    if exposed:
        number = count(len({f.rule.code for f in exposed}), "published vulnerability", "published vulnerabilities")
        parts.append(f"{number}, exposed in {count(len({finding.path for finding in exposed}), 'file')}")
    return "; ".join(parts)


def _tally_of(findings: Sequence[Finding], move: Move, files: int) -> str:
    impacts = Counter(finding.impact for finding in findings)
    already = sum(finding.already for finding in findings if finding.impact is Impact.BREAK)
    parts = []
    if number := impacts[Impact.BREAK]:
        parts.append(f"{number} break{'s' * (number == 1)}")
        if already:
            parts[-1] += (
                f" ({'all' if already == number > 1 else already} already broken on {_olds(findings, move)})"
            )
    if number := impacts[Impact.SILENT]:
        parts.append(f"{number} change{'s' * (number == 1)} silently")
    if number := impacts[Impact.DEPRECATED]:
        parts.append(f"{number} deprecated")
    if number := impacts[Impact.HAZARD]:
        parts.append(count(number, "hazard"))
    touched = len({finding.path for finding in findings})
    return f"{', '.join(parts)}, in {touched} of {count(max(files, touched), 'file')}"


def _olds(findings: Iterable[Finding], move: Move) -> str:
    """The releases on which something is broken already: Starlette's, FastAPI's, or both."""
    packages = {f.rule.package for f in findings if f.already and f.impact is Impact.BREAK}
    return " and ".join(
        release(package, ends.old)
        for package in PACKAGES
        if package in packages and (ends := move.of(package)) is not None
    )


def _fixable(findings: Sequence[Finding]) -> Iterable[str]:
    """What `fix` can do about what is to be rewritten, if anything is."""
    findings = [finding for finding in findings if finding.rule.advisory is None]
    if findings:
        yield _fixable_of(findings)


def _fixable_of(findings: Sequence[Finding]) -> str:
    fixable = [finding for finding in findings if is_fixable(finding)]
    by_hand = len(findings) - len(fixable)
    if not fixable:
        return f"Fixable: none; {by_hand} by hand."
    parts = []
    for when, words in (("now", "now"), ("bump", "with the bump")):
        group = [finding for finding in fixable if finding.when == when]
        unsafe = sum(finding.fix == "unsafe" for finding in group)
        if group:
            parts.append(f"{len(group)} {words}")
            if unsafe:
                parts[-1] += f" ({'' if unsafe == len(group) else f'{unsafe} of them '}with --unsafe)"
    return f"Fixable: {', '.join(parts)}{f'; {by_hand} by hand' if by_hand else ''}."


def _all_clear(result: CheckResult | FixResult, scope: Scope) -> str:
    if not result.files:
        return "Nothing to check: no Python files found."
    return f"All checks passed: nothing here breaks {_between(result, scope)}."


def _between(result: CheckResult | FixResult, scope: Scope) -> str:
    move = result.move
    known = f" ({scope.origin})" if scope.origin else ""
    end = f"on {move.new}{known}" if move.old == move.new else f"between {move.old}{known} and {move.new}"
    rules = ", by the selected rules" if scope.selected else ""
    return f"{end} ({count(result.files, 'file')}{rules})"


def _unread(problems: Iterable[Problem]) -> int:
    """How many files or paths could not be used."""
    return len({problem.path for problem in problems if problem.fatal and problem.path is not None})


def _rest(possible: Sequence[Finding], problems: Sequence[Problem], scope: Scope) -> Iterable[str]:
    if possible:
        consequence = ", and counted because of --include-possible" if scope.possible_count else ""
        number = len(possible)
        yield f"Possible: {number} more, which the code does not say for certain{consequence}."
    if unread := _unread(problems):
        yield f"{count(unread, 'file or path', 'files or paths')} could not be used: see the errors."


def _lines(sentences: Iterable[str], next_command: str, scope: Scope) -> list[Line]:
    """The sentences, and the command, which is left whole to be copied."""
    command = [BLANK, line(("Next: ", "bold"), one_line(next_command))] if next_command else []
    return [*_folded(sentences, scope), *command]


def _folded(sentences: Iterable[str], scope: Scope) -> list[Line]:
    """A line for each sentence, folded where the screen ends."""
    width = scope.width
    return [line(row) for text in sentences for row in (paragraph(text, width) if width else [one_line(text)])]
