"""rules/errors.toml: the form of the file, and what is shipped."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from starlette_upgrade.ruleset.errors import RulesetError
from starlette_upgrade.ruleset.known import load_known
from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.reported import ReportedError, load_errors, names_of
from starlette_upgrade.ruleset.selection import all_rules

ERRORS = load_errors()
RULES = all_rules(load_rules())

GOOD = """
[[error]]
name = "body-twice"
title = "The body was received already"
says = ["RuntimeError: Stream consumed"]
cause = "It comes once."
cure = "Receive it once."
rules = ["SU400"]
sources = ["https://example.org/1"]

[[error.proof]]
says = "RuntimeError: Stream consumed"
since = "0.20.0"
program = "raise RuntimeError"
"""

each_error = pytest.mark.parametrize("error", ERRORS, ids=[error.name for error in ERRORS])


def load(folder: Path, text: str) -> tuple[ReportedError, ...]:
    file = folder / "errors.toml"
    file.write_text(text)
    return load_errors(file)


def test_an_error_is_read(tmp_path: Path) -> None:
    [error] = load(tmp_path, GOOD)
    assert (error.name, error.rules) == ("body-twice", ("SU400",))
    [proof] = error.proofs
    assert (str(proof.since), proof.until, proof.server) == ("0.20.0", None, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('cure = "Receive it once."\n', "", "errors.toml, error body-twice: `cure` is missing"),
        ("cure =", 'cures = "x"\ncure =', "unknown key `cures` (did you mean `cure`?)"),
        ('"body-twice"', '"Body twice"', "`name` must be kebab-case"),
        ('"SU400"', '"stream-consumed"', "`rules` must hold codes"),
        ('"https:', '"http:', "`sources` must hold addresses"),
        ('since = "0.20.0"', 'since = "0.20.0"\nuntil = "0.19.0"', "`until` 0.19.0 comes before `since` 0.20.0"),
        ('["RuntimeError: Stream consumed"]', "[]", "`says` is empty"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(RulesetError) as raised:
        load(tmp_path, GOOD.replace(old, new))
    assert said in str(raised.value)


def test_a_name_or_text_belongs_to_one_error(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="`body-twice` is already taken by body-twice"):
        load(tmp_path, GOOD + GOOD)


def test_names_are_those_of_errors_and_of_exceptions(tmp_path: Path) -> None:
    errors = load(tmp_path, GOOD.replace('["Runtime', '["BrokenResourceError", "Runtime'))
    assert list(names_of(errors)) == ["body-twice", "brokenresourceerror"]


def test_no_error_is_called_like_a_rule() -> None:
    assert {rule.name for rule in RULES}.isdisjoint(error.name for error in ERRORS)


def test_every_rule_behind_an_error_exists() -> None:
    codes = {rule.code for rule in RULES}
    missing = {error.name: [code for code in error.rules if code not in codes] for error in ERRORS}
    assert {name: absent for name, absent in missing.items() if absent} == {}


def test_every_hazard_that_says_something_is_behind_an_error() -> None:
    """Where nothing is raised, an example asserts what should be: an `AssertionError` is nobody's text."""
    behind = {code for error in ERRORS for code in error.rules}
    telling = [rule for rule in RULES if rule.nature == "hazard" and rule.errors != ("AssertionError",)]
    assert [rule.title for rule in telling if rule.code not in behind] == []


@each_error
def test_texts_are_sentences_for_people(error: ReportedError) -> None:
    assert error.title[0].isupper()
    assert not error.title.endswith(".")
    for text in (error.cause, error.cure):
        assert text == text.strip()
        assert text.endswith(".")
        assert text.count("`") % 2 == 0, text


@each_error
def test_proofs_are_programs_on_published_releases(error: ReportedError) -> None:
    known = load_known().releases
    for proof in error.proofs:
        ast.parse(proof.program)
        assert all(v in known for v in (proof.since, proof.until, proof.runs) if v is not None)
