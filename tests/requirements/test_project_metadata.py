"""pyproject.toml, Pipfile, setup.cfg and setup.py: every place that can name Starlette."""

from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade.requirements.markers import marker_environment
from starlette_upgrade.requirements.project_metadata import (
    parse_pipfile,
    parse_pyproject,
    read_project_metadata,
)
from starlette_upgrade.requirements.setup_files import parse_setup_cfg, parse_setup_py

PYTHON_312 = marker_environment("3.12.1")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[project]\ndependencies = ['idna', 'starlette>=0.37']", "project.dependencies"),
        ("[project.optional-dependencies]\nweb = ['starlette>=0.37']", "project.optional-dependencies.web"),
        ("[dependency-groups]\ndev = [{include-group = 'x'}, 'starlette>=0.37']", "dependency-groups.dev"),
        ("[tool.uv]\ndev-dependencies = ['starlette>=0.37']", "tool.uv.dev-dependencies"),
        ("[tool.uv]\nconstraint-dependencies = ['starlette>=0.37']", "tool.uv.constraint-dependencies"),
        ("[tool.uv]\noverride-dependencies = ['starlette>=0.37']", "tool.uv.override-dependencies"),
        ("[tool.pdm.dev-dependencies]\ntest = ['starlette>=0.37']", "tool.pdm.dev-dependencies.test"),
        ("[tool.poetry.dependencies]\nstarlette = '>=0.37'", "tool.poetry.dependencies"),
        (
            "[tool.poetry.dependencies]\nStarlette = {version = '>=0.37', extras = ['full']}",
            "tool.poetry.dependencies",
        ),
        ("[tool.poetry.group.dev.dependencies]\nstarlette = '>=0.37'", "tool.poetry.group.dev.dependencies"),
        ("[tool.poetry.dev-dependencies]\nstarlette = '>=0.37'", "tool.poetry.dev-dependencies"),
    ],
)
def test_reads_a_range_from(text: str, place: str) -> None:
    (found,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).ranges
    assert found.source == f"pyproject.toml ({place})"
    assert [str(one) for one in found.alternatives] == [">=0.37"]


def test_a_pin_in_the_metadata_is_a_pin() -> None:
    text = "[project]\ndependencies = ['starlette[full]==0.37.2']"
    (pin,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).pins
    assert (str(pin.version), pin.reason) == ("0.37.2", "pinned `starlette[full]==0.37.2`")


def test_a_bare_version_in_poetry_is_a_pin() -> None:
    text = "[tool.poetry.dependencies]\nstarlette = '0.37.2'"
    (pin,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).pins
    assert (str(pin.version), pin.reason) == ("0.37.2", "pinned `starlette 0.37.2`")


@pytest.mark.parametrize(
    "wanted",
    [
        "'*'",
        "{version = '*', extras = ['full']}",
        "{}",
        "3",
        "[]",
        "[3]",
        "{version = 3}",
        "{optional = true}",
    ],
)
def test_poetry_says_nothing_with(wanted: str) -> None:
    reading = parse_pyproject(f"[tool.poetry.dependencies]\nstarlette = {wanted}", "pyproject.toml", PYTHON_312)
    assert (reading.pins, reading.ranges, reading.notes) == ((), (), ())


def test_poetry_takes_the_constraint_for_the_python_of_the_project() -> None:
    text = """
[tool.poetry.dependencies]
starlette = [
  {version = "0.44.0", python = "<3.10"},
  {version = "0.40.0", markers = "sys_platform == 'nowhere'"},
  {version = "1.0.0", python = "^3.10"},
]
"""
    (pin,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).pins
    assert str(pin.version) == "1.0.0"


def test_poetry_alternatives_are_one_range() -> None:
    text = "[tool.poetry.dependencies]\nstarlette = '^0.36 || ^0.38'"
    (found,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).ranges
    assert (len(found.alternatives), found.has_floor) == (2, True)


@pytest.mark.parametrize("source", ["git = 'https://example.org/x'", "path = '../starlette'", "url = 'https://x'"])
def test_poetry_notes_a_package_from_elsewhere(source: str) -> None:
    text = f"[tool.poetry.dependencies]\nstarlette = {{{source}}}"
    (note,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).notes
    assert note.startswith("pyproject.toml (tool.poetry.dependencies): `starlette` is not from a package index")


