"""Which rules a person asked for: by code, name, release or tag."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.lifecycle import Move, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette_upgrade.ruleset.rule import Group, Rule


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule that means something for this upgrade, with its meaning. `chosen`: it was selected by code or name."""

    rule: Rule
    verdict: Verdict
    chosen: bool = False


def labels(rule: Rule) -> tuple[str, ...]:
    """Every word that selects this rule: code, name, `release:…`, `kind:…`, `fix:…`, its own tags, published ids.

    A rule of FastAPI's has `package:fastapi`, too, and its release is `release:fastapi-0.137.0`.
    """
    change = "removed" if rule.removed else "changed" if rule.changed else "deprecated"
    kind = change if rule.nature == "change" else rule.nature
    fixes = dict.fromkeys(f"fix:{fix.safety}" for fix in rule.fixes)
    package, prefix = (("package:fastapi",), "fastapi-") if rule.package == "fastapi" else ((), "")
    return (
        rule.code,
        rule.name,
        *package,
        *((f"release:{prefix}{rule.release}",) if rule.release is not None else ()),
        f"kind:{kind}",
        *fixes,
        *rule.tags,
        *(identifier.lower() for identifier in (rule.advisory.ids if rule.advisory is not None else ())),
    )


def all_rules(groups: Iterable[Group]) -> list[Rule]:
    return [rule for group in groups for rule in group.rules]


def find_rule(groups: Iterable[Group], word: str) -> Rule:
    """The rule with this code, name or published id. Raises RulesetError with a suggestion."""
    rules = all_rules(groups)
    for rule in rules:
        ids = rule.advisory.ids if rule.advisory is not None else ()
        if word.upper() in (rule.code, *map(str.upper, ids)) or word.lower() == rule.name:
            return rule
    raise RulesetError(f"unknown rule `{word}`{_suggest(word, [w for r in rules for w in (r.code, r.name)])}")


def activate(
    groups: Iterable[Group], move: Move, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[ActiveRule, ...]:
    """The rules that mean something for `move`, within `select` (all, if empty) and without `ignore`.

    Raises RulesetError for a word that selects no rule at all.
    """
    rules = all_rules(groups)
    words = {word.lower() for rule in rules for word in labels(rule)}
    for word in (*select, *ignore):
        if word.lower() not in words:
            raise RulesetError(f"unknown rule or tag `{word}`{_suggest(word, sorted(words))}")
    chosen, dropped = {w.lower() for w in select}, {w.lower() for w in ignore}
    active = []
    for rule in rules:
        own = {word.lower() for word in labels(rule)}
        if (chosen and not own & chosen) or own & dropped:
            continue
        verdict = judge(rule, move)
        if verdict:
            named = not chosen.isdisjoint((rule.code.lower(), rule.name.lower()))
            active.append(ActiveRule(rule, verdict, named))
    return tuple(active)


def _suggest(word: str, known: Sequence[str]) -> str:
    written = {label.lower(): label for label in known}
    near = [written[label] for label in difflib.get_close_matches(word.lower(), written, n=1, cutoff=0.6)]
    return f"; did you mean `{near[0]}`?" if near else "; `starlette-upgrade rules` lists them"
