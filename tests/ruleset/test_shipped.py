"""The rules that are shipped keep the rules of the house."""

from __future__ import annotations

import ast
import difflib
import re
from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.match.matching import BEHAVIOURS, EXPOSURES, HAZARDS
from starlette_upgrade.rewrite import planning
from starlette_upgrade.ruleset.fixes import FIX_KINDS
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import load_releases, load_rules, rules_folder
from starlette_upgrade.ruleset.rule import (
    PACKAGES,
    ArgumentMatch,
    AttributeMatch,
    BehaviourMatch,
    OverrideMatch,
    SymbolMatch,
)
from starlette_upgrade.ruleset.selection import all_rules, labels
from starlette_upgrade.semantics.catalogue import Catalogue
from starlette_upgrade.semantics.types import ClassType, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette_upgrade.ruleset.rule import Release, Rule

RELEASES = load_releases()
RULES = all_rules(load_rules())
CATALOGUE = Catalogue(rules_folder() / "model")
KNOWN = {package: load_known(package=package).releases for package in PACKAGES}

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.title.replace(" ", "-") for rule in RULES])
each_release = pytest.mark.parametrize(
    "release", RELEASES, ids=[f"{release.package}-{release.version}" for release in RELEASES]
)


def test_codes_and_names_are_given_once() -> None:
    words = [word for rule in RULES for word in (rule.code, rule.name)]
    assert len(words) == len(set(words))


def test_no_tag_is_some_rules_name() -> None:
    names = {rule.name for rule in RULES} | {rule.code.lower() for rule in RULES}
    assert names.isdisjoint(tag for rule in RULES for tag in labels(rule)[2:])


@each_release
def test_a_file_is_of_a_published_release_and_holds_at_most_fifty_rules(release: Release) -> None:
    assert release.version in KNOWN[release.package]
    assert len(release.rules) <= 50
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", release.date)


@each_rule
def test_every_version_of_a_rule_was_published(rule: Rule) -> None:
    versions = (
        rule.since,
        rule.cured,
        rule.deprecated,
        rule.removed,
        rule.changed,
        rule.reverted,
        rule.reused,
        *(example.runs for example in rule.examples),
        *(fix.replacement_since for fix in rule.fixes),
    )
    known = KNOWN[rule.package]
    if rule.advisory is not None and rule.since is not None and rule.since < known[0]:
        versions = versions[1:]  # the advisory looks further back than the rules
    assert [str(version) for version in versions if version is not None and version not in known] == []


@each_rule
def test_the_first_digit_of_a_code_tells_the_kind(rule: Rule) -> None:
    changes = "3" if rule.package == "fastapi" else "12"
    assert rule.code[2] in {"change": changes, "hazard": "4", "advisory": "5"}[rule.nature]


@each_rule
def test_a_rule_stands_in_the_file_of_the_release_that_matters_most(rule: Rule) -> None:
    assert rule.release == (rule.removed or rule.changed or rule.deprecated)


@each_rule
def test_a_rewrite_makes_what_exists_when_the_old_form_goes(rule: Rule) -> None:
    if rule.code in ("SU209", "SU210"):  # its name changed once more; on the way there nothing is rewritten
        return
    end = rule.removed or rule.changed
    for fix in rule.fixes:
        # What is looped over instead of routes came two releases later; on the way there, nothing is rewritten.
        if fix.replacement_since is not None and end is not None and fix.kind not in ("manual", "route-contexts"):
            assert fix.replacement_since <= end


@each_rule
def test_a_rule_has_an_example_that_changes_something(rule: Rule) -> None:
    assert bool(rule.examples) != (rule.nature == "advisory")
    assert all(example.before != example.after for example in rule.examples)


@each_rule
def test_examples_are_python_and_end_with_one_newline(rule: Rule) -> None:
    for example in rule.examples:
        for text in filter(None, (example.before, example.after, example.probe)):
            ast.parse(text)
            assert text.endswith("\n")
            assert not text.endswith("\n\n")


@each_rule
def test_texts_are_sentences_for_people(rule: Rule) -> None:
    assert rule.summary[0].isupper() or rule.summary[0] == "`"
    assert rule.advice.rstrip().endswith((".", "`", ")"))
    for text in (rule.summary, rule.message, rule.advice):
        assert text == text.strip()
        assert "\n" not in text
        assert text.count("`") % 2 == 0, text


@each_rule
def test_a_message_holds_no_other_names_than_the_engine_fills_in(rule: Rule) -> None:
    for text in (rule.message, rule.summary):
        unquoted = re.sub(r"`[^`]*`", lambda quoted: "" if "{" not in quoted[0] else quoted[0], text)
        assert set(re.findall(r"\{(\w+)\}", unquoted)) <= {"name", "replacement", "receiver"}


@each_rule
def test_tags_are_lower_case_words(rule: Rule) -> None:
    assert rule.tags, "at least the area"
    for tag in rule.tags:
        assert re.fullmatch(r"area:[a-z]+|security", tag)
        assert not tag.startswith(("kind:", "release:", "fix:"))


@each_rule
def test_every_behaviour_is_a_function_that_exists(rule: Rule) -> None:
    for match in rule.matches:
        if isinstance(match, BehaviourMatch):
            own = {"change": BEHAVIOURS, "hazard": HAZARDS, "advisory": EXPOSURES}[rule.nature]
            assert match.function in own


