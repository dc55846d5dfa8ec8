"""From a pasted text to the errors and rules that know it, the best first."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.recognition.pasted import tiers
from starlette_upgrade.recognition.texts import Text, text_of
from starlette_upgrade.ruleset.reported import ReportedError
from starlette_upgrade.ruleset.rule import AttributeMatch, SymbolMatch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from starlette_upgrade.recognition.pasted import Told
    from starlette_upgrade.ruleset.rule import Rule

    Subject = ReportedError | Rule

# Texts that rules give in part: what follows is one of the names that the rule is about.
_OPEN = ("cannot import name", "has no attribute")


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who knows the error: a reported error, or a rule. `line` is where the text tells of it."""

    subject: Subject
    weight: float
    line: int


def recognise(text: str, errors: Sequence[ReportedError], rules: Sequence[Rule]) -> list[Fit]:
    """All that know an exception of this text. What is told last comes first: the others are why it came to that.

    A rule that stands behind a reported error that fits is left to that.
    """
    known: list[tuple[Subject, tuple[Text, ...]]] = []
    known += [(error, tuple(map(text_of, error.says))) for error in errors]
    known += [(rule, tuple(texts_of(rule))) for rule in rules]
    for told in tiers(text):
        fits = [fit for subject, texts in known if (fit := _fit(subject, texts, told)) is not None]
        if fits:
            return _in_order(fits)
    return []


def best_first(fits: Sequence[Fit], seen: Collection[str]) -> list[Fit]:
    """Of those that fit as well as the first one does, the rules whose codes were `seen` in the code come first."""
    first = fits[0]
    alike = [fit for fit in fits if (fit.weight, fit.line) == (first.weight, first.line)]
    if isinstance(first.subject, ReportedError):
        return list(fits)
    alike.sort(key=lambda fit: not isinstance(fit.subject, ReportedError) and fit.subject.code not in seen)
    return [*alike, *(fit for fit in fits if fit not in alike)]


def texts_of(rule: Rule) -> Iterator[Text]:
    """What a program says that meets the rule: errors and warnings of its own and of its examples."""
    said = [*rule.errors, *rule.warnings]
    for example in rule.examples:
        said += [*example.errors, *example.warnings]
    names = tuple(_names(rule))
    for text in map(text_of, dict.fromkeys(said)):
        if not text.says and hasattr(builtins, text.cls):
            continue  # any program can end so
        if names and text.says.endswith(_OPEN):
            yield from (Text(text.cls, f"{text.says} '{name}'") for name in names)
        else:
            yield text


def _names(rule: Rule) -> Iterator[str]:
    for match in rule.matches:
        if isinstance(match, SymbolMatch):
            yield from (symbol.rpartition(".")[2] for symbol in match.symbols)
        elif isinstance(match, AttributeMatch):
            yield from match.names


def _fit(subject: Subject, texts: Sequence[Text], told: Sequence[Told]) -> Fit | None:
    typed = len(told) <= _FEW
    weights = ((number, _weight(texts, one, typed=typed)) for number, one in enumerate(told))
    fits = [Fit(subject, weight, number) for number, weight in weights if weight]
    if not fits and typed:
        pieces = ((number, max((text.holds(one) for text in texts), default=0)) for number, one in enumerate(told))
        fits = [Fit(subject, share * _PIECE, number) for number, share in pieces if share]
    return max(fits, key=_rank, default=None)


def _weight(texts: Iterable[Text], told: Told, *, typed: bool) -> float:
    """What a group of exceptions says is only how the one inside it came to be seen.

    In a log the name of the exception has to be there, too: many a line says `connection closed`.
    """
    weight = max((text.weight(told) for text in texts if typed or text.is_named(told)), default=0)
    return min(weight / _LONGEST, 1) * _GROUP if told.cls.endswith("Group") else weight


# A person who types a piece of what an error says types little else.
_FEW = 2
_PIECE, _GROUP, _NAME = 0.9, 0.01, 1
_LONGEST = 1000


def _rank(fit: Fit) -> tuple[int, int, float]:
    """A text tells more than the name of an exception, that more than a piece, and all more than a group.

    What is told later tells more than what led to it.
    """
    grade = (fit.weight > _GROUP) + (fit.weight >= _NAME) + (fit.weight > _NAME)
    return grade, fit.line, fit.weight


def _in_order(fits: list[Fit]) -> list[Fit]:
    fits.sort(key=_rank, reverse=True)
    behind: dict[str, Fit] = {}
    for fit in reversed(fits):
        if isinstance(fit.subject, ReportedError):
            behind.update(dict.fromkeys(fit.subject.rules, fit))
    ordered: list[Fit] = []
    for fit in fits:
        leader = fit if isinstance(fit.subject, ReportedError) else behind.get(fit.subject.code, fit)
        if leader not in ordered:
            ordered.append(leader)
    return ordered
