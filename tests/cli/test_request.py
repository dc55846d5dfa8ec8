from __future__ import annotations

import pytest

from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.request import Request, split
from starlette_upgrade.ruleset.lifecycle import Impact


def test_lists_are_separated_by_commas_repeated_or_both() -> None:
    assert split(["SU101, SU102", "SU103,"]) == ("SU101", "SU102", "SU103")
    assert split([]) == ()


def test_the_gate_is_a_set_of_impacts() -> None:
    assert Request("check").gate() == {Impact.BREAK}
    assert Request("check", fail_on=("silent", "break")).gate() == {Impact.BREAK, Impact.SILENT}
    assert Request("check", fail_on=("never",)).gate() == frozenset()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request("check", fail_on=("brake",)), "--fail-on: unknown value `brake`; did you mean `break`?"),
        (Request("check", fail_on=("never", "break")), "--fail-on: `never` can't stand beside an impact"),
        (Request("check", fail_on=()), "--fail-on needs a value: an impact, or `never`"),
        (Request("check", format="xml"), "--format: unknown value `xml`; choose from full, concise, json"),
        (Request("check", color="alway"), "--color: unknown value `alway`; did you mean `always`?"),
        (Request("fix", diff=True, format="json"), "--diff prints a diff, not JSON: leave out --format json"),
    ],
)
def test_a_wrong_value_is_named_with_a_cure(request_: Request, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        request_.check()
    assert str(caught.value) == message
