"""What a project says to its formatter, read from the nearest folder that says anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade.settings.formatting import Formatting, formatting_of


def said(folder: Path, **files: str) -> Formatting:
    """What is said of `src/app.py`. The keys of `files` are `pyproject`, `ruff`, `_ruff`."""
    names = {"pyproject": "pyproject.toml", "ruff": "ruff.toml", "_ruff": ".ruff.toml"}
    for key, text in files.items():
        (folder / names[key]).write_text(text)
    return formatting_of(folder / "src" / "app.py")


@pytest.mark.parametrize(
    ("text", "formatting"),
    [
        ("", Formatting()),
        ("[tool.ruff]\nline-length = 100\n", Formatting(100)),
        ("[tool.ruff.lint]\nselect = ['E']\n", Formatting()),
        ("[tool.ruff.format]\n", Formatting(88, '"', "    ")),
        ("[tool.ruff]\nindent-width = 2\n[tool.ruff.format]\nquote-style = 'single'\n", Formatting(88, "'", "  ")),
        ("[tool.ruff.format]\nquote-style = 'preserve'\nindent-style = 'tab'\n", Formatting(88, "", "\t")),
        ("[tool.black]\n", Formatting(88, '"')),
        ("[tool.black]\nline-length = 79\nskip-string-normalization = true\n", Formatting(79)),
        ("[tool.black]\nline_length = 110\n", Formatting(110, '"')),
        ("[tool.black]\nline-length = 99\n[tool.ruff]\nline-length = 120\n", Formatting(99, '"')),
        ("[tool.black]\nline-length = 99\n[tool.ruff.format]\n", Formatting(88, '"', "    ")),
    ],
)  # fmt: skip
def test_pyproject_says(text: str, formatting: Formatting, tmp_path: Path) -> None:
    assert said(tmp_path, pyproject=text) == formatting


def test_files_of_ruff_come_first(tmp_path: Path) -> None:
    black = "[tool.black]\nline-length = 79\n"
    assert said(tmp_path, pyproject=black, ruff="line-length = 100\n", _ruff="line-length = 110\n").width == 110


def test_a_file_of_ruff_builds_on_another(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "pyproject.toml").write_text("[tool.ruff]\nline-length = 70\nextend = '../ruff.toml'\n")
    assert said(tmp_path, ruff="extend = 'base/pyproject.toml'\n[format]\nquote-style = 'single'\n") == (
        Formatting(70, "'", "    ")
    )


def test_the_nearest_folder_counts_and_a_repository_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 70\n")
    inner = tmp_path / "repository" / "package"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert formatting_of(inner / "app.py").width == 70
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    assert formatting_of(other / "package" / "app.py") == Formatting()


@pytest.mark.parametrize(
    "text",
    [
        "[tool.ruff\n",
        "[tool]\nruff = 3\nblack = []\n",
        "tool = 1\n",
        "[tool.ruff]\nline-length = '100'\nextend = 7\nformat = 'x'\n",
        "[tool.ruff]\nline-length = -1\nextend = 'missing.toml'\n",
        "[tool.ruff]\nline-length = true\nextend = 'pyproject.toml'\n",
        "[tool.ruff]\nline-length = 99999999\nextend = '~nobody-of-this-name/x'\n",
        "x = " + "[" * 5000,
    ],
)
def test_what_is_broken_says_nothing(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, pyproject=text) == Formatting()


def test_bytes_that_are_no_text_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "pyproject.toml").mkdir()
    assert formatting_of(tmp_path / "app.py") == Formatting()