def test_poetry_notes_a_constraint_that_is_not_valid() -> None:
    text = "[tool.poetry.dependencies]\nstarlette = 'latest'"
    (note,) = parse_pyproject(text, "pyproject.toml", PYTHON_312).notes
    assert note == "pyproject.toml (tool.poetry.dependencies): can't read the requirement `starlette latest`"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "project = 3",
        "[project]\ndependencies = 'idna'",
        "[project]\ndependencies = [1, {a = 2}]",
        "[project]\noptional-dependencies = ['starlette>=0.37']",
        "[tool]\npoetry = 'yes'",
        "[tool.poetry.group]\ndev = 1",
        "[[dependency-groups]]\ndev = ['starlette>=0.37']",
    ],
)
def test_a_pyproject_of_another_shape_says_nothing(text: str) -> None:
    reading = parse_pyproject(text, "pyproject.toml", PYTHON_312)
    assert (reading.pins, reading.ranges, reading.notes) == ((), (), ())


@pytest.mark.parametrize(
    ("wanted", "pins", "ranges"),
    [
        ("'*'", 0, 0),
        ("'==0.37.2'", 1, 0),
        ("'~=0.37.0'", 0, 1),
        ("{version = '>=0.37', extras = ['full']}", 0, 1),
    ],
)
def test_pipfile_reads(wanted: str, pins: int, ranges: int) -> None:
    reading = parse_pipfile(f"[packages]\nstarlette = {wanted}", "Pipfile", PYTHON_312)
    assert (len(reading.pins), len(reading.ranges), reading.notes) == (pins, ranges, ())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[options]\ninstall_requires =\n    idna\n    starlette>=0.37  # web\n", "options.install_requires"),
        ("[options.extras_require]\nweb =\n  starlette>=0.37\n", "options.extras_require.web"),
    ],
)
def test_setup_cfg_reads(text: str, place: str) -> None:
    (found,) = parse_setup_cfg(text, "setup.cfg", PYTHON_312).ranges
    assert (found.source, found.written) == (f"setup.cfg ({place})", "starlette>=0.37")


@pytest.mark.parametrize("text", ["no section", "[a\nb", "[options]\n[options]\nx", "[options]\n%(x)s"])
def test_setup_cfg_that_is_not_valid_raises_no_other_error(text: str) -> None:
    try:
        reading = parse_setup_cfg(text, "setup.cfg", PYTHON_312)
    except ValueError:
        return
    assert reading.ranges == ()


@pytest.mark.parametrize(
    "text",
    [
        "from setuptools import setup\nsetup(name='x', install_requires=['idna', 'starlette>=0.37'])",
        "import setuptools\nsetuptools.setup(install_requires=('starlette>=0.37',))",
        "requires = ['starlette>=0.37']\nsetup(install_requires=requires)",
        "setup(install_requires='idna\\nstarlette>=0.37')",
        "setup(extras_require={'web': ['starlette>=0.37']})",
        "setup(extras_require={'web': 'starlette>=0.37', 'x': read()})",
        "if True:\n    setup(install_requires=['idna', *more, 'starlette>=0.37'])",
    ],
)
def test_setup_py_reads_literals(text: str) -> None:
    (found,) = parse_setup_py(text, "setup.py", PYTHON_312).ranges
    assert found.written == "starlette>=0.37"


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=open('requirements.txt').read())",
        "setup(install_requires=requires)",
        "setup(**{'install_requires': ['starlette>=0.37']})",
        "other(install_requires=['starlette>=0.37'])",
        "setup(install_requires=['starlette' + '>=0.37'])",
        "setup(packages=['starlette>=0.37'])",
        "",
    ],
)
def test_setup_py_leaves_computed_values_alone(text: str) -> None:
    reading = parse_setup_py(text, "setup.py", PYTHON_312)
    assert (reading.pins, reading.ranges) == ((), ())


def test_setup_py_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("raise SystemExit\nsetup(install_requires=['starlette>=0.37'])")
    assert len(read_project_metadata(tmp_path, tmp_path, PYTHON_312).ranges) == 1


def test_setup_py_with_a_doubtful_escape_warns_nobody(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("x = '\\d'\nsetup(install_requires=['starlette>=0.37'])")
    assert read_project_metadata(tmp_path, tmp_path, PYTHON_312).notes == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "not toml ["),
        ("pyproject.toml", "a = " + "[" * 5000),
        ("Pipfile", "[packages"),
        ("setup.cfg", "no section"),
        ("setup.py", "def ("),
        ("setup.py", "x = 'a\0b'"),
        ("setup.py", "x = " + "-" * 100_000 + "1"),
    ],
)
def test_notes_a_file_that_is_not_valid(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    reading = read_project_metadata(tmp_path, tmp_path, PYTHON_312)
    assert len(reading.notes) == 1
    assert reading.notes[0].startswith(f"{name}: is not valid (")
    assert "\n" not in reading.notes[0]
