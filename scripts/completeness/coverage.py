"""Which rule speaks of a difference? Computed from what its matches name and from its releases, never declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.completeness.difference import is_private
from starlette_upgrade.ruleset.rule import ArgumentMatch, AttributeMatch, BehaviourMatch, OverrideMatch, SymbolMatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

    from scripts.completeness.api import Api
    from scripts.completeness.difference import Difference
    from starlette_upgrade.ruleset.rule import Match, Rule

# Of which of its releases a rule has to be the one in which the difference is; all others break.
_WARNS = frozenset({"warning", "wording", "deprecated"})
_WARNS_OR_BREAKS = frozenset({"star", "default"})
_OF_PARAMETERS = frozenset({"parameter", "required", "default", "position", "variadic"})


class Coverage:
    """The rules of one release, and the classes of the two releases that they may be asked about."""

    def __init__(self, version: Version, rules: Sequence[Rule], old: Api, new: Api) -> None:
        self._version = version
        self._rules = [rule for rule in rules if version in boundaries(rule)]
        self._named = {name for rule in self._rules for name in _names(rule)}
        self._apis = (old, new)

    def rule_for(self, difference: Difference) -> Rule | None:
        """A rule that covers it."""
        return next((rule for rule in self._rules if self._covers(rule, difference)), None)

    def is_public(self, difference: Difference) -> bool:
        """Whether somebody may use what differs: it has no leading underscore, warns, or a rule names it."""
        key = difference.key
        if difference.kind in ("warning", "wording") or not (is_private(key) or is_private(difference.parameter)):
            return True
        return not self._named.isdisjoint(self._dotted(key))

    def _covers(self, rule: Rule, difference: Difference) -> bool:
        warns, breaks = self._version == rule.deprecated, self._version in (rule.removed, rule.changed)
        if difference.kind in _WARNS:
            if not warns and self._version != rule.changed:
                return False
            if any(_says(difference.said, text) for text in rule.warnings):
                return True
        elif not breaks and not (warns and difference.kind in _WARNS_OR_BREAKS):
            return False
        return any(self._names(match, difference) for match in rule.matches)

    def _names(self, match: Match, difference: Difference) -> bool:
        key = difference.key.removesuffix(".__init__")
        if isinstance(match, SymbolMatch):
            inside = difference.kind in _WARNS and any(name.startswith(f"{key}.") for name in match.symbols)
            return inside or (key.replace(":", ".") in match.symbols and difference.kind not in _OF_PARAMETERS)
        if isinstance(match, ArgumentMatch):
            return any(name in match.callables for name in self._dotted(key)) and _is_given(match, difference)
        if isinstance(match, OverrideMatch) or (
            isinstance(match, AttributeMatch) and difference.kind not in _OF_PARAMETERS
        ):
            return any(f"{owner}.{name}" in self._dotted(key) for owner in match.classes for name in match.names)
        return False

    def _dotted(self, key: str) -> set[str]:
        """The names by which a rule can speak of it: of a class and its members also those of its kin."""
        found = {key.replace(":", ".")}
        for api in self._apis:
            owner, _, member = key.rpartition(".")
            for cls, rest in ((key, ""), (owner, f".{member}")):
                if api.is_class(cls):
                    found |= {f"{kin.replace(':', '.')}{rest}" for kin in _kin(api, cls)}
        return found


def boundaries(rule: Rule) -> set[Version]:
    """The releases at which a rule says that something begins or ends."""
    named = (rule.deprecated, rule.removed, rule.changed, rule.reverted, rule.reused)
    return {version for version in named if version is not None}


def _kin(api: Api, key: str) -> Iterator[str]:
    """The bases of a class, itself, and the classes that inherit from it."""
    yield from api.order(key)
    yield from (below for below in api.classes if key in api.order(below))


def _is_given(match: ArgumentMatch, difference: Difference) -> bool:
    if difference.kind == "position":
        return match.position is not None and match.position == difference.position
    if difference.kind == "variadic":
        return bool(match.known) and difference.parameter == "**"
    if difference.kind == "required" and not match.missing:
        return False
    if match.known:
        return difference.parameter not in match.known
    by_place = difference.kind == "required" and not match.keywords and match.position == difference.position
    return difference.parameter in match.keywords or (by_place and match.position is not None)


def _says(said: str, text: str) -> bool:
    """Whether a rule's warning is, at least in part, this one, whose source has braces for what is filled in."""
    category, _, wanted = text.partition(": ")
    is_, _, told = said.partition(": ")
    pattern = ".*".join(map(re.escape, re.split(r"\{[^}]*\}", told)))
    wanted = " ".join(wanted.split())
    return category == is_ and bool(wanted) and (wanted in told or re.fullmatch(pattern, wanted) is not None)


def _names(rule: Rule) -> set[str]:
    """All that the matches of a rule name, by dotted names."""
    found: set[str] = set()
    for match in rule.matches:
        if isinstance(match, SymbolMatch):
            found |= set(match.symbols)
        elif isinstance(match, ArgumentMatch):
            found |= set(match.callables)
        elif isinstance(match, AttributeMatch | OverrideMatch):
            found |= {f"{owner}.{name}" for owner in match.classes for name in match.names}
        elif isinstance(match, BehaviourMatch):
            members = (*match.attributes, *match.members)
            found |= {f"{owner}.{name}" for owner in match.classes for name in members}
    return found
