from __future__ import annotations

import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from starlette_upgrade.cli import quick
from starlette_upgrade.cli.app import app
from starlette_upgrade.cli.app import parse as parse_with_typer
from starlette_upgrade.cli.failure import CommandError
from starlette_upgrade.cli.request import Request

TEXTS = [*quick._TEXTS, *quick._FIX_TEXTS, *quick._LISTS]
FLAGS = [*quick._FLAGS, *quick._FIX_FLAGS]
VALUES = [
    "0.40.0",
    "full",
    "SU101",
    "SU101,route-decorator-removed",
    "a, b,,",
    "break,silent",
    ".",
    "=",
    "a=b",
]
WORDS = [*TEXTS, *FLAGS, *VALUES, *[f"{o}={v}" for o in TEXTS for v in ("1", "", "-1")]]
ODD = ["--", "-", "-qv", "--nope", "--help", "--from", "-h", "", "check", "--dif"]


def slow(arguments: list[str]) -> Request | int | None:
    try:
        return parse_with_typer(arguments)
    except CommandError:
        return None


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["check", "fix"]), st.lists(st.sampled_from([*WORDS, *ODD]), max_size=6))
def test_what_is_read_quickly_is_read_alike_by_typer(command: str, words: list[str]) -> None:
    request = quick.parse([command, *words])
    if request is not None:
        assert slow([command, *words]) == request


def test_what_people_and_hooks_type_is_read_quickly() -> None:
    for line in (
        "check",
        "check .",
        "check src tests --from 0.40.0 --to=1.10.0",
        "check a.py b.py --select SU101,SU104 --ignore=x --fail-on break,silent --exit-zero",
        "check --format json --python .venv -q -v --color never --no-triage --include-possible",
        "fix --diff --unsafe --allow-dirty src",
        "fix -i src",
        "fix - --stdin-filename app/main.py -q",
        "fix --unsafe --style table src",
    ):
        assert quick.parse(line.split()) is not None, line


def test_the_rest_is_left_to_typer() -> None:
    for line in (
        "",
        "--version",
        "explain SU101",
        "check --help",
        "check -qv",
        "check --diff",
        "check --style table",
        "check --from",
        "check --from --to 1.0.0",
        "check -- -odd-name.py",
        "check --form full",
        "check --quiet=1",
    ):
        assert quick.parse(line.split()) is None, line


def test_both_know_the_same_options() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, flags in (("check", [*quick._FLAGS]), ("fix", [*quick._FLAGS, *quick._FIX_FLAGS])):
        options = {o for p in commands[name].params if p.param_type_name == "option" for o in p.opts}
        texts = [text for text in TEXTS if name == "fix" or text not in quick._FIX_TEXTS]
        assert options - {"--help", "-h"} == {*texts, *flags}
