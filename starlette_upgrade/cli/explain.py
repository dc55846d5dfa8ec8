"""`starlette-upgrade explain`: all about one rule, about one release, or about an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from starlette_upgrade.cli.gate import CLEAN
from starlette_upgrade.cli.journey import named, plan
from starlette_upgrade.cli.output import Output
from starlette_upgrade.cli.subject import subject_of
from starlette_upgrade.report.explain import explain
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.reported import load_errors, names_of
from starlette_upgrade.ruleset.rule import Release
from starlette_upgrade.ruleset.selection import all_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette_upgrade.cli.journey import Journey
    from starlette_upgrade.cli.request import Request
    from starlette_upgrade.report.styled import Line
    from starlette_upgrade.ruleset.rule import Group, Rule


def run(request: Request) -> int:
    """The whole command."""
    request.check()
    output = Output(request)
    groups = load_rules()
    errors = load_errors()
    rules = {word.lower(): rule for rule in all_rules(groups) for word in _words(rule)}
    subject = subject_of(request, {*rules, *names_of(errors)})
    rule = rules.get(subject.text.lower())
    if rule is None and not _is_release(subject.text):
        from starlette_upgrade.cli.reported import explain_error

        return explain_error(request, subject, groups, errors, output)
    if rule is None:
        output.report(_release(request, groups, output))
        return CLEAN
    journey = _journey(request, groups, output)
    output.report(explain(rule, journey.move, journey.origin, output.view))
    if subject.paths:
        from starlette_upgrade.cli.reported import show_in_code

        return show_in_code(request, subject, groups, [rule], output)
    return CLEAN


def _words(rule: Rule) -> tuple[str, ...]:
    """What a rule is called: its code, its name, the identifiers of a published vulnerability."""
    return (rule.code, rule.name, *(rule.advisory.ids if rule.advisory is not None else ()))


def _is_release(text: str) -> bool:
    """No rule is called like a version, nor begins with a digit: such a word is a release, if a wrong one."""
    try:
        return bool(Version(text))
    except InvalidVersion:
        return text[:1].isdigit() and len(text.split()) == 1


def _release(request: Request, groups: Sequence[Group], output: Output) -> list[Line]:
    from starlette_upgrade.report.release import page
    from starlette_upgrade.ruleset.history import load_history, tell
    from starlette_upgrade.ruleset.known import load_known

    version = named("explain", request.rule, load_known())
    chapters = tell(load_history(), [group for group in groups if isinstance(group, Release)])
    place = next(number for number, chapter in enumerate(chapters) if chapter.version == version)
    meaning = _meaning(version, _journey(request, groups, output))
    return page(chapters, place, meaning, output.view)


def _journey(request: Request, groups: Sequence[Group], output: Output) -> Journey:
    journey = plan(request, groups)
    if request.verbose:
        output.notes(journey.notes)
    return journey


def _meaning(version: Version, journey: Journey) -> str:
    """Where the release lies on the way; "" if nobody knows where that starts."""
    if journey.move.assumed:
        return ""
    old, new = journey.move.old, journey.move.new
    known = f" ({journey.origin})" if journey.origin else ""
    if version <= old:
        return f"behind you: you start at {old}{known}"
    if version > new:
        return f"beyond {new}, where you go"
    return f"on your way from {old}{known} to {new}"
