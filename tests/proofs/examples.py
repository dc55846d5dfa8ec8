"""What an example of a rule claims, tried out on the releases at which something begins or ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.proofs import hazards
from tests.proofs.lines import Line, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from starlette_upgrade.ruleset.rule import Example, Rule
    from tests.proofs.laboratory import Outcome


@dataclass(frozen=True, slots=True)
class Trial:
    """An example of a rule with the two programs that are tried out, and what they are to say."""

    rule: Rule
    example: Example

    @property
    def line(self) -> Line:
        return line_of(self.rule)

    @property
    def before(self) -> str:
        return self.example.before + self.example.probe

    @property
    def after(self) -> str:
        return self.example.after + self.example.probe

    @property
    def errors(self) -> tuple[str, ...]:
        return self.example.errors or self.rule.errors

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.example.warnings or self.rule.warnings

    @property
    def begin(self) -> Version:
        """The release with which the rule's life begins."""
        return min(v for v in (self.rule.deprecated, self.rule.removed, self.rule.changed) if v is not None)

    @property
    def good(self) -> Version | None:
        """The last release of which the rule says nothing, if the example runs there."""
        return self._runnable(self.line.before(self.begin, self.before))

    @property
    def last(self) -> Version:
        """The newest release on which the rule holds."""
        end = self.rule.reverted
        found = self.line.before(end, self.after) if end else self.line.known.newest
        assert found is not None
        return found

    def run(self, program: str, release: Version) -> Outcome:
        return self.line.run(program, release)

    def before_release(self, version: Version) -> Version | None:
        return self._runnable(self.line.before(version, self.before))

    def from_release(self, version: Version) -> Version | None:
        runs = self.example.runs
        return self.line.since(max(version, runs) if runs else version, self.before)

    def _runnable(self, release: Version | None) -> Version | None:
        runs = self.example.runs
        return None if release is None or (runs is not None and release < runs) else release


def failures(rule: Rule, example: Example) -> list[str]:
    """What of an example's claims is not true; one line each."""
    if rule.nature == "hazard":
        return hazards.failures(rule, example)
    trial = Trial(rule, example)
    return [*_of_before(trial), *_of_after(trial)]


def is_telling(rule: Rule, example: Example) -> bool:
    """Whether `after` fails, or does something else, before the release that its fix needs."""
    trial = Trial(rule, example)
    for fix in rule.fixes:
        since = fix.replacement_since
        release = trial.before_release(since) if since else None
        if release is not None:
            here, before = trial.run(trial.after, release), trial.run(trial.before, release)
            if here.error or here.output != before.output:
                return True
    return False


def _of_before(trial: Trial) -> Iterator[str]:
    rule, program = trial.rule, trial.before
    if trial.good:
        yield from _quiet(trial, "before", program, trial.good)
    if rule.deprecated:
        yield from _warns(trial, program)
    if rule.removed:
        yield from _raises(trial, program, rule.removed)
    if rule.changed:
        yield from _differs(trial, program, rule.changed)


def _quiet(trial: Trial, what: str, program: str, release: Version) -> Iterator[str]:
    """Runs, and without a word of what the rule is about."""
    outcome = trial.run(program, release)
    if outcome.error:
        yield f"`{what}` should run on {release}: {outcome.error}"
    elif outcome.warns(trial.warnings):
        yield f"`{what}` should not warn on {release} yet: {outcome.warnings}"


def _warns(trial: Trial, program: str) -> Iterator[str]:
    rule = trial.rule
    assert rule.deprecated is not None
    first = trial.from_release(rule.deprecated)
    last = trial.before_release(rule.removed) if rule.removed else trial.last
    if first is None or last is None or first > last:
        return
    for release in dict.fromkeys((first, last)):
        outcome = trial.run(program, release)
        if outcome.error:
            yield f"`before` should run on {release}: {outcome.error}"
        elif not outcome.warns(trial.warnings):
            yield f"`before` should warn of {trial.warnings} on {release}, not of {outcome.warnings}"


def _raises(trial: Trial, program: str, removed: Version) -> Iterator[str]:
    previous = trial.before_release(removed)
    if previous is None:
        yield f"no release before {removed} runs `before`, so that nothing is shown"
    elif trial.run(program, previous).error:
        yield f"`before` should run on {previous}: {trial.run(program, previous).error}"
    first = trial.line.since(removed, program)
    for release in dict.fromkeys((first, trial.last)):
        if release is not None and not trial.run(program, release).says(trial.errors):
            yield f"`before` should raise {trial.errors} on {release}: {_told(trial.run(program, release))}"
    if trial.rule.reverted:
        again = trial.from_release(trial.rule.reverted)
        if again is not None and trial.run(program, again).error:
            yield f"`before` should run again on {again}: {trial.run(program, again).error}"


def _differs(trial: Trial, program: str, changed: Version) -> Iterator[str]:
    if trial.good is None:
        yield f"no release before {changed} runs `before`, so that nothing is shown"
        return
    was = trial.run(program, trial.good)
    for release in dict.fromkeys((trial.line.since(changed, program), trial.last)):
        if release is not None and _same(trial.run(program, release), was):
            yield f"`before` should do something else on {release} than on {trial.good}: {_told(was)}"
    if trial.rule.reverted:
        again = trial.from_release(trial.rule.reverted)
        if again is not None and not _same(trial.run(program, again), was):
            yield f"`before` should do on {again} what it did on {trial.good}: {_told(trial.run(program, again))}"


def _of_after(trial: Trial) -> Iterator[str]:
    """The new form runs on the target, where it can be had today, and on the release that ends the old one."""
    rule, program = trial.rule, trial.after
    reference = trial.good or trial.before_release(rule.removed or rule.changed or trial.last)
    was = trial.run(trial.before, reference).output if reference and trial.example.keeps else None
    # Where nothing else will do, the new form comes later than the old one goes.
    own = rule.release or trial.begin
    begin = max(own, *(fix.replacement_since or own for fix in rule.fixes))
    for release in dict.fromkeys((*_needed(trial), trial.line.since(begin, program), trial.last)):
        if release is None:
            continue
        outcome = trial.run(program, release)
        if outcome.error:
            yield f"`after` should run on {release}: {outcome.error}"
        elif outcome.warns(trial.warnings):
            yield f"`after` should not warn on {release}: {outcome.warnings}"
        elif trial.example.probe and was is not None and outcome.output != was:
            yield f"`after` prints {outcome.output!r} on {release}, `before` on {reference} {was!r}"


def _needed(trial: Trial) -> Iterator[Version | None]:
    """The oldest release on which a rewrite is said to run."""
    for fix in trial.rule.fixes:
        if fix.kind == "manual" and fix.replacement_since is None:
            continue
        if fix.only and not any(name in trial.example.before for name in fix.only):
            continue
        since, runs = fix.replacement_since, trial.example.runs
        if since is None:
            yield trial.good
        else:
            yield trial.line.since(max(since, runs) if runs else since, trial.after)


def _same(one: Outcome, other: Outcome) -> bool:
    return (one.output, one.error) == (other.output, other.error)


def _told(outcome: Outcome) -> str:
    return outcome.error or f"it prints {outcome.output!r}"