def test_every_behaviour_belongs_to_a_rule() -> None:
    used = {match.function for rule in RULES for match in rule.matches if isinstance(match, BehaviourMatch)}
    assert used == {*BEHAVIOURS, *HAZARDS, *EXPOSURES}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.advisory is not None], ids=lambda rule: rule.code)
def test_a_vulnerability_has_sources_a_proof_and_its_tag(rule: Rule) -> None:
    assert rule.advisory is not None
    ast.parse(rule.advisory.proof)
    assert "assert " in rule.advisory.proof or "AssertionError" in rule.advisory.proof
    assert all(source.startswith("https://") for source in rule.advisory.sources)
    assert "security" in rule.tags
    assert not rule.summary.endswith(".")
    assert rule.advisory.severity != "unrated" or not rule.advisory.score


def test_no_identifier_is_of_two_vulnerabilities() -> None:
    ids = [one for rule in RULES if rule.advisory is not None for one in rule.advisory.ids]
    assert len(ids) == len(set(ids))


@each_rule
def test_every_class_that_a_rule_speaks_of_is_in_the_catalogue(rule: Rule) -> None:
    for name in classes_of(rule):
        assert CATALOGUE.canonical(name) == name, f"{name} is written by another name than its own"
        near = difflib.get_close_matches(name, CATALOGUE.classes, n=1)
        assert name in CATALOGUE.classes, f"unknown class; near: {near}"


@each_rule
def test_every_symbol_is_a_dotted_path_of_its_package(rule: Rule) -> None:
    for name in symbols_of(rule):
        assert re.fullmatch(rf"{rule.package}(\.[a-z_0-9]+)+\.\w+", name)


@each_rule
def test_every_symbol_reaches_the_matcher_under_its_own_name(rule: Rule) -> None:
    """An alias of the catalogue would turn the symbol into something else before the rule sees it."""
    for match in rule.matches:
        if isinstance(match, SymbolMatch):
            assert [CATALOGUE.canonical(name) for name in match.symbols] == list(match.symbols)


@each_rule
def test_what_a_symbol_is_replaced_by_is_another_thing(rule: Rule) -> None:
    symbols = set(symbols_of(rule))
    for fix in rule.fixes:
        if fix.kind == "replace-symbol" and symbols:
            assert {old for old, _ in fix.replaces} <= symbols
            assert fix.requires or symbols <= {old for old, _ in fix.replaces}  # another package may have less
            assert symbols.isdisjoint(new for _, new in fix.replaces)


@each_rule
def test_a_fix_limited_to_a_class_names_a_known_one(rule: Rule) -> None:
    assert [fix.receiver for fix in rule.fixes if fix.receiver and fix.receiver not in CATALOGUE.classes] == []


@each_rule
def test_of_several_fixes_only_the_last_takes_every_usage(rule: Rule) -> None:
    assert all(fix.receiver or fix.only or fix.opt_in for fix in rule.fixes[:-1])


def test_every_kind_of_fix_has_its_planner() -> None:
    assert set(FIX_KINDS) - {"manual"} == set(planning.PLANNERS)


def test_every_base_and_type_in_the_catalogue_that_is_starlettes_is_known() -> None:
    missing = {
        f"{cls}: {name}"
        for cls, entry in CATALOGUE.classes.items()
        for name in mentioned(entry)
        if name.startswith(("starlette.", "fastapi.")) and name not in CATALOGUE.classes
    }
    assert missing == set()


def test_every_alias_of_the_catalogue_leads_to_a_class_or_a_module_that_is_known() -> None:
    loops = [name for name in CATALOGUE.symbols if CATALOGUE.canonical(name) == name]
    assert loops == []


def test_no_class_of_the_catalogue_is_its_own_base() -> None:
    for name in CATALOGUE.classes:
        assert list(CATALOGUE.bases(name)).count(name) == 1


def test_what_a_class_keeps_is_something_a_rule_takes_away() -> None:
    spoken_of = {name for rule in RULES for match in rule.matches for name in attributes_of(match)}
    keeps = {name for entry in CATALOGUE.classes.values() for name in entry.get("keeps", ())}
    assert keeps <= spoken_of


def classes_of(rule: Rule) -> Iterator[str]:
    for match in rule.matches:
        if isinstance(match, AttributeMatch | OverrideMatch | BehaviourMatch):
            yield from match.classes
        elif isinstance(match, ArgumentMatch):
            for name in match.callables:
                last = name.rpartition(".")[2]
                yield name if last[0].isupper() else name.rpartition(".")[0]


def symbols_of(rule: Rule) -> Iterator[str]:
    for match in rule.matches:
        if isinstance(match, SymbolMatch):
            yield from match.symbols


def attributes_of(match: object) -> Iterator[str]:
    if isinstance(match, AttributeMatch | OverrideMatch):
        yield from match.names
    elif isinstance(match, ArgumentMatch):
        yield from match.keywords


def mentioned(entry: dict[str, object]) -> Iterator[str]:
    bases = entry.get("bases", [])
    assert isinstance(bases, list)
    yield from bases
    for table in ("attributes", "returns"):
        texts = entry.get(table, {})
        assert isinstance(texts, dict)
        for text in texts.values():
            for member in members(CATALOGUE.parse(text)):
                cls = member if isinstance(member, ClassType) else getattr(member, "cls", None)
                if isinstance(cls, ClassType):
                    yield cls.name
