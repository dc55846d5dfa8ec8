"""The template files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette_upgrade.source import template_files
from starlette_upgrade.source.template_files import Template, templates_in

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_names_are_those_that_a_loader_knows(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "hello.txt").write_text("Hello {{ user.name }}")
    (tmp_path / "a.j2").write_text("{% include 'mails/hello.txt' %}")
    assert templates_in(tmp_path) == (
        Template("a.j2", puts_in=False, loads=("mails/hello.txt",)),
        Template("mails/hello.txt", puts_in=True),
    )


def test_a_binary_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(b"\0{{ name }}")
    assert templates_in(tmp_path) == ()


def test_what_is_served_as_it_is_is_passed_by(tmp_path: Path) -> None:
    for name in ("static", "node_modules", ".git"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.js").write_text("{{ name }}")
    assert templates_in(tmp_path) == ()


def test_a_large_folder_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_files, "_FILES", 2)
    for name in "abc":
        (tmp_path / name).write_text("{{ name }}")
    assert [template.name for template in templates_in(tmp_path)] == ["a", "b"]


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert templates_in(tmp_path / "missing") == ()
