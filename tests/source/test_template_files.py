"""Which files of a folder are templates that values are put into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from starlette_upgrade.source import template_files
from starlette_upgrade.source.template_files import templates_in

if TYPE_CHECKING:
    from pathlib import Path


def test_names_are_those_that_a_loader_knows(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "hello.txt").write_text("Hello {{ user.name }}")
    (tmp_path / "a.j2").write_text("{{- name | upper -}}")
    assert templates_in(tmp_path) == ("a.j2", "mails/hello.txt")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no value", id="no-value"),
        pytest.param(b"{% if a %}b{% endif %}", id="no-value-but-a-condition"),
        pytest.param(b"\0{{ name }}", id="binary"),
        pytest.param(b"x={{{1:2}}}", id="other-braces"),
    ],
)
def test_other_files_are_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_bytes(data)
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
    assert templates_in(tmp_path) == ("a", "b")


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert templates_in(tmp_path / "missing") == ()
