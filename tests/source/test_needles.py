"""The patterns by which a file is passed over: none may pass over a usage."""

from __future__ import annotations

import re

import pytest
from packaging.version import Version

from starlette_upgrade.ruleset.loader import load_rules
from starlette_upgrade.ruleset.rule import ArgumentMatch, BehaviourMatch
from starlette_upgrade.ruleset.selection import all_rules
from starlette_upgrade.source import needles

RULES = {rule.code: rule for rule in all_rules(load_rules())}


def asked_by(code: str, *kinds: type) -> list[needles.Test]:
    rule = RULES[code]
    assert any(isinstance(match, kinds) for match in rule.matches)
    return list(needles.tests_of([rule], lambda cls, attribute: False))


def passes(tests: list[needles.Test], text: str) -> bool:
    data = text.encode()
    return any(
        any(word in data for word in test.words)
        and (not test.patterns or any(re.search(pattern, data) for pattern in test.patterns))
        for test in tests
    )


class TestPositions:
    """SU174 is about the second argument, SU175 about the third."""

    @pytest.mark.parametrize(
        "text",
        [
            'client.post("/", {})',
            "client.post(url, payload)",
            'client.put(f"/{number}", None, body)',
            'client.post("/" + path)',
            'client.post("/", *more)',
            'client.post(\n    "/",\n    None,\n)',
            'client.post(url_for("a", b=1), body)',
            "from client import post as send",
        ],
    )
    def test_a_call_that_may_have_a_second_argument_counts(self, text: str) -> None:
        assert passes(asked_by("SU174", ArgumentMatch), text)

    @pytest.mark.parametrize(
        "text",
        [
            "client.post()",
            'client.post("/")',
            'client.post("/",)',
            "client.post(url)",
            'client.post(\n    "/",\n    json={"a": 1},\n)',
            'client.post(f"/{number}", **options)',
            'client.post(url="/", data={})',
        ],
    )
    def test_a_call_that_plainly_has_none_does_not(self, text: str) -> None:
        assert not passes(asked_by("SU174", ArgumentMatch), text)

    def test_a_third_argument_is_told_from_a_second(self) -> None:
        tests = asked_by("SU175", ArgumentMatch)
        assert passes(tests, 'client.request("GET", "/", {})')
        assert not passes(tests, 'client.request("GET", "/", params={})')


class TestKeywordsOfABehaviour:
    def test_a_call_or_a_dict_with_the_keyword_counts(self) -> None:
        tests = asked_by("SU176", BehaviourMatch)
        assert passes(tests, 'client.post("/", data = body)')
        assert passes(tests, 'options = {"data": body}')
        assert not passes(tests, "data == body")


def test_what_a_test_client_gives_is_looked_for_where_the_client_is_named() -> None:
    assert {test.owners for test in asked_by("SU180", object)} == {(b"TestClient",)}
    assert RULES["SU180"].removed == Version("0.21.0")
