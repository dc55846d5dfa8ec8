"""Filters of warnings in the settings of pytest, and where each one stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from starlette_upgrade.source.pytest_settings import settings_files


def entries(folder: Path) -> list[tuple[str, int, int]]:
    return [
        (entry.text, entry.span.line, entry.span.column)
        for file in settings_files([folder])
        for entry in file.entries
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\nfilterwarnings = ["error", "ignore:a"]\n',
            [("error", 2, 20), ("ignore:a", 2, 29)],
        ),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\nfilterwarnings = """\n  error\n  ignore:a\n"""\n',
            [("error", 3, 3), ("ignore:a", 4, 3)],
        ),
        (
            "pyproject.toml",
            "[tool.pytest]\nfilterwarnings = [\n  \"ignore:a\\\\s\",\n  'ignore:b\\s',\n]\n",
            [("ignore:a\\s", 3, 4), ("ignore:b\\s", 4, 4)],
        ),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts = \"-q -W 'ignore:a b' -Werror\"\n",
            [("ignore:a b", 2, 19), ("error", 2, 33)],
        ),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["-W", "ignore:a"]\n', [("ignore:a", 2, 19)]),
        ("pytest.ini", "[pytest]\nfilterwarnings =\n    # ignore:a\n    ignore:a\n", [("ignore:a", 4, 5)]),
        ("tox.ini", "[tox]\nfilterwarnings = no\n[pytest]\nfilterwarnings = error\n", [("error", 4, 18)]),
        (
            "setup.cfg",
            "[tool:pytest]\nfilterwarnings =\n    error\n    ignore:a\n",
            [("error", 3, 5), ("ignore:a", 4, 5)],
        ),
        ("setup.cfg", "[pytest]\nfilterwarnings = error\n", []),
        ("pyproject.toml", "[tool.pytest.ini_options\nfilterwarnings = 1\n", []),
        ("pyproject.toml", "[tool]\npytest = 1\nfilterwarnings = 1\n", []),
        ("pytest.ini", "filterwarnings = error\n", []),
        ("pytest.ini", "[pytest]\naddopts = -W 'error\n", []),
    ],
)
def test_every_filter_is_read_with_its_place(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, int, int]]
) -> None:
    (tmp_path / name).write_text(text)
    assert entries(tmp_path) == expected


def test_the_settings_above_count_up_to_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = outside\n")
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "src" / "shop").mkdir(parents=True)
    (project / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (project / "src" / "tox.ini").write_text("[pytest]\nfilterwarnings = ignore\n")
    (project / "src" / "shop" / "app.py").write_text("")
    monkeypatch.chdir(project)
    paths = [Path("src/shop"), Path("src/shop/app.py"), Path("src")]
    assert [file.path for file in settings_files(paths)] == [Path("src/tox.ini"), Path("pytest.ini")]
    assert [file.path for file in settings_files([project / "src"])] == [
        project / "src" / "tox.ini",
        project / "pytest.ini",
    ]


def test_outside_of_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "src").mkdir()
    assert entries(tmp_path / "src") == []
    assert entries(tmp_path) == [("error", 2, 18)]
