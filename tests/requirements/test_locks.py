"""Lock files: each format as its tool writes it, forks by Python, and bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from starlette_upgrade.requirements.locks import parse_pipenv_lock, parse_toml_lock
from starlette_upgrade.requirements.markers import marker_environment

PYTHON_39 = marker_environment("3.9.18")
PYTHON_312 = marker_environment("3.12.1")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("uv.lock", ["starlette 0.37.2"]),
        ("pdm.lock", ["starlette 0.37.2"]),
        ("poetry.lock", ["fastapi 0.110.3", "starlette 0.37.2"]),
        ("pylock.toml", ["starlette 0.37.2"]),
    ],
)
def test_reads_the_lock_of(name: str, expected: list[str], locks: Path) -> None:
    reading = parse_toml_lock((locks / name).read_text(), name, PYTHON_312)
    assert sorted(f"{pin.package} {pin.version}" for pin in reading.pins) == expected
    assert {(pin.source, pin.reason) for pin in reading.pins} == {(name, "locked")}
    assert reading.notes == ()


def test_reads_the_lock_of_pipenv(locks: Path) -> None:
    reading = parse_pipenv_lock((locks / "Pipfile.lock").read_text(), "Pipfile.lock", PYTHON_312)
    assert [(str(pin.version), pin.reason) for pin in reading.pins] == [("1.10.0", "locked")]


@pytest.mark.parametrize("name", ["uv-fork.lock", "poetry-fork.lock"])
def test_takes_the_fork_for_the_python_of_the_project(name: str, locks: Path) -> None:
    text = (locks / name).read_text()
    assert [str(pin.version) for pin in parse_toml_lock(text, name, PYTHON_39).pins] == ["0.44.0"]
    assert [str(pin.version) for pin in parse_toml_lock(text, name, PYTHON_312).pins] == ["1.0.0"]


def test_takes_the_fork_of_a_pylock_file() -> None:
    text = """
lock-version = "1.0"
[[packages]]
name = "starlette"
version = "0.44.0"
marker = "python_full_version < '3.10'"
[[packages]]
name = "starlette"
version = "1.0.0"
marker = "python_full_version >= '3.10'"
"""
    assert [str(pin.version) for pin in parse_toml_lock(text, "pylock.toml", PYTHON_39).pins] == ["0.44.0"]


def test_puts_the_oldest_of_several_possible_forks_first() -> None:
    text = """
[[package]]
name = "starlette"
version = "1.0.0"
resolution-markers = ["extra == 'extra-4-tiny-new'"]
[[package]]
name = "starlette"
version = "0.44.0"
resolution-markers = ["extra == 'extra-4-tiny-old'"]
"""
    reading = parse_toml_lock(text, "uv.lock", PYTHON_312)
    assert [str(pin.version) for pin in reading.pins] == ["0.44.0", "1.0.0"]


def test_takes_a_package_of_a_dependency_group_of_pep_751() -> None:
    text = """
[[packages]]
name = "starlette"
version = "0.44.0"
marker = "'dev' in dependency_groups"
"""
    assert [str(pin.version) for pin in parse_toml_lock(text, "pylock.toml", PYTHON_312).pins] == ["0.44.0"]


def test_takes_a_package_of_poetry_that_one_group_wants_here() -> None:
    text = """
[[package]]
name = "starlette"
version = "0.44.0"
markers = {main = "python_version < '3.10'", dev = "python_version >= '3.10'"}
"""
    assert [str(pin.version) for pin in parse_toml_lock(text, "poetry.lock", PYTHON_312).pins] == ["0.44.0"]


def test_sets_aside_what_is_locked_for_another_python() -> None:
    text = '[[package]]\nname = "starlette"\nversion = "0.44.0"\nmarker = "python_version < \'3.10\'"\n'
    reading = parse_toml_lock(text, "pdm.lock", PYTHON_312)
    assert (reading.pins, reading.notes) == ((), ())
    assert reading.set_aside == ("pdm.lock: `starlette 0.44.0` is not meant for this Python or platform",)


def test_compares_normalised_names() -> None:
    text = '[[package]]\nname = "Starlette"\nversion = "0.44.0"\n'
    assert [pin.package for pin in parse_toml_lock(text, "uv.lock", PYTHON_312).pins] == ["starlette"]


@pytest.mark.parametrize(
    "entry",
    ['name = "starlette-admin"\nversion = "0.14.1"', 'name = "sse-starlette"\nversion = "2.1.0"'],
)
def test_leaves_other_packages_alone(entry: str) -> None:
    reading = parse_toml_lock(f"[[package]]\n{entry}\n", "uv.lock", PYTHON_312)
    assert (reading.pins, reading.notes) == ((), ())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            '[[package]]\nname = "starlette"\nsource = { git = "https://example.org/starlette" }\n',
            "uv.lock: `starlette` is not from a package index, its version is unknown",
        ),
        (
            '[[package]]\nname = "starlette"\nversion = "main"\n',
            "uv.lock: `main` is not a version of starlette",
        ),
    ],
)
def test_notes_a_locked_package_without_a_version(text: str, note: str) -> None:
    reading = parse_toml_lock(text, "uv.lock", PYTHON_312)
    assert (reading.pins, reading.notes) == ((), (note,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "package = 3",
        "package = [3]",
        "[package]\nname = 'starlette'",
        "[[package]]\nname = 3\nversion = 4",
    ],
)
def test_a_toml_lock_of_another_shape_says_nothing(text: str) -> None:
    reading = parse_toml_lock(text, "uv.lock", PYTHON_312)
    assert (reading.pins, reading.notes) == ((), ())


@pytest.mark.parametrize(
    "text", ["[]", "3", '{"default": []}', '{"default": {"starlette": 3, "idna": null}, "_meta": 1}']
)
def test_a_pipenv_lock_of_another_shape_has_no_pin(text: str) -> None:
    assert parse_pipenv_lock(text, "Pipfile.lock", PYTHON_312).pins == ()


def test_pipenv_prefers_what_is_deployed_to_what_develops() -> None:
    develop, default = '{"starlette": {"version": "==0.40.0"}}', '{"starlette": {"version": "==0.37.2"}}'
    text = f'{{"develop": {develop}, "default": {default}}}'
    assert [str(pin.version) for pin in parse_pipenv_lock(text, "Pipfile.lock", PYTHON_312).pins] == ["0.37.2"]


def test_pipenv_honours_markers() -> None:
    text = '{"default": {"starlette": {"version": "==0.37.2", "markers": "python_version < \'3.10\'"}}}'
    assert parse_pipenv_lock(text, "Pipfile.lock", PYTHON_312).pins == ()
    assert len(parse_pipenv_lock(text, "Pipfile.lock", PYTHON_39).pins) == 1


def test_pipenv_notes_a_package_from_git() -> None:
    text = '{"default": {"starlette": {"git": "https://example.org/starlette", "ref": "abc"}}}'
    reading = parse_pipenv_lock(text, "Pipfile.lock", PYTHON_312)
    assert reading.notes == ("Pipfile.lock: `starlette` is not from a package index, its version is unknown",)


def test_pipenv_takes_python_multipart_from_where_it_is() -> None:
    multipart, starlette = {"version": "==0.0.9"}, {"version": "==0.37.2"}
    text = json.dumps({"default": {"python-multipart": multipart}, "develop": {"starlette": starlette}})
    pins = parse_pipenv_lock(text, "Pipfile.lock", PYTHON_312).pins
    assert {(pin.package, str(pin.version)) for pin in pins} == {
        ("python-multipart", "0.0.9"),
        ("starlette", "0.37.2"),
    }
